import type { z } from 'zod';
import {
  accountState,
  type ClusterRecord,
  clusterControl,
  clusterName,
  clusterRecord,
  deadlineNotice,
  imageReleases,
  organization,
  regionVersions,
  settledUpdates,
} from '../contracts/items/cluster.ts';
import { clusterNews, ownerNotice } from '../contracts/items/owner-news.ts';
import { epoch, grant, intent, ledger, type Upgrade, undoEntry, upgrade } from '../contracts/items/protocol.ts';
import { readinessDay, readinessHistory } from '../contracts/items/readiness-history.ts';
import {
  appliedConfig,
  fleetControl,
  learnedDurations,
  type Member,
  member,
  policyRollout,
  type Rollout,
  reconcileMarker,
  rollout,
  stagedMember,
  type Wave,
  wave,
} from '../contracts/items/rollout.ts';
import type { Scope } from '../ports/eks.ts';
import type { ItemKey, Table } from '../ports/table.ts';
import { batched, decode, type Entity, load, ofKind, type Read } from './entity.ts';

/** Every kind of item in the table (docs/data-model.md). */

export const key = (pk: string, sk: string): ItemKey => ({ pk, sk });
export const clusterPartition = (clusterKey: string): string => `CLUSTER#${clusterKey}`;
export const rolloutPartition = (rolloutId: string): string => `ROLLOUT#${rolloutId}`;
export const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

/** `names`: the members of the data that the key is made of. */
export function defineEntity<Data, const Names extends readonly (keyof Data)[]>(
  kind: string,
  schema: z.ZodType<Data>,
  names: Names,
  key: (...parts: PartsOf<Data, Names>) => ItemKey,
  active: (data: Data) => boolean = () => false,
): Entity<Data, PartsOf<Data, Names>> {
  const keyOf = (data: Data) => key(...(names.map((name) => data[name]) as unknown as PartsOf<Data, Names>));
  return { kind, schema, key, keyOf, active };
}
type PartsOf<Data, Names extends readonly (keyof Data)[]> = { [Index in keyof Names]: Data[Names[Index]] };

/** A kind of which each cluster has one item, in the cluster's partition. */
export function ofCluster<Data extends { readonly clusterKey: string }>(
  kind: string,
  schema: z.ZodType<Data>,
  sk: string,
  active: (data: Data) => boolean = () => false,
): Entity<Data, [clusterKey: string]> {
  const at = (clusterKey: string) => key(clusterPartition(clusterKey), sk);
  return { kind, schema, key: at, keyOf: ({ clusterKey }) => at(clusterKey), active };
}

function single<Data>(
  kind: string,
  schema: z.ZodType<Data>,
  at: ItemKey,
  active: (data: Data) => boolean = () => false,
): Entity<Data, []> {
  return { kind, schema, key: () => at, keyOf: () => at, active };
}

export const Epochs = single('Epoch', epoch, key('EPOCH', 'EPOCH'));
export const Ledgers = single('Ledger', ledger, key('LEDGER', 'LEDGER'));
export const FleetControls = single('FleetControl', fleetControl, key('FLEET', 'CONTROL'));
export const ReconcileMarkers = single(
  'ReconcileMarker',
  reconcileMarker,
  key('RECONCILE', 'MARKER'),
  ({ atRest, dirtySince, lookBegunAt }) => !(atRest && dirtySince === undefined && lookBegunAt === undefined),
);
/** How long upgrades of this fleet have taken. It is an item of its own, since every tick in motion reads the marker. */
export const Learned = single('LearnedDurations', learnedDurations, key('RECONCILE', 'LEARNED'));

/** The organization whose accounts discovery has listed: while the Fleet names another one, its inventory is not complete. */
export const Organizations = single('Organization', organization, key('RECONCILE', 'ORGANIZATION'));

export const Configs = defineEntity('Config', appliedConfig, ['kind', 'name'], (kind, name) =>
  key('CONFIG', `${kind}#${name}`),
);

export const Clusters = ofCluster('Cluster', clusterRecord, 'RECORD');

export const ClusterControls = ofCluster('ClusterControl', clusterControl, 'CONTROL');

export const Grants = ofCluster('Grant', grant, 'GRANT', (data) => data.status !== 'free');

export const Upgrades = defineEntity(
  'Upgrade',
  upgrade,
  ['clusterKey', 'id'],
  (clusterKey, id) => key(clusterPartition(clusterKey), `UPGRADE#${id}`),
  (data) => data.status === 'Pending' || data.status === 'Running' || data.status === 'Parked',
);

