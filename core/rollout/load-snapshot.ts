import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { BATCH_KEYS, KIND_SHARDS } from '../contracts/table-schema.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { exceedsBudget, waveRefusal } from '../policy/wave-room.ts';
import { itemId, type StoredItem, type Table } from '../ports/table.ts';
import { GRANTING_WAVES } from '../protocol/granting-waves.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import {
  ClusterControls,
  Clusters,
  Epochs,
  FleetControls,
  Grants,
  Images,
  Learned,
  Ledgers,
  Members,
  ReconcileMarkers,
  Regions,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { batched, load, loadAll, loadKind, ofKind } from '../store/entity.ts';
import { nextHopId } from './admission.ts';
import { suspectedTraits } from './fingerprint.ts';
import { configsOf, configuredBy, loadEveryConfig } from './load-configs.ts';
import { loadHistory, loadRollouts } from './load-history.ts';
import { askedToBeReady } from './require-ready.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { isSettled, waveInTurn } from './wave-end.ts';

/**
 * How much is read. `turn`: what is not at rest, with the clusters of members whose turn it is; `motion`: with the clusters of all that wait;
 * `fleet`: every cluster, and what Regions offer; `rollouts`, for when nothing is in motion: also every rollout that ever was, without what only
 * grants and opening waves rest on; `history`: all of this, with members and waves of every rollout that is remembered.
 */
export type SnapshotScope = 'turn' | 'motion' | 'fleet' | 'rollouts' | 'history';

/** The parts that a tick does not read which only watches. */
const NOTHING_READ = {
  epoch: undefined,
  fleet: undefined,
  control: undefined,
  policies: new Map(),
  unreadablePolicies: [],
  calendars: new Map(),
  channels: new Map(),
  gateReadings: new Map(),
  clusters: new Map(),
  controls: new Map(),
  regions: new Map(),
  learned: undefined,
  ledger: { counts: {} },
} as const;

/**
 * Reads what the reconciler decides from. `active` is the sparse index, which the caller has read. `now` tells with scope `turn` which members are
 * parked for later, and with `history` which rollouts are remembered; without it no member counts as parked, and every rollout is remembered.
 */
export async function loadSnapshot(
  table: Table,
  active: readonly StoredItem[],
  scope: SnapshotScope,
  now?: Date,
): Promise<FleetSnapshot> {
  const grants = ofKind(active, Grants);
  const { known, ...moving } = await movingOf(table, active);
  const { rollouts, members, upgrades, waves } = moving;
  const indexed = new Set(active.filter(({ kind }) => kind === Upgrades.kind || kind === Waves.kind).map(itemId));
  // An upgrade that has ended has left the index, but its grant may still be open.
  const endedKeys = grants
    .map(({ clusterKey, upgradeId }) => Upgrades.key(clusterKey, upgradeId))
    .filter((key) => !indexed.has(itemId(key)));
  if (scope === 'turn' && endedKeys.length === 0 && isOnlyWatched(moving, now))
    return { ...NOTHING_READ, ...moving, grants, unread: new Set(clustersThatWait(moving)) };
  const reader = batched(table);
  const everything = scope !== 'turn' && scope !== 'motion';
  const mayBegin = scope !== 'rollouts';
  const inventory = everything ? await loadKind(table, Clusters) : undefined;
  const passing = started(loadAll(reader, Waves, wavesBeside(moving, indexed)));
  const { keys, reading } = beginClusters({ table, reader, scope, inventory, moving, passing, now });
  const [applied, regions, looked, epoch, control, learned, ledger, { clusters, controls, unread }, ended, passed] =
    await Promise.all([
      everything || upgrades.some(waitsByHand)
        ? loadEveryConfig(table)
        : configsOf(
            reader,
            { rollouts, waves: started(passing.then((passed) => [...waves, ...passed])) },
            started(reading.then(({ clusters }) => clusters)),
          ),
      everything ? table.queryPartition('VERSIONS') : [],
      readPast(table, reader, scope, keys, now),
      load(reader, Epochs),
      load(reader, FleetControls),
      mayBegin ? load(reader, Learned) : undefined,
      mayBegin ? load(reader, Ledgers) : undefined,
      reading,
      loadAll(reader, Upgrades, endedKeys),
      passing,
    ]);
  const configured = configuredBy(applied);
  const { fleet, policies } = configured;
  const asked = await askedClusters(
    table,
    { rollouts, waves: [...waves, ...passed], members, policies },
    clusters,
    looked,
  );
  return {
    epoch: epoch?.data,
    ...configured,
    control: control?.data,
    learned: learned?.data ?? ofKind(active, ReconcileMarkers)[0]?.learned,
    gateReadings: new Map(),
    clusters: new Map([...clusters, ...asked.clusters].map((cluster) => [cluster.clusterKey, labeled(cluster, fleet)])),
    unread,
    controls: new Map(controls.map((one) => [one.clusterKey, heldAgain(one, clusters, members, known)])),
    regions: new Map(ofKind(regions, Regions).map((region) => [region.region, region])),
    images: new Map(ofKind(regions, Images).map((one) => [one.region, one])),
    ledger: ledger?.data ?? { counts: {} },
    grants,
    upgrades: [...upgrades, ...ended],
    rollouts,
    waves: [...waves, ...passed, ...leftByAborts(looked.history)],
    members,
    ...looked,
    ...(asked.scans && { scans: asked.scans }),
  };
}

