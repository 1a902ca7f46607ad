import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { held } from '../../test/material/operations/held-cluster.ts';
import { isDirty, neverAllMembers, operatorPorts, recordOf } from '../../test/material/operations/operator-ports.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  checksOf,
  grant,
  KEY,
  type Kept,
  NOON,
  policyConfig,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Members, Rollouts, Upgrades, Waves } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { skipCluster } from './skip-cluster.ts';

interface Given {
  readonly member?: Partial<Member>;
  readonly rollout?: Partial<Rollout>;
  readonly kept?: Kept;
}

async function skipped({ member = {}, rollout = {}, kept = {} }: Given = {}) {
  const table = new MemoryTable();
  const { told, ...ports } = await operatorPorts(table, {
    rollout: rolloutItem({ waves: ['all'], ...rollout }),
    waves: [waveItem({ members: 9, blocked: 2, quarantined: 2, excluded: 2 })],
    member: memberItem({ clusterKey: KEY, ...member }),
    ...kept,
  });
  neverAllMembers(table);
  const operations: WriteOperation[] = [];
  table.beforeTransact = (each) => operations.push(...each);
  const result = await skipCluster(ports, KEY, 'ann', 'it is retired');
  return {
    result,
    told,
    checks: checksOf(operations),
    dirty: await isDirty(table),
    member: (await load(table, Members, 'r', 0, KEY))?.data,
    wave: (await load(table, Waves, 'r', 0))?.data,
    upgrade: (await load(table, Upgrades, KEY, '1.36-1.37'))?.data,
    record: await recordOf(table, 'rollout/r'),
  };
}
const halfDone = upgrade({ status: 'Parked', mutated: true });
const reasons = [{ code: 'Skipped', message: 'ann took it out of this rollout: it is retired' }];

test.each<[string, Given]>([
  ['has failed, and was retried', { member: { failedBefore: true } }],
  ['is half done, and waits', { member: { status: 'Parked', upgradeId: '1.36-1.37' }, kept: { upgrades: [halfDone] } }],
])('a cluster that %s cannot be skipped: its failure, or its half-done state, would be nobody’s', async (_, given) => {
  await expect(skipped(given)).rejects.toMatchObject({
    name: 'WrongState',
    message: expect.stringContaining('it would stay half done') as string,
  });
});

test('the plan of its wave is another one within a minute, not at the next full look of the hour', async () => {
  expect((await skipped()).dirty).toBe(true);
});

test('a cluster that waits is taken out of its rollout, on record, and everybody is told', async () => {
  const { result, member, checks, record, told } = await skipped({ member: { resumeAt: '2026-11-20T13:00:00.000Z' } });
  expect(result).toEqual(memberItem({ clusterKey: KEY, status: 'Excluded', reasons: reasons as never }));
  expect(member).toEqual(result);
  const own = [`CLUSTER#${KEY} CONTROL absent`, `CLUSTER#${KEY} GRANT absent`];
  expect(checks).toEqual([...own, 'CONFIG UpgradePolicy#p 1', 'ROLLOUT#r ROLLOUT 1']);
  expect(record).toEqual([{ event: 'MemberSkipped', principal: 'ann', detail: { clusterKey: KEY, reasons } }]);
  expect(told).toMatchObject([{ detail: { change: expect.any(String), rolloutId: 'r', wave: 'all' } }]);
});

test.each<[Member['status'], Partial<Wave>]>([
  ['Pending', { excluded: 3, blocked: 2, quarantined: 2 }],
  ['Parked', { excluded: 3, blocked: 2, quarantined: 2 }],
  ['Quarantined', { excluded: 3, blocked: 2, quarantined: 1 }],
  ['Blocked', { excluded: 3, blocked: 1, quarantined: 2 }],
])('one that is %s is counted as excluded from then on', async (status, counts) => {
  expect((await skipped({ member: { status } })).wave).toMatchObject(counts);
});

test('a grant that is free keeps nobody from being taken out', async () => {
  const { member } = await skipped({ kept: { grant: grant({ status: 'free' }) } });
  expect(member?.status).toBe('Excluded');
});

describe('the upgrade of a cluster that is taken out while it is parked', () => {
  const parked = (given: Partial<Upgrade>) =>
    skipped({
      member: { status: 'Parked', upgradeId: '1.36-1.37' },
      kept: { upgrades: [upgrade({ status: 'Parked', resumeAt: '2026-11-20T13:00:00.000Z', ...given })] },
    });

  test('has ended with it, before its first change', async () => {
    const { upgrade: after } = await parked({});
    expect(after).toEqual(upgrade({ status: 'Canceled', endedAt: NOON.toISOString(), reasons: reasons as never }));
  });

  test.each<[string, Partial<Upgrade>]>([
    ['is of another rollout', { rolloutId: 'other' }],
    ['has ended before', { status: 'Failed' }],
  ])('stays as it is where it %s', async (_, given) => {
    const { upgrade: after, member } = await parked(given);
    expect([after?.status, member?.status]).toEqual([given.status ?? 'Parked', 'Excluded']);
  });
});

