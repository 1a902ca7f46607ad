import { restoreNodes } from '../../core/steps/restore-nodes.ts';
import { stepFunction } from '../runtime/step-function.ts';

export const definition = stepFunction('restore-nodes', restoreNodes);
