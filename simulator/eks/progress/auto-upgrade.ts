import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { World } from '../operation-context.ts';
import type { ClusterRecord } from '../state/fake-eks-state.ts';
import { calendarRow, isOffered } from '../support-calendar.ts';
import { updateInProgress } from '../updates.ts';
import { awsAtEndOfExtended, awsAtEndOfStandard, startControlPlaneUpdate } from './control-plane.ts';
import { endOfSupport } from './end-of-support.ts';
import { schedule } from './schedule.ts';

/** Upgrades on the scheduled day, unless the cluster was upgraded or its policy changed meanwhile; a busy cluster gets another hour. */
export function autoUpgradeWhenDue(world: World, cluster: ClusterRecord): void {
  const end = endOfSupport(world, cluster);
  const next = KubeVersion.parse(cluster.version).next().toString();
  if (end === undefined || world.now < end || calendarRow(world.state.supportCalendar, next) === undefined) return;
  if (cluster.status !== 'ACTIVE' || updateInProgress(cluster) !== undefined) {
    const reference = { arn: cluster.arn, createdAt: cluster.createdAt };
    schedule(world.state, world.now + 3_600_000, { kind: 'auto-upgrade', ...reference });
    return;
  }
  forceUpgrade(world, cluster);
}

/**
 * AWS upgrades only the control plane by one minor: node groups and add-ons stay. From an unsupported minor further hops follow, until the version is
 * supported.
 */
export function forceUpgrade(world: World, cluster: ClusterRecord): void {
  const extended = !isOffered(world.state.supportCalendar, cluster.version, world.now);
  startControlPlaneUpdate(world, cluster, {
    version: KubeVersion.parse(cluster.version).next().toString(),
    type: 'VersionUpdate',
    principal: extended ? awsAtEndOfExtended : awsAtEndOfStandard,
  });
}
