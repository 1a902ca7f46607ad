import { updateAddons } from '../../core/steps/update-addons.ts';
import { stepFunction } from '../runtime/step-function.ts';

export const definition = stepFunction('update-addons', updateAddons);