/** The prefix of all intents of a cluster, of those of one step, or of those of one step on one subject. */
export const intentPrefix = (...parts: readonly (string | undefined)[]): string =>
  ['INTENT', ...parts.filter((part) => part !== undefined), ''].join('#');
export const Intents = defineEntity(
  'Intent',
  intent,
  ['clusterKey', 'step', 'subject', 'attempt'],
  (clusterKey, step, subject, attempt) =>
    key(clusterPartition(clusterKey), `${intentPrefix(step, subject)}${padded(attempt, 6)}`),
);

export const UNDO = 'UNDO#';
export const UndoEntries = defineEntity(
  'UndoEntry',
  undoEntry,
  ['clusterKey', 'effect', 'subject'],
  (clusterKey, effect, subject) => key(clusterPartition(clusterKey), `${UNDO}${effect}#${subject}`),
);

export const Accounts = defineEntity('Account', accountState, ['account', 'region'], (account, region) =>
  key('ACCOUNTS', `${account}#${region}`),
);

export const Regions = defineEntity('RegionVersions', regionVersions, ['region'], (region) => key('VERSIONS', region));

export const Images = defineEntity('ImageReleases', imageReleases, ['region'], (region) =>
  key('VERSIONS', `IMAGES#${region}`),
);

export const Rollouts = defineEntity(
  'Rollout',
  rollout,
  ['id'],
  (id) => key(rolloutPartition(id), 'ROLLOUT'),
  (data) => data.status === 'Planned' || data.status === 'Running' || data.status === 'Paused',
);

export const Waves = defineEntity(
  'Wave',
  wave,
  ['rolloutId', 'index'],
  (rolloutId, index) => key(rolloutPartition(rolloutId), `WAVE#${padded(index, 3)}`),
  (data) => data.status === 'Pending' || data.status === 'Open' || data.status === 'Soaking',
);

export const Members = defineEntity(
  'Member',
  member,
  ['rolloutId', 'waveIndex', 'clusterKey'],
  (rolloutId, waveIndex, clusterKey) =>
    key(rolloutPartition(rolloutId), `MEMBER#${padded(waveIndex, 3)}#${clusterKey}`),
  (data) => ['Pending', 'Running', 'Parked', 'Quarantined'].includes(data.status),
);

/** Staged members have a partition of their own, since the rollout's partition is read much more often. */
export const stagedPartition = (rolloutId: string): string => `STAGED#${rolloutId}`;
export const StagedMembers: Entity<z.infer<typeof stagedMember>, Parameters<typeof Members.key>> = {
  kind: 'StagedMember',
  schema: stagedMember,
  key: (rolloutId, waveIndex, clusterKey) =>
    key(stagedPartition(rolloutId), Members.key(rolloutId, waveIndex, clusterKey).sk),
  keyOf: ({ member: { rolloutId, waveIndex, clusterKey } }) => StagedMembers.key(rolloutId, waveIndex, clusterKey),
  active: () => false,
};

/** Account, Region and name: a queue item and an ARN both have these, whatever the AWS partition. */
export const namePartition = (at: { account: string; region: string; name: string }): string =>
  `NAME#${at.account}/${at.region}/${at.name}`;
export const ClusterNames = defineEntity(
  'ClusterName',
  clusterName,
  ['account', 'region', 'name', 'clusterKey'],
  (account, region, name, clusterKey) => key(namePartition({ account, region, name }), clusterKey),
);

export const SettledUpdates = defineEntity(
  'SettledUpdates',
  settledUpdates,
  ['clusterKey', 'subject'],
  (clusterKey, subject) => key(clusterPartition(clusterKey), `SETTLED#${subject}`),
);

export const PolicyRollouts = defineEntity('PolicyRollout', policyRollout, ['policy'], (policy) =>
  key('POLICY-ROLLOUTS', policy),
);

export const deadlinePartition = (region: string): string => `DEADLINES#${region}`;
export const DeadlineNotices = defineEntity(
  'DeadlineNotice',
  deadlineNotice,
  ['region', 'clusterKey', 'event'],
  (region, clusterKey, event) =>
    key(deadlinePartition(region), event === undefined ? clusterKey : `${clusterKey}#${event}`),
);

/** What people were told about a cluster, and when its readiness changed. */
export const ClusterNewsItems = ofCluster('ClusterNews', clusterNews, 'NEWS');