const begun = 'web was begun in the rollout r, so it cannot be skipped: it would stay half done.';
const nowhere = 'web waits in no rollout, so there is nothing to skip.';
test.each<[string, Given, string]>([
  ['runs', { member: { status: 'Running' } }, begun],
  ['is half done', { member: { status: 'Parked', inFlight: true } }, begun],
  [
    'has failed half-way by hand',
    { kept: { clusterControl: { clusterKey: KEY, held: { ...held, mutated: true } } } },
    begun,
  ],
  ['has been granted', { kept: { grant: grant() } }, begun],
  [
    'is being planned anew',
    { rollout: { following: 'hash' } },
    'The rollout r is being planned anew, which takes a minute at most. Try again then.',
  ],
  ['has succeeded', { member: { status: 'Succeeded' } }, nowhere],
  ['was taken out before', { member: { status: 'Excluded' } }, nowhere],
  ['is in a rollout that has ended', { rollout: { status: 'Completed' } }, nowhere],
  ['is in a rollout that has ended with failures', { rollout: { status: 'CompletedWithFailures' } }, nowhere],
  ['is in a rollout that was aborted', { rollout: { status: 'Aborted' } }, nowhere],
  ['is in a rollout that is gone', { kept: { rollout: undefined } }, nowhere],
  ['is in a wave that is gone', { kept: { waves: [] } }, nowhere],
  ['is in no rollout', { kept: { member: undefined } }, nowhere],
  ['shares its rollout with the one that waits', { member: { clusterKey: 'other' } }, nowhere],
])('a cluster that %s is not taken out', async (_, given, message) => {
  await expect(skipped(given)).rejects.toMatchObject({ name: 'WrongState', message });
});

test('the last cluster of a wave that has not opened is not taken out where it proves something to another wave', async () => {
  const wave = (status: Wave['status'], excluded: number) => [
    waveItem({ status, members: 3, excluded }),
    waveItem({ index: 1, name: 'prod', status: 'Pending' }),
  ];
  const out = (status: Wave['status'], excluded: number, count = 2) =>
    skipped({ kept: { waves: wave(status, excluded).slice(0, count) } });
  await expect(out('Pending', 2)).rejects.toMatchObject({
    name: 'WrongState',
    message: expect.stringContaining('is the last cluster of the wave all of r, which without it would prove nothing'),
  });
  for (const may of [out('Pending', 1), out('Open', 2), out('Pending', 2, 1)])
    expect((await may).result.status).toBe('Excluded');
});

test('waves that the policy has dropped and that are empty are none of those', async () => {
  const waves = [waveItem({ status: 'Pending' }), waveItem({ index: 1, name: 'prod', status: 'Pending', members: 0 })];
  const out = (named: string) =>
    skipped({ kept: { waves, policy: policyConfig(policyWith({ name: 'p', waves: named })) } });
  await expect(out('[{ name: all }, { name: prod }]')).rejects.toMatchObject({ name: 'WrongState' });
  expect((await out('[{ name: all }]')).result.status).toBe('Excluded');
});

test('one that waits in two rollouts of one policy is taken out of both', async () => {
  const table = new MemoryTable();
  const ports = await operatorPorts(table, { member: memberItem({ clusterKey: KEY }), waves: [waveItem({})] });
  await table.transact([
    put(Rollouts, rolloutItem({ id: 'q' }), 'absent'),
    put(Waves, waveItem({ rolloutId: 'q' }), 'absent'),
    put(Members, memberItem({ clusterKey: KEY, rolloutId: 'q' }), 'absent'),
  ]);
  await skipCluster(ports, KEY, 'ann', 'it is retired');
  const left = await Promise.all(['q', 'r'].map((id) => load(table, Members, id, 0, KEY)));
  expect(left.map((one) => one?.data.status)).toEqual(['Excluded', 'Excluded']);
});

test('a cluster that nobody knows is not taken out', async () => {
  await expect(skipped({ kept: { cluster: undefined } })).rejects.toMatchObject({
    name: 'ClusterNotFound',
    message: `The inventory has no cluster ${KEY}. Run: liftlock get clusters`,
  });
});
