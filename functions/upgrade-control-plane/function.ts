import { upgradeControlPlane } from '../../core/steps/upgrade-control-plane.ts';
import { stepFunction } from '../runtime/step-function.ts';

export const definition = stepFunction('upgrade-control-plane', upgradeControlPlane);
