import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import {
  calendarConfig,
  checksOf,
  clock,
  cluster,
  commitRequest,
  grant,
  intent,
  KEY,
  type Kept,
  keep,
  NOON,
  upgrade,
  waves,
  writesOf,
} from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { isSame } from '../model/is-same.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Clusters, Epochs, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { type CommitRequest, commit } from './commit.ts';
import { loadNewestIntent } from './intent-store.ts';

const { call } = commitRequest();
const flying = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Running', inFlight: true });

async function committed(kept: Kept = {}, given: Partial<CommitRequest> = {}) {
  const table = new MemoryTable();
  await keep(table, { grant: grant(), upgrades: [upgrade()], member: flying, ...kept });
  const transactions: (readonly WriteOperation[])[] = [];
  table.beforeTransact = (operations) => transactions.push(operations);
  const result = await commit({ table, clock }, commitRequest(given));
  return {
    table,
    transactions,
    operations: transactions[0] ?? [],
    codes: 'refused' in result ? result.refused.map(({ code }) => code) : [],
    read: 'committed' in result ? result.committed : undefined,
    audit: await table.auditOf(KEY),
  };
}

const ALWAYS = [
  `CLUSTER#${KEY} CONTROL absent`,
  `CLUSTER#${KEY} GRANT 1`,
  `CLUSTER#${KEY} RECORD 1`,
  'CONFIG Fleet#fleet 1',
  'CONFIG UpgradePolicy#p 1',
  'EPOCH EPOCH 1',
  'FLEET CONTROL absent',
  'ROLLOUT#r ROLLOUT 1',
];

test.each<[string, Partial<CommitRequest>]>([
  ['read by itself', {}],
  ['as its step has read it', { upgrade: upgrade() }],
])('the first change rests on the wave, its member and the waves before it; the upgrade %s', async (_, given) => {
  const { operations, read, table } = await committed({}, given);
  const ofWaves = [`ROLLOUT#r MEMBER#001#${KEY} 1`, 'ROLLOUT#r WAVE#000 1', 'ROLLOUT#r WAVE#001 1'];
  expect(checksOf(operations)).toEqual([...ALWAYS, ...ofWaves].sort());
  expect(writesOf(operations)).toEqual(['Intent absent', 'Upgrade 1']);
  expect((await load(table, Upgrades, KEY, '1.36-1.37'))?.data).toEqual(upgrade({ mutated: true }));
  expect(read?.data.commits).toBe(1);
});

test.each<[string, Partial<CommitRequest>]>([
  ['read by itself', {}],
  ['as its step has read it', { upgrade: upgrade({ mutated: true }) }],
])('a later change goes on whatever the counters of waves do; the upgrade %s', async (_, given) => {
  const kept = {
    upgrades: [upgrade({ mutated: true })],
    waves: waves.map((one) => ({ ...one, status: 'Halted' as const })),
  };
  const { operations, codes } = await committed(kept, given);
  expect(codes).toEqual([]);
  expect(checksOf(operations)).toEqual([...ALWAYS, `CLUSTER#${KEY} UPGRADE#1.36-1.37 1`].sort());
  expect(writesOf(operations)).toEqual(['Intent absent']);
});

test('a later change rests on its wave where the glass of that is broken: ending the order ends what it let pass', async () => {
  const breakGlass = { reason: 'incident', until: NOON.toISOString(), by: [] };
  const kept = {
    upgrades: [upgrade({ mutated: true })],
    waves: waves.map((one) => ({ ...one, breakGlass })),
  };
  const { operations } = await committed(kept);
  const ofWave = ['ROLLOUT#r WAVE#001 1', `CLUSTER#${KEY} UPGRADE#1.36-1.37 1`];
  expect(checksOf(operations)).toEqual([...ALWAYS, ...ofWave].sort());
});

test('what a step has read of its upgrade is read in one request with all that it names', async () => {
  const reads = async (given: Partial<CommitRequest>, kept: Kept = {}) => {
    const { table } = await committed(kept, given);
    return table.reads.get;
  };
  const without = await reads({});
  expect(await reads({ upgrade: upgrade() })).toBe(without - 7);
  const later = { upgrades: [upgrade({ mutated: true })] };
  expect(await reads({ upgrade: upgrade({ mutated: true }) }, later)).toBe((await reads({}, later)) - 3);
});

