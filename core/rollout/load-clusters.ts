import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { BATCH_KEYS, KIND_SHARDS } from '../contracts/table-schema.ts';
import { exceedsBudget, waveRefusal } from '../policy/wave-room.ts';
import type { Table } from '../ports/table.ts';
import { GRANTING_WAVES } from '../protocol/granting-waves.ts';
import { ClusterControls, Clusters } from '../store/entities.ts';
import { loadAll, loadKind } from '../store/entity.ts';
import { suspectedTraits } from './fingerprint.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { isSettled, waveInTurn } from './wave-end.ts';

/** With more clusters than this, reading all of a kind takes fewer requests than reading them by key. */
const MOST_BY_KEY = KIND_SHARDS * BATCH_KEYS;

/** Clusters, and what was decided about them. */
export interface LoadedClusters {
  readonly clusters: readonly ClusterRecord[];
  readonly controls: readonly ClusterControl[];
}

/**
 * Clusters with these keys, read together with whatever else `reader` is asked for in this turn; all clusters where that takes fewer requests.
 * `listed`: every cluster that the index has, where it was read already. `isExact`: always by key, since an index may not have a tag of a moment ago
 * yet.
 */
export async function loadClusters(
  table: Table,
  reader: Pick<Table, 'getAll'>,
  keys: readonly string[],
  listed?: readonly ClusterRecord[],
  isExact = false,
): Promise<LoadedClusters> {
  const byKey = isExact || keys.length <= MOST_BY_KEY;
  const has = new Set(listed?.map(({ clusterKey }) => clusterKey));
  const asked = keys.filter((key) => !has.has(key)).map(Clusters.key);
  const [clusters, controls] = await Promise.all([
    byKey || listed !== undefined ? loadAll(reader, Clusters, asked) : loadKind(table, Clusters),
    byKey ? loadAll(reader, ClusterControls, keys.map(ClusterControls.key)) : loadKind(table, ClusterControls),
  ]);
  return { clusters: [...(listed ?? []), ...clusters], controls };
}

/** Items that are not at rest, as the sparse index has them, and the waves beside them. */
type Moving = Pick<FleetSnapshot, 'rollouts' | 'members' | 'upgrades' | 'waves'>;

/** The clusters of members whose turn it is, and of upgrades that a person asked for. */
export function clustersInTurn({ rollouts, members, upgrades, waves }: Moving, now: Date | undefined): string[] {
  const rolloutOf = new Map(rollouts.map((rollout) => [rollout.id, rollout]));
  const keyOf = (rolloutId: string, index: number): string => `${rolloutId}/${index}`;
  const waveOf = new Map(waves.map((wave) => [keyOf(wave.rolloutId, wave.index), wave]));
  const next = [...Map.groupBy(waves, ({ rolloutId }) => rolloutId).values()].map(waveInTurn);
  const turn = members.filter((member) => {
    const wave = waveOf.get(keyOf(member.rolloutId, member.waveIndex));
    // The wave that opens next counts who is set aside no more.
    const mayComeBack = member.status === 'Quarantined' && wave?.status === 'Pending' && next.includes(wave);
    return mayComeBack || isItsTurn(member, rolloutOf.get(member.rolloutId), wave, now);
  });
  return [...new Set([...turn, ...upgrades.filter(waitsByHand)].map(({ clusterKey }) => clusterKey))];
}

/**
 * Whether only the end of something that runs, or is parked for a while, can lead to a decision: no member's turn has come, and each rollout has such
 * a member, while the first of its waves that have not ended is open, has not settled and has not failed too often. Then grants are looked after, and
 * nothing else is read.
 */
export function isOnlyWatched(moving: Moving, now: Date | undefined): boolean {
  return clustersInTurn(moving, now).length === 0 && moving.rollouts.every((rollout) => isBusy(moving, rollout, now));
}

function isBusy({ members, waves }: Moving, { id }: Rollout, now: Date | undefined): boolean {
  const isUnderWay = (member: Member) => member.status === 'Running' || (member.inFlight && isPostponed(member, now));
  if (!members.some((member) => member.rolloutId === id && isUnderWay(member))) return false;
  const [first, ...later] = waves.filter(({ rolloutId }) => rolloutId === id).sort((a, b) => a.index - b.index);
  if (first?.status !== 'Open' || isSettled(first) || exceedsBudget(first)) return false;
  return later.every(({ status }) => status === 'Pending');
}

/** The clusters of all members and upgrades that wait. */
export const clustersThatWait = ({ members, upgrades }: Pick<Moving, 'members' | 'upgrades'>): string[] => [
  ...new Set([...members, ...upgrades].filter(isDecidedAbout).map(({ clusterKey }) => clusterKey)),
];

/** The clusters of all members that wait in a rollout whose failures have something in common: which of them are set aside depends on all of them. */
export function clustersUnderSuspicion({ rollouts, members, waves }: Moving): string[] {
  const suspecting = rollouts.filter((rollout) => {
    const own = waves.filter(({ rolloutId }) => rolloutId === rollout.id);
    return suspectedTraits(rollout, own).length > 0;
  });
  const ids = new Set(suspecting.map(({ id }) => id));
  return clustersThatWait({ members: members.filter(({ rolloutId }) => ids.has(rolloutId)), upgrades: [] });
}

/** Whether an upgrade waits that a person started. Which policy it goes by is decided among all policies, so all of them are read. */
export const waitsByHand = (upgrade: Upgrade): boolean => isDecidedAbout(upgrade) && upgrade.rolloutId === undefined;

/** A running upgrade is watched by its grant; nothing is decided about its cluster before the upgrade ends. */
const isDecidedAbout = ({ status }: Member | Upgrade): boolean => status !== 'Running';

/** A member that has parked until a time is not asked about before that time (core/rollout/admission.ts). */
const isPostponed = ({ resumeAt }: Pick<Member, 'resumeAt'>, now: Date | undefined): boolean =>
  resumeAt !== undefined && now !== undefined && new Date(resumeAt) > now;

/**
 * Whether a member could be granted now as far as its rollout and its wave tell; where its wave was not read, it might be. Of all other members only
 * a change of their clusters can lead to a decision, and such a change has the next tick read all of them.
 */
export function isItsTurn(
  member: Pick<Member, 'status' | 'inFlight' | 'resumeAt'>,
  rollout: Pick<Rollout, 'status'> | undefined,
  wave: Wave | undefined,
  now: Date | undefined,
): boolean {
  const { status, inFlight } = member;
  if (status === 'Running' || rollout?.status !== 'Running' || isPostponed(member, now)) return false;
  if (wave === undefined) return true;
  return GRANTING_WAVES.includes(wave.status) && (inFlight || waveRefusal(wave) === undefined);
}
