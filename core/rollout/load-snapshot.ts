import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { AppliedConfig, Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { KIND_SHARDS } from '../contracts/table-schema.ts';
import { authorsOf, channelNamed, channelSpec, FLEET, fleetSpec, inForce, upgradePolicy } from '../policy/applied.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { compiledCalendar } from '../policy/load-rules.ts';
import { itemId, type StoredItem, type Table } from '../ports/table.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import {
  Accounts,
  Clusters,
  Configs,
  Epochs,
  FleetControls,
  Grants,
  Images,
  Learned,
  Ledgers,
  Members,
  Organizations,
  ReconcileMarkers,
  Regions,
  Rollouts,
  rolloutPartition,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { batched, dataOf, decode, load, loadAll, loadKind, ofKind } from '../store/entity.ts';
import { isMember } from '../store/members.ts';
import { nextHopId } from './admission.ts';
import { servedBy } from './automatic-rollouts.ts';
import {
  clustersInTurn,
  clustersThatWait,
  clustersUnderSuspicion,
  isOnlyWatched,
  type LoadedClusters,
  loadClusters,
  waitsByHand,
} from './load-clusters.ts';
import { askedToBeReady } from './require-ready.ts';
import type { FleetSnapshot } from './snapshot.ts';

/**
 * How much is read. `turn`: what is not at rest, with the clusters of members whose turn it is; `motion`: with the clusters of all that wait;
 * `fleet`: every cluster, and what Regions offer; `rollouts`, for when nothing is in motion: also every rollout that ever was, without what only
 * grants and opening waves rest on; `history`: all of this, with members and waves of every rollout.
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
 * Reads what the reconciler decides from. `active` is the sparse index, which the caller has read. With scope `turn`, `now` tells which members are
 * parked for later; without it none counts as parked.
 */
export async function loadSnapshot(
  table: Table,
  active: readonly StoredItem[],
  scope: SnapshotScope,
  now?: Date,
): Promise<FleetSnapshot> {
  const grants = ofKind(active, Grants);
  const rollouts = ofKind(active, Rollouts);
  const listed = ofKind(active, Members);
  const known = await rolloutsOf(table, listed, rollouts);
  // A creation that died before it wrote its rollout may have left members that belong to nothing.
  const members = listed.filter(({ rolloutId }) => known.has(rolloutId));
  const upgrades = ofKind(active, Upgrades);
  const waves = ofKind(active, Waves);
  const moving = { rollouts, members, upgrades, waves };
  const indexed = new Set(active.filter(({ kind }) => kind === Upgrades.kind || kind === Waves.kind).map(itemId));
  // An upgrade that has ended has left the index, but its grant may still be open.
  const endedOnes = grants.filter(
    ({ clusterKey, upgradeId }) => !indexed.has(itemId(Upgrades.key(clusterKey, upgradeId))),
  );
  const waiting = clustersThatWait(moving);
  if (scope === 'turn' && endedOnes.length === 0 && isOnlyWatched(moving, now))
    return { ...NOTHING_READ, ...moving, grants, unread: new Set(waiting) };
  const reader = batched(table);
  const everything = scope !== 'turn' && scope !== 'motion';
  const mayBegin = scope !== 'rollouts';
  const inventory = everything ? await loadKind(table, Clusters) : undefined;
  const unread = new Set<string>();
  // The index may not have a cluster yet that a member or an upgrade waits with: without its key it would count as gone.
  const all = inventory && new Set([...inventory.map(({ clusterKey }) => clusterKey), ...waiting]);
  const keys = all ? [...all] : scope === 'turn' ? clustersInTurn(moving, now) : waiting;
  const isExact = scope === 'history';
  const first = started(loadClusters(table, reader, keys, isExact ? undefined : inventory, isExact));
  // Waves that have ended matter too: their order counts, and stragglers may run in them.
  const ofRollouts = rollouts.flatMap(({ id, waves: names }) => [...names.keys()].map((index) => Waves.key(id, index)));
  // The wave of a rollback tells which cluster's turn it is to go back, also in a rollout that has halted.
  const queues = upgrades.flatMap(({ rollbackOf: place }) =>
    place ? Waves.key(place.rolloutId, place.waveIndex) : [],
  );
  const beside = new Map([...ofRollouts, ...queues].map((key) => [itemId(key), key]));
  const passing = started(
    loadAll(
      reader,
      Waves,
      [...beside].flatMap(([id, key]) => (indexed.has(id) ? [] : key)),
    ),
  );
  const others = async (): Promise<LoadedClusters> => {
    const suspected = clustersUnderSuspicion({ ...moving, waves: [...waves, ...(await passing)] });
    const asked = new Set(keys);
    const more = suspected.filter((key) => !asked.has(key));
    const [before, after] = await Promise.all([first, loadClusters(table, reader, more)]);
    const known = new Set([...keys, ...more, ...before.clusters.map(({ clusterKey }) => clusterKey)]);
    for (const key of waiting) if (!known.has(key)) unread.add(key);
    return {
      clusters: [...before.clusters, ...after.clusters],
      controls: [...before.controls, ...after.controls],
    };
  };
  const reading = started(scope === 'turn' ? others() : first);
  const clustersRead = started(reading.then(({ clusters }) => clusters));
  const past = async (): Promise<Pick<FleetSnapshot, 'history' | 'scans'>> => {
    if (scope === 'rollouts') return { history: await loadRollouts(table) };
    return isExact ? loadHistory(table, reader, keys) : {};
  };
  const [applied, regions, looked, epoch, control, learned, ledger, { clusters, controls }, ended, passed] =
    await Promise.all([
      everything || upgrades.some(waitsByHand)
        ? loadEveryConfig(table)
        : configsOf(
            reader,
            { rollouts, waves: started(passing.then((passed) => [...waves, ...passed])) },
            clustersRead,
          ),
      everything ? table.queryPartition('VERSIONS') : [],
      past(),
      load(reader, Epochs),
      load(reader, FleetControls),
      mayBegin ? load(reader, Learned) : undefined,
      mayBegin ? load(reader, Ledgers) : undefined,
      reading,
      loadAll(
        reader,
        Upgrades,
        endedOnes.map(({ clusterKey, upgradeId }) => Upgrades.key(clusterKey, upgradeId)),
      ),
      passing,
    ]);
  const configs = applied.filter(inForce);
  const policies = named(configs, 'UpgradePolicy', (config) => {
    const policy = upgradePolicy(config);
    const channel = configs.find(({ kind, name }) => kind === 'Channel' && name === channelNamed(config));
    return policy && { policy, revision: config.revision, appliedBy: authorsOf(config, channel) };
  });
  const asked = await askedClusters(
    table,
    { rollouts, waves: [...waves, ...passed], members, policies },
    clusters,
    looked,
  );
  const fleet = fleetSpec(configs.find(({ kind, name }) => kind === 'Fleet' && name === FLEET));
  // A wave that an abort has left Undecided is in no index, since nobody waits for it any more.
  const aborted = new Set(looked.history?.rollouts.flatMap(({ id, status }) => (status === 'Aborted' ? [id] : [])));
  const left = looked.history?.waves.filter(
    ({ rolloutId, status }) => status === 'Undecided' && aborted.has(rolloutId),
  );
  return {
    epoch: epoch?.data,
    fleet,
    control: control?.data,
    policies,
    unreadablePolicies: configs.filter(({ kind, name }) => kind === 'UpgradePolicy' && !policies.has(name)),
    deletedPolicies: applied.filter((one) => one.kind === 'UpgradePolicy' && inForce(one) === undefined),
    calendars: named(configs, 'Calendar', compiledCalendar),
    channels: new Map(configs.flatMap((one) => (one.kind === 'Channel' ? [[one.name, channelSpec(one)]] : []))),
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
    waves: [...waves, ...passed, ...(left ?? [])],
    members,
    ...looked,
    ...(asked.scans && { scans: asked.scans }),
  };
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

/** The values of one kind that this version can read, by name. */
function named<Value>(
  configs: readonly AppliedConfig[],
  kind: AppliedConfig['kind'],
  read: (config: AppliedConfig) => Value | undefined,
): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const config of configs) {
    const value = config.kind === kind ? read(config) : undefined;
    if (value !== undefined) values.set(config.name, value);
  }
  return values;
}

