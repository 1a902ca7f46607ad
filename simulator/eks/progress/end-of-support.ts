import { draw, type World } from '../operation-context.ts';
import type { ClusterRecord } from '../state/fake-eks-state.ts';
import { calendarRow } from '../support-calendar.ts';
import { schedule } from './schedule.ts';

/**
 * Schedules the forced upgrade of this control plane: some hours after the end of standard support with policy STANDARD, of extended support with
 * EXTENDED (facts: eks.md §1.3). Versions that the calendar does not know stay, and so does the newest one.
 */
export function scheduleAutoUpgrade(world: World, cluster: ClusterRecord): void {
  if (cluster.description.connectorConfig !== undefined) return;
  const end = endOfSupport(world, cluster);
  if (end === undefined) return;
  const at = Math.max(end, world.now) + draw(world.random, world.timing.autoUpgradeDelay);
  const reference = { arn: cluster.arn, createdAt: cluster.createdAt };
  schedule(world.state, at, { kind: 'auto-upgrade', ...reference });
}

export function endOfSupport(world: World, cluster: ClusterRecord): number | undefined {
  const row = calendarRow(world.state.supportCalendar, cluster.version);
  if (row === undefined) return undefined;
  return Date.parse(cluster.supportType === 'STANDARD' ? row.endOfStandardSupport : row.endOfExtendedSupport);
}
