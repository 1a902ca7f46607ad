import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import {
  checksOf,
  clock,
  cluster,
  grant,
  HOLDER,
  KEY,
  type Kept,
  keep,
  NOON,
  request,
  upgrade,
  waves,
  writesOf,
} from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { quoted } from '../contracts/step-result.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Clusters, Grants, Ledgers, Members, Upgrades, Waves } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { type GrantRequest, grantUpgrade } from './grant.ts';

const ids = { next: () => '0f1e2d3c-0000-4000-8000-000000000000' };

const executions = {
  arnFor: (machine: string, name: string) => `arn:${machine}:${name}`,
  start: async () => {},
  describe: async () => undefined,
};

/** The result of a request, and its attempted transactions. */
async function asked(kept: Kept = {}, given: Partial<GrantRequest> = {}) {
  const table = new MemoryTable();
  await keep(table, kept);
  const transactions: (readonly WriteOperation[])[] = [];
  table.beforeTransact = (operations) => transactions.push(operations);
  const result = await grantUpgrade({ table, clock, executions, ids }, request(given));
  const codes = 'refused' in result ? result.refused.map(({ code }) => code) : [];
  const [first = []] = transactions;
  return {
    table,
    codes,
    transactions,
    operations: first,
    granted: 'granted' in result ? result.granted : undefined,
    upgrade: (await load(table, Upgrades, KEY, '1.36-1.37'))?.data,
    member: (await load(table, Members, 'r', 1, KEY))?.data,
    wave: (await load(table, Waves, 'r', 1))?.data,
    audit: await table.auditOf(KEY),
  };
}
const byHand = { arn: HOLDER, name: 'by-hand' };

test('a member that is granted runs, has a place, and its wave has begun', async () => {
  const { granted, member, wave, upgrade: made, table } = await asked();
  expect(granted).toMatchObject({ number: 1, epoch: 4, status: 'open', upgradeId: '1.36-1.37', children: [] });
  expect(granted?.holder).toBe(`arn:upgrade-cluster:${granted?.executionName}`);
  expect(granted?.input).toEqual({ contract: granted?.input.contract, cluster: cluster.arn, targetVersion: '1.37' });
  expect(granted?.input.contract).toEqual(expect.any(Number));
  expect(granted?.grantedAt).toBe(NOON.toISOString());
  expect(member).toMatchObject({ status: 'Running', inFlight: true, upgradeId: '1.36-1.37', reasons: [] });
  expect(member?.grantedAt).toBe(NOON.toISOString());
  expect(member?.traits?.length).toBeGreaterThan(0);
  expect(wave).toMatchObject({ inFlight: 1, quarantined: 0, startedAt: NOON.toISOString() });
  expect(made).toMatchObject({ ...upgrade(), startedAt: NOON.toISOString() });
  expect((await load(table, Ledgers))?.data.counts).toEqual({
    total: 1,
    [`account/${cluster.account}`]: 1,
    [`region/${cluster.region}`]: 1,
  });
});

test('the record says who has the grant, of which upgrade, and in which wave', async () => {
  const { audit, granted } = await asked();
  expect(audit).toMatchObject([
    {
      event: 'Granted',
      principal: 'liftlock',
      detail: {
        grantNumber: 1,
        upgradeId: '1.36-1.37',
        from: '1.36',
        to: '1.37',
        holder: granted?.holder,
        rolloutId: 'r',
        waveIndex: 1,
      },
    },
  ]);
  const { audit: other } = await asked({}, { member: undefined as never, asker: byHand, requestedBy: 'ann' });
  expect(other).toMatchObject([{ principal: 'ann', detail: { holder: HOLDER } }]);
  expect(other[0]?.detail).not.toHaveProperty('rolloutId');
});