const KINDS = ['Fleet#', 'UpgradePolicy#', 'Calendar#', 'Channel#'];

/**
 * Reads all configuration that decisions need in one request, with what was deleted. Waivers are needed by scans alone, and are left out.
 */
export async function loadEveryConfig(table: Pick<Table, 'queryPartition'>): Promise<AppliedConfig[]> {
  const items = await table.queryPartition('CONFIG');
  return items.filter(({ sk }) => KINDS.some((kind) => sk.startsWith(kind))).map((item) => decode(Configs, item).data);
}

type Named = readonly ['Calendar' | 'Channel', string];

/** The names that the last reading found: the next one asks for them at once, and corrects them by what it then reads. */
let namedLast: ReadonlyMap<string, Named> = new Map();

/**
 * The configuration that rollouts under way need: the Fleet, their policies, and the Channels and calendars that are named by these policies, by tags
 * of their clusters and by waves which the policies no longer have. Fleet and policies are read together with whatever else `reader` is asked for in
 * this turn.
 */
export async function configsOf(
  reader: Pick<Table, 'get'>,
  {
    rollouts,
    waves,
  }: { readonly rollouts: readonly Rollout[]; readonly waves: Promise<readonly Pick<Wave, 'calendars'>[]> },
  reading: Promise<readonly ClusterRecord[]>,
): Promise<AppliedConfig[]> {
  const ahead = new Map([...namedLast].map(([id, one]) => [id, load(reader, Configs, ...one)]));
  const policyNames = [...new Set(rollouts.map(({ policy }) => policy))];
  const [clusters, kept, fleet, ...read] = await Promise.all([
    reading,
    waves,
    load(reader, Configs, 'Fleet', FLEET),
    ...policyNames.map((name) => load(reader, Configs, 'UpgradePolicy', name)),
    ...ahead.values(),
  ]);
  const policies = read.slice(0, policyNames.length);
  const prefix = fleetSpec(fleet?.data)?.tagPrefix ?? '';
  const names = [
    ...policies.flatMap((policy) => namedBy(policy?.data)),
    ...clusters.flatMap(({ tags }) => clusterTags(tags, prefix).calendars.map(asCalendar)),
    ...kept.flatMap(({ calendars }) => (calendars ?? []).map(asCalendar)),
  ];
  namedLast = new Map(names.map((one) => [one.join('#'), one]));
  const named = await Promise.all([...namedLast].map(([id, one]) => ahead.get(id) ?? load(reader, Configs, ...one)));
  return [fleet, ...policies, ...named].flatMap((one) => inForce(one?.data) ?? []);
}

