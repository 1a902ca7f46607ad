import { scanCluster } from '../../core/steps/scan-cluster.ts';
import { stepFunction } from '../runtime/step-function.ts';

export const definition = stepFunction('scan-cluster', scanCluster);
