import type { UpgradePolicy } from '../types.ts';
import type { Report } from './check.ts';

/** Nodes that are down are counted at the API server. */
export function checkCounted({ disruption, verification }: Partial<UpgradePolicy['spec']>, report: Report): void {
  if (disruption === undefined || verification !== 'eks-api') return;
  const message =
    'counts nodes at the API server, which verification: eks-api says Liftlock cannot reach, so that no node group would ever be rolled. Leave one of them out.';
  report('error', ['spec', 'disruption'], message);
}