const asCalendar = (name: string): Named => ['Calendar', name];

function namedBy(policy: AppliedConfig | undefined): Named[] {
  const calendars = (upgradePolicy(policy)?.spec.waves ?? []).flatMap(({ calendar }) => calendar ?? []);
  const channel = channelNamed(policy);
  return [...calendars.map(asCalendar), ...(channel === undefined ? [] : [['Channel', channel] as const])];
}

/** With more rollouts than this, reading all members and all waves by kind takes fewer requests than a query for each rollout. */
const MOST_BY_PARTITION = 2 * KIND_SHARDS;

/** Reads what only the full look needs. `reader` takes the latest scans of `clusterKeys` together with what else is read in this turn. */
export async function loadHistory(
  table: Table,
  reader: Pick<Table, 'get' | 'getAll'>,
  clusterKeys: readonly string[],
): Promise<Required<Pick<FleetSnapshot, 'history' | 'scans'>>> {
  const [{ rollouts, members, waves }, accounts, listed, scans] = await Promise.all([
    everyRollout(table),
    table.queryPartition('ACCOUNTS'),
    load(reader, Organizations),
    latestScansOf(reader, clusterKeys),
  ]);
  const policyOf = new Map(rollouts.map((rollout) => [rollout.id, rollout.policy]));
  const byPolicy = Map.groupBy(members, ({ rolloutId }) => policyOf.get(rolloutId) ?? '');
  const served = new Set([...byPolicy].flatMap(([policy, own]) => [...servedBy(policy, own)]));
  const underWay = new Set(rollouts.filter((rollout) => Rollouts.active(rollout)).map((rollout) => rollout.id));
  return {
    scans,
    history: {
      rollouts,
      waves,
      members: members.filter((member) => underWay.has(member.rolloutId)),
      served,
      accounts: accounts.map((item) => dataOf(Accounts, item)),
      organizationId: listed?.data.organizationId,
      unlisted: listed?.data.unlisted,
    },
  };
}

/** Reads every rollout alone, which is enough where nothing is under way and nothing is to be planned. */
export async function loadRollouts(table: Table): Promise<NonNullable<FleetSnapshot['history']>> {
  return {
    rollouts: await loadKind(table, Rollouts),
    waves: [],
    members: [],
    served: new Set(),
    accounts: undefined,
  };
}

/** Every rollout with its members and waves, which lie in its partition. */
async function everyRollout(table: Table) {
  const rollouts = await loadKind(table, Rollouts);
  const items: StoredItem[][] =
    rollouts.length > MOST_BY_PARTITION
      ? await Promise.all([table.queryKind(Members.kind), table.queryKind(Waves.kind)])
      : await Promise.all(rollouts.map(({ id }) => table.queryPartition(rolloutPartition(id))));
  const all = items.flat();
  return {
    rollouts,
    members: ofKind(all, Members).filter(isMember),
    waves: ofKind(all, Waves),
  };
}