/** What is not at rest, as the sparse index has it, and the rollouts of all these members. */
async function movingOf(table: Table, active: readonly StoredItem[]) {
  const rollouts = ofKind(active, Rollouts);
  const listed = ofKind(active, Members);
  const known = await rolloutsOf(table, listed, rollouts);
  // A creation that died before it wrote its rollout may have left members that belong to nothing.
  const members = listed.filter(({ rolloutId }) => known.has(rolloutId));
  return { rollouts, members, upgrades: ofKind(active, Upgrades), waves: ofKind(active, Waves), known };
}

/** Items that are not at rest, as the sparse index has them, and the waves beside them. */
type Moving = Pick<FleetSnapshot, 'rollouts' | 'members' | 'upgrades' | 'waves'>;

/**
 * The keys of waves that are not in the index and matter all the same: those that have ended, since their order counts and stragglers may run in
 * them, and those of rollbacks, which tell whose turn it is to go back, also in a rollout that has halted.
 */
function wavesBeside({ rollouts, upgrades }: Moving, indexed: ReadonlySet<string>) {
  const ofRollouts = rollouts.flatMap(({ id, waves: names }) => [...names.keys()].map((index) => Waves.key(id, index)));
  const queues = upgrades.flatMap(({ rollbackOf: place }) =>
    place ? Waves.key(place.rolloutId, place.waveIndex) : [],
  );
  const beside = new Map([...ofRollouts, ...queues].map((key) => [itemId(key), key]));
  return [...beside].flatMap(([id, key]) => (indexed.has(id) ? [] : key));
}

interface ClustersAsked {
  readonly table: Table;
  readonly reader: Pick<Table, 'getAll'>;
  readonly scope: SnapshotScope;
  /** Every cluster, where that was read already. */
  readonly inventory: readonly ClusterRecord[] | undefined;
  readonly moving: Moving;
  readonly passing: Promise<readonly Wave[]>;
  readonly now: Date | undefined;
}

/** Begins to read the clusters of a scope. `unread`: those that wait and were not read, since it is not their turn. */
function beginClusters({ table, reader, scope, inventory, moving, passing, now }: ClustersAsked) {
  const waiting = clustersThatWait(moving);
  // The index may not have a cluster yet that a member or an upgrade waits with: without its key it would count as gone.
  const all = inventory && new Set([...inventory.map(({ clusterKey }) => clusterKey), ...waiting]);
  const keys = all ? [...all] : scope === 'turn' ? clustersInTurn(moving, now) : waiting;
  const isExact = scope === 'history';
  const first = started(loadClusters(table, reader, keys, isExact ? undefined : inventory, isExact));
  const withSuspected = async () => {
    const suspected = clustersUnderSuspicion({ ...moving, waves: [...moving.waves, ...(await passing)] });
    const asked = new Set(keys);
    const more = suspected.filter((key) => !asked.has(key));
    const [before, after] = await Promise.all([first, loadClusters(table, reader, more)]);
    const read = new Set([...keys, ...more, ...before.clusters.map(({ clusterKey }) => clusterKey)]);
    return {
      clusters: [...before.clusters, ...after.clusters],
      controls: [...before.controls, ...after.controls],
      unread: new Set(waiting.filter((key) => !read.has(key))),
    };
  };
  const whole = async () => ({ ...(await first), unread: new Set<string>() });
  return { keys, reading: started(scope === 'turn' ? withSuspected() : whole()) };
}

