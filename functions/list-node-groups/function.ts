import { listNodeGroups } from '../../core/steps/list-node-groups.ts';
import { stepFunction } from '../runtime/step-function.ts';

export const definition = stepFunction('list-node-groups', listNodeGroups);
