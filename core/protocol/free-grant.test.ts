import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import {
  checksOf,
  clock,
  cluster,
  grant,
  intent,
  KEY,
  type Kept,
  keep,
  NOON,
  upgrade,
  waves,
} from '../../test/material/protocol/one-upgrade.ts';
import type { Intent, Upgrade } from '../contracts/items/protocol.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import type { Cluster, EksReader, Update } from '../ports/eks.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Grants, Ledgers, Members, ReconcileMarkers, Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { closeGrant, freeGrant, resolveIntents } from './free-grant.ts';
import { intentsOf } from './intent-store.ts';

const filled = async (kept: Kept): Promise<MemoryTable> => {
  const table = new MemoryTable();
  await keep(table, kept);
  return table;
};
const grantIn = async (table: MemoryTable) => (await load(table, Grants, KEY))?.data;

test('a grant is closed once, with the time and the record of it', async () => {
  const table = await filled({ grant: grant() });
  await closeGrant({ table, clock }, KEY, 1);
  await closeGrant({ table, clock: { now: () => new Date(NOON.getTime() + 1000) } }, KEY, 1);
  expect(await grantIn(table)).toEqual(grant({ status: 'closing', closingSince: NOON.toISOString() }));
  expect(await table.auditOf(KEY)).toMatchObject([
    { event: 'GrantClosing', principal: 'liftlock', detail: { grantNumber: 1, upgradeId: '1.36-1.37' } },
  ]);
});

test.each<[string, Kept['grant']]>([
  ['there is none', undefined],
  ['it is another number', grant({ number: 2 })],
  ['it is free', grant({ status: 'free' })],
])('nothing is closed when %s', async (_, kept) => {
  const table = await filled({ grant: kept });
  await closeGrant({ table, clock }, KEY, 1);
  expect(await grantIn(table)).toEqual(kept);
  expect(await table.auditOf(KEY)).toEqual([]);
});

const closing = grant({ status: 'closing', children: ['child'] });

async function freed(kept: Kept, { number = 1, known }: { number?: number; known?: string } = {}) {
  const table = await filled({ grant: closing, ...kept });
  const transactions: (readonly WriteOperation[])[] = [];
  table.beforeTransact = (operations) => transactions.push(operations);
  await freeGrant({ table, clock }, KEY, number, known);
  return {
    table,
    transactions,
    grant: await grantIn(table),
    counts: (await load(table, Ledgers))?.data.counts,
    member: (await load(table, Members, 'r', 1, KEY))?.data,
    wave: (await load(table, Waves, 'r', 1))?.data,
    isDirty: (await load(table, ReconcileMarkers))?.data.dirtySince !== undefined,
    audit: await table.auditOf(KEY),
  };
}
const flying = (status: Member['status']) => memberItem({ clusterKey: KEY, waveIndex: 1, status, inFlight: true });
const place = waves.map((one) => ({ ...one, inFlight: 2 }));

test('a closing grant is freed with its counts, and nobody is its child any more', async () => {
  const counts = { total: 3, [`account/${cluster.account}`]: 1, 'region/other': 2 };
  const {
    grant: left,
    counts: after,
    audit,
    transactions,
  } = await freed({ ledger: { counts }, upgrades: [upgrade()] });
  expect(left).toEqual({ ...closing, status: 'free', children: [] });
  expect(after).toEqual({ total: 2, 'region/other': 2 });
  expect(audit).toMatchObject([
    { event: 'GrantFreed', principal: 'liftlock', detail: { grantNumber: 1, upgradeId: '1.36-1.37' } },
  ]);
  expect(checksOf(transactions[0] ?? [])).toEqual([`CLUSTER#${KEY} UPGRADE#1.36-1.37 1`]);
});

test.each<[string, Kept, number]>([
  ['there is none', { grant: undefined }, 1],
  ['it is another number', {}, 2],
  ['it is open', { grant: grant() }, 1],
  ['it is free', { grant: grant({ status: 'free' }) }, 1],
])('nothing is freed when %s', async (_, kept, number) => {
  const { transactions } = await freed({ ledger: { counts: { total: 1 } }, ...kept }, { number });
  expect(transactions).toEqual([]);
});

