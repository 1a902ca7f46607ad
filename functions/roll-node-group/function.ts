import { rollNodeGroup } from '../../core/steps/roll-node-group.ts';
import { stepFunction } from '../runtime/step-function.ts';

export const definition = stepFunction('roll-node-group', rollNodeGroup);
