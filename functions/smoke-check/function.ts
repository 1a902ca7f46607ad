import { smokeCheck } from '../../core/steps/smoke-check.ts';
import { stepFunction } from '../runtime/step-function.ts';

export const definition = stepFunction('smoke-check', smokeCheck);
