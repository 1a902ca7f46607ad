import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import type { Ports } from '../ports/ports.ts';
import { changeAndTell, upgradeChanged, writeMark } from '../store/change.ts';
import { ClusterControls, Upgrades } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { turnGivenBack, withoutHoldOf } from './rollback.ts';
import { upgradeEntry } from './settle.ts';
import { settle } from './settle-decision.ts';

/**
 * Ends what a person has asked for, when its execution is refused the grant for something that does not pass by itself: that person was told so, and
 * nothing of it begins later without another word of theirs (docs/protocol.md, Parking). What has begun, or had waited before that, stays as it is.
 */
export function refuseRequest(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  { clusterKey, id }: Pick<Upgrade, 'clusterKey' | 'id'>,
  execution: string,
  reasons: readonly Reason[],
): Promise<void> {
  return changeAndTell<void>(ports, async (now) => {
    const { table } = ports;
    const read = await load(table, Upgrades, clusterKey, id);
    if (read?.data.status !== 'Pending' || read.data.execution !== execution) return { result: undefined };
    const { upgrade, hold } = settle(now, read.data, undefined, undefined, { status: 'blocked', reasons });
    const control = await load(table, ClusterControls, clusterKey);
    const free = withoutHoldOf(control?.data ?? { clusterKey }, id);
    // A rollback that had taken something back in an earlier attempt leaves its cluster held, as it found it.
    const isHalfBack = isRollback(upgrade) && hold !== undefined;
    const held = isHalfBack ? { reason: hold, since: now.toISOString(), upgradeId: id, mutated: true } : undefined;
    const next: ClusterControl = { ...free, held: free.held ?? held };
    return {
      result: undefined,
      writes: [
        replace(Upgrades, read, upgrade),
        ...(next.held === control?.data.held ? [] : [replace(ClusterControls, control, next)]),
        ...(await turnGivenBack(table, upgrade)),
        await writeMark(table, now),
      ],
      record: [upgradeEntry(clusterKey, upgrade)],
      events: ([change]) => [upgradeChanged(upgrade, change)],
    };
  });
}
