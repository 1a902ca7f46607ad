import type { UpgradePolicy } from '../types.ts';
import type { Report } from './check.ts';

const NOT_REACHED = 'which verification: eks-api says Liftlock cannot reach';

/** What is read at the API server alone does nothing where that is not asked: nodes that are down, and what has to work after a hop. */
export function checkNeedsApiServer(
  { disruption, smoke, verification }: Partial<UpgradePolicy['spec']>,
  report: Report,
): void {
  if (verification !== 'eks-api') return;
  if (disruption !== undefined) {
    const message = `counts nodes at the API server, ${NOT_REACHED}, so that no node group would ever be rolled. Leave one of them out.`;
    report('error', ['spec', 'disruption'], message);
  }
  for (const name of ['deployments', 'jobs'] as const) {
    if ((smoke?.[name] ?? []).length === 0) continue;
    const message = `names what is read at the API server, ${NOT_REACHED}, so that nobody would look whether it works. Leave one of them out; alarms and URLs are asked all the same.`;
    report('error', ['spec', 'smoke', name], message);
  }
}