export const ReadinessHistories = ofCluster('ReadinessHistory', readinessHistory, 'READINESS');

export const READINESS_DAYS = 'READINESS-DAYS';
export const ReadinessDays = defineEntity('ReadinessDay', readinessDay, ['date'], (date) => key(READINESS_DAYS, date));

export const OWNER_NOTICES = 'OWNER-NOTICES';
export const OwnerNotices = defineEntity('OwnerNotice', ownerNotice, ['reference'], (reference) =>
  key(OWNER_NOTICES, reference),
);

/** Whether the plan in force has the member; members that a later plan took out are kept for the record. */
export const isMember = (member: Member): member is Member & { status: Exclude<Member['status'], 'Left'> } =>
  member.status !== 'Left';

/** Whether the member's upgrade ended without success. */
export const isTried = ({ status }: Member): boolean => status === 'Failed' || status === 'Blocked';

/** The waves of a rollout, in their order. */
export async function loadWaves(table: Pick<Table, 'queryPartition'>, rolloutId: string): Promise<Read<Wave>[]> {
  return (await table.queryPartition(rolloutPartition(rolloutId), 'WAVE#')).map((item) => decode(Waves, item));
}

/** The members that the plan in force has. */
export async function loadMembers(table: Pick<Table, 'queryPartition'>, rolloutId: string): Promise<Member[]> {
  return ofKind(await table.queryPartition(rolloutPartition(rolloutId), 'MEMBER#'), Members).filter(isMember);
}

/**
 * The members of one cluster in these rollouts, in their order, whatever their wave. Waves are few and members many, so it reads one key for each
 * wave instead of all members.
 */
export async function loadMembersIn(table: Pick<Table, 'getAll'>, rollouts: readonly Rollout[], clusterKey: string) {
  return (await readMembersIn(table, rollouts, clusterKey)).map(({ data }) => data).filter(isMember);
}

/** The same with those that the plan in force has not, and with their revisions. */
export async function readMembersIn(
  table: Pick<Table, 'getAll'>,
  rollouts: readonly Rollout[],
  clusterKey: string,
): Promise<Read<Member>[]> {
  const reader = batched(table);
  const keys = rollouts.flatMap(({ id, waves }) => [...waves.keys()].map((at) => [id, at] as const));
  const found = await Promise.all(keys.map(([id, at]) => load(reader, Members, id, at, clusterKey)));
  return found.filter((one) => one !== undefined);
}

export const loadMemberIn = async (table: Pick<Table, 'getAll'>, rollout: Rollout, clusterKey: string) =>
  (await loadMembersIn(table, [rollout], clusterKey))[0];

/** Every upgrade that a cluster has had, the last one started first. */
export async function upgradesOf(table: Pick<Table, 'queryPartition'>, clusterKey: string): Promise<Upgrade[]> {
  const items = await table.queryPartition(clusterPartition(clusterKey), 'UPGRADE#');
  return items
    .map((item) => decode(Upgrades, item).data)
    .sort((a, b) => ((a.startedAt ?? '') < (b.startedAt ?? '') ? 1 : -1));
}

type Reading = Pick<Table, 'getAll' | 'queryPartition'>;

/** Every cluster that has had this name there, the newest one last. */
export async function loadRecordsOfName(
  table: Reading,
  at: Scope & { readonly name: string },
): Promise<ClusterRecord[]> {
  const names = (await table.queryPartition(namePartition(at))).map((item) => decode(ClusterNames, item).data);
  const reader = batched(table);
  const records = await Promise.all(names.map(({ clusterKey }) => load(reader, Clusters, clusterKey)));
  return records.flatMap((record) => (record === undefined ? [] : [record.data]));
}

/**
 * The living clusters of this name in other accounts and Regions, without a reading of the whole inventory: those that discovery has listed, and where
 * it could list none those that are recorded.
 */
export async function loadNamesakes(
  table: Reading,
  { account, region, name }: ClusterRecord,
): Promise<ClusterRecord[]> {
  const looks = (await table.queryPartition('ACCOUNTS')).map((item) => decode(Accounts, item).data);
  const others = looks.filter(
    (look) => (look.account !== account || look.region !== region) && look.names?.includes(name) !== false,
  );
  const records = await Promise.all(others.map((look) => loadRecordsOfName(table, { ...look, name })));
  return records.flat().filter(({ deletedAt }) => deletedAt === undefined);
}
