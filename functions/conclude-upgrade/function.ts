import { concludeUpgrade } from '../../core/steps/conclude-upgrade.ts';
import { stepFunction } from '../runtime/step-function.ts';

export const definition = stepFunction('conclude-upgrade', concludeUpgrade);