test('one that a person started rests on no rollout', async () => {
  const { rolloutId: _, waveIndex: __, ...alone } = upgrade();
  const { operations, codes, table } = await committed({ upgrades: [alone], rollout: undefined, waves: [] });
  expect(codes).toEqual([]);
  expect(checksOf(operations).filter((one) => one.startsWith('ROLLOUT'))).toEqual([]);
  const known = await committed({ upgrades: [alone], rollout: undefined, waves: [] }, { upgrade: alone });
  expect(known.codes).toEqual([]);
  expect(known.table.reads.get).toBe(table.reads.get - 1);
});

test('a rollout whose wave is not named is still rested on', async () => {
  const { waveIndex: _, ...waveless } = upgrade({ mutated: true });
  for (const given of [{}, { upgrade: waveless }]) {
    const { operations } = await committed({ upgrades: [waveless] }, given);
    expect(checksOf(operations).filter((one) => one.startsWith('ROLLOUT'))).toEqual(['ROLLOUT#r ROLLOUT 1']);
  }
});

test('an earlier wave that is gone must stay so, and one that is halted stops the first change', async () => {
  const { operations } = await committed({ waves: waves.slice(1) });
  expect(checksOf(operations)).toContain('ROLLOUT#r WAVE#000 absent');
  const halted = waves.map((one, at) => (at === 0 ? { ...one, status: 'Halted' as const } : one));
  expect((await committed({ waves: halted })).codes).toEqual(['EarlierWaveHalted']);
});

test.each<[string, Kept, Partial<CommitRequest>, string]>([
  ['the epoch is gone', { epoch: undefined }, {}, 'NoEpoch'],
  ['the table was restored', { epoch: { number: 5 } }, {}, 'Superseded'],
  ['nobody was granted anything', { grant: undefined }, {}, 'Superseded'],
  ['the upgrade is gone', { upgrades: [] }, {}, 'Superseded'],
  ['another execution asks', {}, { asker: { arn: 'arn:other', name: 'other' } }, 'Superseded'],
  ['the cluster is gone from the inventory', { cluster: undefined }, {}, 'UnknownCluster'],
  ['the Fleet is gone', { fleet: undefined }, {}, 'FleetNotConfigured'],
  ['the fleet is stopped', { control: { stopped: true } }, {}, 'FleetStopped'],
  ['EKS shows a tag that the inventory has not', {}, { tags: { 'liftlock/paused': 'true' } }, 'Excluded'],
  ['it is no member any more', { member: undefined }, {}, 'NotAMember'],
  ['the rollout is gone', { rollout: undefined }, {}, 'RolloutGone'],
  ['a pin is below the target', { cluster: { ...cluster, tags: { 'liftlock/pin-version': '1.36' } } }, {}, 'Pinned'],
])('nothing is committed when %s', async (_, kept, given, code) => {
  const { codes, transactions, read } = await committed(kept, given);
  expect(codes).toContain(code);
  expect([transactions, read]).toEqual([[], undefined]);
});