test('the record of a grant that a person asks for has the reason; of another person it has none', async () => {
  const waits = upgrade({ status: 'Pending', requestedBy: 'ann', requestReason: 'bad image' });
  const byPerson = (requestedBy: string) =>
    asked({ upgrades: [waits] }, { member: undefined as never, asker: byHand, requestedBy });
  const { audit, upgrade: granted } = await byPerson('ann');
  expect([audit[0]?.detail.reason, granted?.requestReason]).toEqual(['bad image', 'bad image']);
  const { audit: other, upgrade: theirs } = await byPerson('bob');
  expect(other[0]?.detail).not.toHaveProperty('reason');
  expect([theirs?.requestedBy, theirs?.requestReason]).toEqual(['bob', undefined]);
});

test('the transaction rests on everything that was read for it', async () => {
  const before = upgrade({ id: '1.35-1.36', from: '1.35', to: '1.36', status: 'Succeeded' });
  const { operations } = await asked({
    upgrades: [before],
    clusterControl: { clusterKey: KEY },
    control: { stopped: false },
    waves: [...waves.slice(0, 2), { ...waves[2], status: 'Open' } as (typeof waves)[number]],
  });
  expect(checksOf(operations)).toEqual(
    [
      `CLUSTER#${KEY} CONTROL 1`,
      `CLUSTER#${KEY} RECORD 1`,
      `CLUSTER#${KEY} UPGRADE#1.35-1.36 1`,
      `CLUSTER#${KEY} UPGRADE#1.36-1.36 absent`,
      'CONFIG Fleet#fleet 1',
      'CONFIG UpgradePolicy#p 1',
      'EPOCH EPOCH 1',
      'FLEET CONTROL 1',
      'ROLLOUT#r ROLLOUT 1',
      'ROLLOUT#r WAVE#000 1',
      'ROLLOUT#r WAVE#002 1',
    ].sort(),
  );
  expect(writesOf(operations)).toEqual(['Grant absent', 'Ledger absent', 'Member 1', 'Upgrade absent', 'Wave 1']);
});

test('a later wave that waits for this one is not rested on, and what is absent must stay so', async () => {
  const { operations } = await asked();
  expect(checksOf(operations)).toContain('FLEET CONTROL absent');
  expect(checksOf(operations)).toContain(`CLUSTER#${KEY} CONTROL absent`);
  expect(checksOf(operations)).toContain(`CLUSTER#${KEY} UPGRADE#1.35-1.36 absent`);
  expect(checksOf(operations)).not.toContain('ROLLOUT#r WAVE#002 1');
});