test('what the grant counted is at least nothing, also where no ledger is', async () => {
  const { counts } = await freed({});
  expect(counts).toEqual({});
});

test.each<[string, Member['status'], Partial<Upgrade>, boolean]>([
  ['has settled', 'Succeeded', { status: 'Succeeded', mutated: true }, false],
  ['failed', 'Failed', { status: 'Failed', mutated: true }, false],
  ['is parked and has changed nothing', 'Parked', { status: 'Parked' }, false],
  ['runs and has changed nothing', 'Running', { status: 'Parked' }, false],
  ['is parked after a change', 'Parked', { status: 'Parked', mutated: true }, true],
  ['runs after a change', 'Running', { status: 'Running', mutated: true }, true],
  ['is between two hops', 'Parked', { status: 'Succeeded' }, true],
  ['bakes, though somebody else has moved it', 'Parked', { status: 'Parked', reasons: [reason('Baking', '')] }, true],
  ['waits for its window', 'Parked', { status: 'Parked', reasons: [reason('WindowClosed', '')] }, false],
  ['was set aside', 'Quarantined', { status: 'Parked' }, false],
])('a member that %s (%s) keeps its place: %j %s', async (_, status, given, keeps) => {
  for (const known of [undefined, '1.36-1.37']) {
    const options = known === undefined ? {} : { known };
    const after = await freed({ member: flying(status), waves: place, upgrades: [upgrade(given)] }, options);
    expect([after.member?.inFlight, after.wave?.inFlight]).toEqual(keeps ? [true, 2] : [false, 1]);
    expect(after.member?.status).toBe(status);
    expect(after.grant?.status).toBe('free');
  }
});

test('the place is given back also where a person has asked for its upgrade again meanwhile', async () => {
  const asked = upgrade({ status: 'Pending', rolloutId: undefined as never, waveIndex: undefined as never });
  const held = { ...closing, rolloutId: 'r', waveIndex: 1 };
  const after = await freed({ grant: held, member: flying('Blocked'), waves: place, upgrades: [asked] });
  expect([after.member?.inFlight, after.wave?.inFlight]).toEqual([false, 1]);
});

test('one that has no place gives none back, and a wave never has less than none', async () => {
  const resting = { ...flying('Failed'), inFlight: false };
  const none = await freed({ member: resting, waves: place, upgrades: [upgrade({ status: 'Failed' })] });
  expect(none.wave?.inFlight).toBe(2);
  const empty = await freed({ member: flying('Failed'), upgrades: [upgrade({ status: 'Failed' })] });
  expect(empty.wave?.inFlight).toBe(0);
});

test.each<[string, Kept]>([
  ['no rollout', { upgrades: [upgrade({ rolloutId: undefined as never, waveIndex: undefined as never })] }],
  ['a rollout and no wave', { upgrades: [upgrade({ waveIndex: undefined as never })] }],
  ['a wave that is gone', { upgrades: [upgrade()], waves: [], member: flying('Failed') }],
  ['a member that is gone', { upgrades: [upgrade()], member: undefined }],
  ['nothing that was kept of it', { member: flying('Failed') }],
])('an upgrade of %s is freed without touching anybody', async (_, kept) => {
  const { grant: left, member } = await freed(kept);
  expect(left?.status).toBe('free');
  if (kept.member !== undefined) expect(member?.inFlight).toBe(true);
});

test('what a person has upgraded asks for a full look in the transaction that frees it; a rollout knows of its own', async () => {
  const byHand = await freed({ upgrades: [upgrade({ rolloutId: undefined as never, waveIndex: undefined as never })] });
  expect([byHand.isDirty, byHand.transactions.length]).toEqual([true, 1]);
  expect((await freed({ upgrades: [upgrade()], waves: place, member: flying('Failed') })).isDirty).toBe(false);
});