/** Whether the inventory, EKS or both name the Calendars, which are all closed now. */
test.each<[string, Record<string, string>, Record<string, string>, readonly string[]]>([
  ['neither', {}, {}, []],
  ['only EKS: somebody has put it there since', {}, { 'liftlock/calendar': 'night' }, ['WindowClosed']],
  ['only the inventory: somebody has just taken it away', { 'liftlock/calendar': 'night' }, {}, ['WindowClosed']],
  ['each another one', { 'liftlock/calendar': 'open' }, { 'liftlock/calendar': 'night' }, ['WindowClosed']],
  [
    'each another one, the other way round',
    { 'liftlock/calendar': 'night' },
    { 'liftlock/calendar': 'open' },
    ['WindowClosed'],
  ],
  ['both, and it is open', { 'liftlock/calendar': 'open' }, { 'liftlock/calendar': 'open' }, []],
  ['EKS, and nobody knows it', {}, { 'liftlock/calendar': 'unknown' }, ['BadTag']],
])('a Calendar of the tag calendar holds at each change, whoever names it: %s', async (_, known, fresh, codes) => {
  for (const mutated of [false, true]) {
    const calendars = { night: [{ name: 'w', schedule: '0 22 * * *', duration: '4h' }], open: [] };
    const applied = Object.entries(calendars).map(([name, windows]) =>
      calendarConfig(name, { timeZone: 'UTC', windows, freezes: [] }),
    );
    const kept = { cluster: { ...cluster, tags: known }, upgrades: [upgrade({ mutated })], calendars: applied };
    // A change that has begun continues; before that, a cluster with changed tags is read again.
    const isRetagged = !mutated && !isSame(known, fresh);
    expect((await committed(kept, { tags: fresh })).codes).toEqual([
      ...codes,
      ...(isRetagged ? ['InventoryIncomplete'] : []),
    ]);
  }
});

test('what is committed is what is sent: its token, its call, what was there before, whose it is', async () => {
  const { read, table, audit } = await committed({ grant: grant({ number: 6 }) });
  expect(read?.data).toEqual({
    ...intent({ grantNumber: 6, knownUpdateIds: ['u-0'] }),
    token: read?.data.token,
    call: call(read?.data.token ?? ''),
  });
  expect(read?.data.token.length).toBeGreaterThan(20);
  expect(read).toEqual(await loadNewestIntent(table, KEY, 'upgrade-control-plane', 'cluster'));
  expect(audit).toMatchObject([
    {
      event: 'MutationCommitted',
      principal: 'liftlock',
      detail: {
        step: 'upgrade-control-plane',
        subject: 'cluster',
        attempt: 1,
        commits: 1,
        call: call(read?.data.token ?? ''),
        grantNumber: 6,
        upgradeId: '1.36-1.37',
      },
    },
  ]);
});

test('every attempt, subject, step, cluster and epoch has a token of its own', async () => {
  const token = async (given: Partial<CommitRequest>, kept: Kept = {}) =>
    (await committed(kept, given)).read?.data.token;
  const tokens = [
    await token({}),
    await token({ attempt: 2 }),
    await token({ subject: 'coredns' }),
    await token({ step: 'update-addons' }),
    await token({}, { epoch: { number: 5 }, grant: grant({ epoch: 5 }) }),
  ];
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(await token({})).toBe(tokens[0]);
});

test('a repeat sends what was stored, and counts', async () => {
  const stored = intent({ token: 'stored', committedAt: '2026-11-20T11:00:00.000Z', commits: 2 });
  const kept = { intents: [stored], upgrades: [upgrade({ mutated: true })] };
  const table = new MemoryTable();
  await keep(table, kept);
  const repeats = await loadNewestIntent(table, KEY, stored.step, stored.subject);
  const { read, operations } = await committed(kept, { repeats });
  expect(read?.data).toMatchObject({ token: 'stored', call: stored.call, commits: 3, committedAt: NOON.toISOString() });
  expect(writesOf(operations)).toEqual(['Intent 1']);
  expect(read?.revision).toBeGreaterThan(1);
});

test('what moved between reading and committing is read again', async () => {
  const table = new MemoryTable();
  await keep(table, { grant: grant(), upgrades: [upgrade()], member: flying });
  let tries = 0;
  table.beforeTransact = (operations) => {
    if (!operations.some((one) => one.type === 'append')) return;
    tries += 1;
    if (tries === 1) void table.transact([put(Clusters, { ...cluster, tags: { 'liftlock/paused': 'true' } }, 1)]);
  };
  const result = await commit({ table, clock }, commitRequest());
  expect([tries, 'refused' in result && result.refused[0]?.code]).toEqual([1, 'Excluded']);
  expect((await load(table, Epochs))?.data.number).toBe(4);
  const left: Upgrade | undefined = (await load(table, Upgrades, KEY, '1.36-1.37'))?.data;
  expect(left?.mutated).toBe(false);
});
