import { requestGrant } from '../../core/steps/request-grant.ts';
import { stepFunction } from '../runtime/step-function.ts';

export const definition = stepFunction('request-grant', requestGrant);
