import { arnOf } from '../../../core/model/cluster-key.ts';
import { SKEW_MILLISECONDS } from '../../invariants/check-history.ts';
import type { Violation } from '../../invariants/history.ts';
import type { World } from '../../process/world.ts';

/**
 * 23 `rollback`, during the run: where a rollback says that it has checked its way, EKS has looked at the cluster since the rollback got its grant, and
 * has found nothing that stays in the way. No log contains what EKS had found. Returns the growing list of violations.
 */
export function watchWayBack(world: World): Violation[] {
  const violations: Violation[] = [];
  const grantedAt = new Map<string, number>();
  world.table.onAppend.push((item) => {
    const { upgradeId = '', step, status, reasons = [] } = item.detail as Told;
    if (!upgradeId.startsWith('rollback-')) return;
    if (item.event === 'Granted') grantedAt.set(item.subject, world.clock.now().getTime());
    if (item.event !== 'StepChanged' || step !== 'scan-cluster' || status !== 'done') return;
    const cluster = world.eks.state.clusters[arnOf(item.subject)];
    // The control plane is back already, and nothing of its way is left to check.
    if (cluster === undefined || upgradeId !== `rollback-${cluster.version}-${upgradeId.split('-')[2]}`) return;
    const { refreshedAt = 0, items } = cluster.insights;
    const isOld = refreshedAt < (grantedAt.get(item.subject) ?? 0) - SKEW_MILLISECONDS;
    const found = items.filter(
      ({ category, name, insightStatus }) =>
        category === 'ROLLBACK_READINESS' &&
        // Nodes and add-ons go back before the control plane.
        (insightStatus?.status === 'UNKNOWN' ||
          (insightStatus?.status === 'ERROR' && !/kubelet|kube-proxy|add-on/i.test(name))),
    );
    const why = [
      ...(isOld && !reasons.some(({ code }) => code.startsWith('Refresh')) ? ['EKS had not looked anew'] : []),
      ...found.map(({ name, insightStatus }) => `EKS said ${insightStatus?.status} of ${name}`),
    ];
    for (const one of why)
      violations.push({
        invariant: 'rollback',
        message: `${item.subject} #${item.sequence}: its way back was called checked, and ${one}`,
      });
  });
  return violations;
}

interface Told {
  readonly upgradeId?: string;
  readonly step?: string;
  readonly status?: string;
  readonly reasons?: readonly { readonly code: string }[];
}
