import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { hopId, hopTo, isFinish, rollbackId } from '../model/hop.ts';
import type { Table } from '../ports/table.ts';
import type { ToldChange } from '../store/change.ts';
import { auditEntry, clusterHeld, upgradeChanged } from '../store/change.ts';
import { ClusterControls, Upgrades } from '../store/entities.ts';
import { batched, load, replace } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { HOP_MACHINES } from './hop-before.ts';
import { hasGoneBack } from './left-half-done.ts';
import { foundTakenBack, isOnItsWayBack, withoutHoldOf } from './rollback.ts';
import { versionNow } from './rollback-view.ts';
import { upgradeEntry, waveStatusChanged } from './settle.ts';

/**
 * Whether the control plane of a hop has arrived at its target and is at the minor before again. Nothing in Liftlock takes a control plane down while
 * its hop goes on, so somebody else has done it.
 */
export function wasTakenBack(upgrade: Upgrade | undefined, version: string): upgrade is Upgrade {
  if (upgrade === undefined || isFinish(upgrade) || !HOP_MACHINES.includes(upgrade.machine)) return false;
  return upgrade.steps['upgrade-control-plane']?.status === 'done' && upgrade.from === version;
}

/**
 * What becomes of a cluster whose control plane is lower than Liftlock knows it to have been, where no rollback of Liftlock has taken it down.
 * Whoever took it down had a reason, so its hop counts as taken back and the cluster is held (protocol.md, States). Undefined where Liftlock has
 * taken it down itself, or where the upgrade still runs: it finds this itself, and ends with it.
 */
export async function leftByOthers(
  table: Pick<Table, 'get' | 'getAll' | 'queryPartition'>,
  before: ClusterRecord,
  { clusterKey, version: to }: ClusterRecord,
  now: Date,
  describedAt: Date,
): Promise<Required<Omit<ToldChange<undefined>, 'result' | 'chain'>> | undefined> {
  // A restore and a change of tags have forgotten when the cluster was seen last, but not when its version was.
  const [lastSeenAt = ''] = [before.lastSeenAt, before.versionObservedAt].sort().toReversed();
  const reader = batched(table);
  // The inventory may never have seen the minor to which the hop has moved the cluster, when nobody could read it at that end. The description may be
  // older than that end, too.
  const above = await load(reader, Upgrades, clusterKey, hopTo(KubeVersion.parse(to).next()));
  const isBefore = (above?.data.controlPlaneCompletedAt ?? '') < describedAt.toISOString();
  const from = `${versionNow(before, above !== undefined && isBefore ? [above.data] : [])}`;
  if (!KubeVersion.parse(to).isOlderThan(KubeVersion.parse(from))) return undefined;
  const [hop, back, control] = await Promise.all([
    load(reader, Upgrades, clusterKey, hopId(to, from)),
    load(reader, Upgrades, clusterKey, rollbackId(from, to)),
    load(reader, ClusterControls, clusterKey),
  ]);
  // A rollback that waits, was refused or was given up has taken nothing down: the person who was told so may have taken it down by hand.
  const isSince = back !== undefined && (Upgrades.active(back.data) || (back.data.endedAt ?? '') >= lastSeenAt);
  const isOurs = isSince && (hasGoneBack(back.data) || (await isOnItsWayBack(table, back.data)));
  if (isOurs || hop?.data.status === 'Running') return undefined;
  // A hop that was taken back is told once, unless the cluster was seen at the newer minor since: then somebody has taken it down once more.
  const { endedAt } = hop?.data ?? {};
  const wasUpSince = before.version === from && endedAt !== undefined && before.versionObservedAt > endedAt;
  if (hop?.data.status === 'RolledBack' && !wasUpSince) return undefined;
  const taken = await foundTakenBack(table, { clusterKey, from, to }, hop?.data, now);
  // A rollback that still waits may be given up, and the hold that belongs to it ends then: the cluster gets a hold of its own.
  const { held, ...others } = withoutHoldOf(control?.data ?? { clusterKey }, rollbackId(from, to));
  const next: ClusterControl = { ...others, held: held ?? taken.hold };
  const isHeld = held === undefined;
  return {
    writes: [...taken.writes, ...(isHeld ? [replace(ClusterControls, control, next)] : [])],
    record: [
      ...taken.hops.map((one) => upgradeEntry(clusterKey, one)),
      ...(isHeld ? [auditEntry(clusterKey, 'ClusterHeld', LIFTLOCK, { reason: taken.hold.reason })] : []),
    ],
    events: (changes) => [
      ...taken.hops.map((one, index) => upgradeChanged(one, changes[index])),
      ...(isHeld ? [clusterHeld(clusterKey, [taken.hold.reason], changes[taken.hops.length])] : []),
      ...taken.waves.flatMap((wave) => waveStatusChanged(wave.before, wave.after, undefined)),
    ],
  };
}