const SECONDS = 1000;
const GRACE = 40;
const LISTED = GRACE + 120;
const at = (seconds: number) => ({ now: () => new Date(NOON.getTime() + seconds * SECONDS) });
const ours: Update = {
  id: 'u-1',
  status: 'InProgress',
  type: 'VersionUpdate',
  params: [{ type: 'Version', value: '1.37' }],
  createdAt: new Date(NOON.getTime() + 5 * SECONDS),
};
const described = { name: 'web', arn: cluster.arn, createdAt: new Date(cluster.createdAt) } as Cluster;

/** An EKS with this cluster and these updates of it. */
const eks = (found: Cluster | Error, updates: readonly Update[] = []) =>
  ({
    describeCluster: async () => {
      if (found instanceof Error) throw found;
      return found;
    },
    listUpdates: async () => updates.map(({ id }) => id),
    describeUpdate: async (_, { updateId }) => updates.find(({ id }) => id === updateId) as Update,
  }) as Pick<EksReader, 'describeCluster' | 'listUpdates' | 'describeUpdate'> as EksReader;

async function resolved(intents: readonly Intent[], seconds: number, reader: EksReader) {
  const table = await filled({ intents });
  const until = await resolveIntents({ table, clock: at(seconds), eks: reader }, KEY);
  const after = (until?.getTime() ?? Number.NaN) - NOON.getTime();
  const outcomes = (await intentsOf(table, KEY)).map(({ data }) => data.outcome);
  return { seconds: until === undefined ? undefined : after / SECONDS, outcomes };
}

test.each<[string, number, number | undefined, string | undefined]>([
  ['a second before its grace has passed', GRACE - 1, GRACE, undefined],
  ['when its grace has passed', GRACE, LISTED, undefined],
  ['a second before EKS lists all', LISTED - 1, LISTED, undefined],
  ['when EKS lists all', LISTED, undefined, 'never-sent'],
])('a call that started nothing: %s', async (_, seconds, again, outcome) => {
  const found = await resolved([intent()], seconds, eks(described));
  expect([found.seconds, found.outcomes[0]?.type]).toEqual([again, outcome]);
});

test('what EKS has begun is taken as soon as its grace has passed, and not asked about before', async () => {
  const refuses = eks(new Error('It was asked.'));
  expect((await resolved([intent()], GRACE - 1, refuses)).seconds).toBe(GRACE);
  const found = await resolved([intent()], GRACE, eks(described, [ours]));
  expect(found).toMatchObject({ seconds: undefined, outcomes: [{ type: 'accepted', updateId: 'u-1' }] });
});

test('a doubtful answer that started nothing was a refusal', async () => {
  const doubt = { error: 'ResourceInUseException', message: 'busy', at: NOON.toISOString() };
  const found = await resolved([intent({ doubt })], LISTED, eks(described));
  expect(found.outcomes).toMatchObject([{ type: 'refused', error: 'ResourceInUseException', message: 'busy' }]);
});

test('a cluster that is gone, or another of its name, took every way to find out with it', async () => {
  const gone = Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' });
  const another = { ...described, createdAt: NOON };
  for (const reader of [eks(gone), eks(another, [ours])])
    expect((await resolved([intent()], GRACE, reader)).outcomes).toMatchObject([{ type: 'lost' }]);
});

test('what cannot be read is no answer', async () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  await expect(resolved([intent()], GRACE, eks(denied))).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('what has ended is not asked about, and of several open ones the earliest is waited for', async () => {
  const outcome = { type: 'refused' as const, error: 'x', message: 'x', at: NOON.toISOString() };
  const later = (subject: string, seconds: number) =>
    intent({ subject, committedAt: new Date(NOON.getTime() + seconds * SECONDS).toISOString() });
  const refuses = eks(new Error('It was asked.'));
  expect((await resolved([intent({ outcome })], LISTED, refuses)).seconds).toBeUndefined();
  const several = await resolved([later('a', 20), later('b', 10), later('c', 30)], 0, refuses);
  expect(several.seconds).toBe(GRACE + 10);
});
