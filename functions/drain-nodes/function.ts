import { drainNodes } from '../../core/steps/drain-nodes.ts';
import { stepFunction } from '../runtime/step-function.ts';

export const definition = stepFunction('drain-nodes', drainNodes);