test('one who asks by hand rests on no rollout, and what is no hop on no hop before it', async () => {
  const given = { member: undefined as never, asker: byHand };
  const hop = await asked({}, given);
  expect(checksOf(hop.operations).filter((one) => /^ROLLOUT/.test(one))).toEqual([]);
  expect(checksOf(hop.operations)).toContain(`CLUSTER#${KEY} UPGRADE#1.35-1.36 absent`);
  expect(hop.granted).toMatchObject({ holder: HOLDER, executionName: 'by-hand' });
  expect(hop.member).toMatchObject({ status: 'Pending', inFlight: false });
  const step = await asked({}, { ...given, machine: 'update-addons' });
  expect(checksOf(step.operations).filter((one) => /UPGRADE#/.test(one))).toEqual([]);
});

test('one who has a place keeps it, and one who was set aside is no longer counted there', async () => {
  const parked = await asked({
    member: memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Parked', inFlight: true }),
    waves: waves.map((one) => ({ ...one, inFlight: 1, startedAt: '2026-11-19T00:00:00.000Z' })),
  });
  expect(parked.wave).toMatchObject({ inFlight: 1, startedAt: '2026-11-19T00:00:00.000Z' });
  const aside = await asked({
    member: memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Quarantined' }),
    waves: waves.map((one) => ({ ...one, quarantined: 2 })),
  });
  expect(aside.wave).toMatchObject({ inFlight: 1, quarantined: 1 });
});

test.each<[string, Kept, Partial<GrantRequest>, string]>([
  ['nobody knows the cluster', { cluster: undefined }, {}, 'UnknownCluster'],
  ['there is no Fleet', { fleet: undefined }, {}, 'FleetNotConfigured'],
  ['there is no epoch', { epoch: undefined }, {}, 'NoEpoch'],
  ['the fleet is stopped', { control: { stopped: true } }, {}, 'FleetStopped'],
  ['somebody holds the grant', { grant: grant() }, {}, 'GrantBusy'],
  [
    'the cluster is held',
    { clusterControl: { clusterKey: KEY, held: { since: NOON.toISOString(), reason: quoted('X', 'x') } } },
    {},
    'Held',
  ],
  [
    'the hop before is half done',
    { upgrades: [upgrade({ id: '1.35-1.36', from: '1.35', to: '1.36', status: 'Parked', mutated: true })] },
    {},
    'UpgradeUnderWay',
  ],
  ['a cap is reached', { ledger: { counts: { total: 5 } } }, {}, 'CapReached'],
  [
    'a failure was not known of',
    { waves: waves.map((one, at) => ({ ...one, failed: at === 0 ? 1 : 0 })) },
    {},
    'FailedMeanwhile',
  ],
  [
    'a wave before it is halted',
    { waves: waves.map((one, at) => (at === 0 ? { ...one, status: 'Halted' } : one)) },
    {},
    'EarlierWaveHalted',
  ],
  ['the wave is not open', { waves: waves.map((one) => ({ ...one, status: 'Pending' })) }, {}, 'WavePending'],
  ['it is no member', { member: undefined }, {}, 'NotAMember'],
])('nothing is written when %s', async (_, kept, given, code) => {
  const { codes, transactions, granted } = await asked(kept, given);
  expect(codes).toContain(code);
  expect([transactions, granted]).toEqual([[], undefined]);
});

test('a wave after it that is halted does not stop it', async () => {
  const { granted } = await asked({ waves: waves.map((one, at) => (at === 2 ? { ...one, status: 'Halted' } : one)) });
  expect(granted?.number).toBe(1);
});

test('the number of a grant is one more than the last, whoever had it, and counts beside others are kept', async () => {
  const { granted, table } = await asked({
    grant: grant({ number: 6, status: 'free' }),
    ledger: { counts: { total: 2, 'region/other': 2 } },
  });
  expect(granted?.number).toBe(7);
  expect((await load(table, Grants, KEY))?.data).toEqual(granted);
  expect((await load(table, Ledgers))?.data.counts).toMatchObject({ total: 3, 'region/other': 2 });
});

test('what moved between reading and writing is read again', async () => {
  const table = new MemoryTable();
  await keep(table);
  let tries = 0;
  const moved = { ...cluster, status: 'UPDATING' };
  table.beforeTransact = (operations) => {
    if (!operations.some((one) => one.type === 'append')) return;
    tries += 1;
    if (tries === 1) void table.transact([put(Clusters, moved, 1)]);
  };
  const result = await grantUpgrade({ table, clock, executions, ids }, request());
  expect([tries, 'granted' in result]).toEqual([2, true]);
});

const baseline = { 'scan-cluster': { status: 'done' as const, reasons: [], startedAt: '2026-11-01T00:00:00.000Z' } };
const steps = {
  ...baseline,
  'upgrade-control-plane': { status: 'done' as const, reasons: [], startedAt: '2026-11-01T01:00:00.000Z' },
};
const resting: Partial<Upgrade> = {
  steps,
  startedAt: '2026-11-01T00:00:00.000Z',
  resumeAt: '2026-11-20T11:00:00.000Z',
  reasons: [quoted('X', 'x')],
};

test.each(['Parked', 'Pending'] as const)('an upgrade that is %s goes on where it was', async (status) => {
  const { upgrade: made } = await asked({ upgrades: [upgrade({ ...resting, status, mutated: true })] });
  expect(made).toMatchObject({ steps, startedAt: '2026-11-01T00:00:00.000Z', status: 'Running', mutated: true });
  expect(made).not.toHaveProperty('resumeAt');
  expect(made?.reasons).toEqual([]);
});

test('what was not done in it is not told as parked or running while it goes on: it is tried again, or not needed any more', async () => {
  const parked = { status: 'parked' as const, reasons: [], startedAt: '2026-11-01T02:00:00.000Z' };
  const running = { ...parked, status: 'running' as const };
  const before = { ...steps, 'roll-node-group/a': running, 'roll-node-group/b': parked };
  const { upgrade: made } = await asked({ upgrades: [upgrade({ ...resting, status: 'Parked', steps: before })] });
  expect(made?.steps).toEqual(steps);
  const scan = { 'scan-cluster': parked };
  const again = await asked({ upgrades: [upgrade({ ...resting, status: 'Parked', steps: scan })] });
  expect(again.upgrade?.steps).toEqual(scan);
});

test('whoever is tried again is judged by what it was before its first change', async () => {
  const traits = ['version/1.36'];
  const failed = upgrade({ ...resting, status: 'Failed', mutated: true, endedAt: NOON.toISOString() });
  const again = await asked({
    upgrades: [failed],
    member: memberItem({ clusterKey: KEY, waveIndex: 1, traits, upgradeId: undefined }),
  });
  expect(again.member?.traits).toEqual(traits);
  const first = await asked({
    upgrades: [{ ...failed, mutated: false }],
    member: memberItem({ clusterKey: KEY, waveIndex: 1, traits, upgradeId: undefined }),
  });
  expect(first.member?.traits).not.toEqual(traits);
});

test('one that failed begins anew; what it has changed, its baseline and the time of the change stay', async () => {
  const failed = { ...resting, status: 'Failed' as const, endedAt: NOON.toISOString() };
  const since = '2026-11-02T00:00:00.000Z';
  const changed = await asked({ upgrades: [upgrade({ ...failed, mutated: true, controlPlaneCompletedAt: since })] });
  expect(changed.upgrade).toMatchObject({
    mutated: true,
    startedAt: NOON.toISOString(),
    controlPlaneCompletedAt: since,
  });
  expect(changed.upgrade?.steps).toEqual(baseline);
  expect(changed.upgrade).not.toHaveProperty('endedAt');
  const unchanged = await asked({ upgrades: [upgrade(failed)] });
  expect(unchanged.upgrade).toMatchObject({ mutated: false, steps: {} });
  expect(unchanged.upgrade).not.toHaveProperty('controlPlaneCompletedAt');
  const bare = await asked({ upgrades: [upgrade({ ...failed, mutated: true, steps: {} })] });
  expect(bare.upgrade?.steps).toEqual({});
});

test('one that a person takes up belongs to no rollout any more, and says who asked and with what', async () => {
  const given = { member: undefined as never, asker: byHand, requestedBy: 'ann', input: { nodegroup: 'workers' } };
  const { upgrade: made, granted } = await asked({ upgrades: [upgrade({ ...resting, status: 'Parked' })] }, given);
  expect(made).toMatchObject({ requestedBy: 'ann', execution: HOLDER, input: { nodegroup: 'workers' } });
  expect(made).not.toHaveProperty('rolloutId');
  expect(made).not.toHaveProperty('waveIndex');
  expect(granted?.input).toMatchObject({ nodegroup: 'workers', cluster: cluster.arn });
});

test('one that the reconciler takes up keeps who asked for it', async () => {
  const { upgrade: made } = await asked({ upgrades: [upgrade({ status: 'Pending', requestedBy: 'ann' })] });
  expect(made?.requestedBy).toBe('ann');
  expect(made).not.toHaveProperty('execution');
  expect(made).not.toHaveProperty('input');
});