async function readPast(
  table: Table,
  reader: Pick<Table, 'get' | 'getAll'>,
  scope: SnapshotScope,
  keys: readonly string[],
  now: Date | undefined,
): Promise<Pick<FleetSnapshot, 'history' | 'scans'>> {
  if (scope === 'rollouts') return { history: await loadRollouts(table) };
  return scope === 'history' ? loadHistory(table, reader, keys, now) : {};
}

/** A wave that an abort has left Undecided is in no index, since nobody waits for it any more. */
function leftByAborts(history: FleetSnapshot['history']): readonly Wave[] {
  const aborted = new Set(history?.rollouts.flatMap(({ id, status }) => (status === 'Aborted' ? [id] : [])));
  return (history?.waves ?? []).filter(({ rolloutId, status }) => status === 'Undecided' && aborted.has(rolloutId));
}

/** The clusters and scans from which the readiness of members is known whose wave asks for it before it opens, as far as they were not read already. */
async function askedClusters(
  table: Pick<Table, 'getAll'>,
  moving: Parameters<typeof askedToBeReady>[0],
  read: readonly ClusterRecord[],
  looked: Pick<FleetSnapshot, 'scans'>,
): Promise<{ readonly clusters: readonly ClusterRecord[]; readonly scans?: FleetSnapshot['scans'] }> {
  const keys = askedToBeReady(moving).map(({ clusterKey }) => clusterKey);
  if (keys.length === 0) return { clusters: [] };
  const known = new Set(read.map(({ clusterKey }) => clusterKey));
  const [clusters, scans] = await Promise.all([
    loadAll(table, Clusters, keys.filter((key) => !known.has(key)).map(Clusters.key)),
    looked.scans ?? latestScansOf(table, keys),
  ]);
  return { clusters, scans };
}

/**
 * Puts back the hold that a retry took off, once no rollout is to try that upgrade any more: its rollout was aborted, the member has failed untried,
 * or somebody else has moved the control plane past it (semantics.md, Failure budget).
 */
function heldAgain(
  control: ClusterControl,
  clusters: readonly ClusterRecord[],
  members: readonly Member[],
  rollouts: ReadonlyMap<string, Rollout>,
): ClusterControl {
  const { held, retried, ...rest } = control;
  if (held !== undefined || retried === undefined) return control;
  const cluster = clusters.find(({ clusterKey }) => clusterKey === control.clusterKey);
  const isTriedAgain = members.some((member) => {
    const { clusterKey, failedBefore, status, rolloutId } = member;
    if (clusterKey !== control.clusterKey || failedBefore !== true || status === 'Failed') return false;
    if (rollouts.get(rolloutId)?.status === 'Aborted') return false;
    return cluster === undefined || nextHopId(member, cluster, control) === retried.upgradeId;
  });
  return isTriedAgain ? control : { ...rest, held: retried };
}

/** The rollouts of these members by id, also those that have left the index. */
async function rolloutsOf(table: Table, members: readonly Member[], active: readonly Rollout[]) {
  const known = new Map(active.map((rollout) => [rollout.id, rollout]));
  const others = [...new Set(members.map(({ rolloutId }) => rolloutId))].filter((id) => !known.has(id));
  for (const one of await loadAll(table, Rollouts, others.map(Rollouts.key))) known.set(one.id, one);
  return known;
}

/**
 * Reads run side by side, and the code that awaits one may not have come to another: a read that fails meanwhile must not end the process as an
 * unhandled rejection.
 */
function started<Data>(reading: Promise<Data>): Promise<Data> {
  reading.catch(() => undefined);
  return reading;
}

/** With more clusters than this, reading all of a kind takes fewer requests than reading them by key. */
const MOST_BY_KEY = KIND_SHARDS * BATCH_KEYS;

/** Clusters, and what was decided about them. */
interface LoadedClusters {
  readonly clusters: readonly ClusterRecord[];
  readonly controls: readonly ClusterControl[];
}

/**
 * Clusters with these keys, read together with whatever else `reader` is asked for in this turn; all clusters where that takes fewer requests.
 * `listed`: every cluster that the index has, where it was read already. `isExact`: always by key, since an index may not have a tag of a moment ago
 * yet.
 */
async function loadClusters(
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
const clustersThatWait = ({ members, upgrades }: Pick<Moving, 'members' | 'upgrades'>): string[] => [
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
const waitsByHand = (upgrade: Upgrade): boolean => isDecidedAbout(upgrade) && upgrade.rolloutId === undefined;

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
