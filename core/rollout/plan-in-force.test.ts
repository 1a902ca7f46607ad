import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { clock, grant, type Kept, keep } from '../../test/material/protocol/one-upgrade.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Members, Rollouts, Waves } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { applyReplan, followPlan } from './apply-replan.ts';
import type { Replan } from './decisions.ts';

const rollout = rolloutItem({ waves: ['before', 'all', 'after', 'last'], createdBy: 'a person' });
const open = waveItem({ index: 1 });
const after = waveItem({ index: 2, name: 'after', status: 'Pending', members: 0, needWork: 0 });
const last = waveItem({ index: 3, name: 'last', status: 'Pending', members: 0, needWork: 0 });
const member = (name: string, more: Partial<Member> = {}): Member =>
  memberItem({ clusterKey: clusterRecord({ name }).clusterKey, name, waveIndex: 2, ...more });
const many = (count: number) => Array.from({ length: count }, (_, index) => member(`c${index}`));
const joined = { code: 'ClustersJoined' as const, message: '1 joined: web.' };

/** Members that join the wave after the open one. */
const joining = (members: readonly Member[], more: Partial<Replan> = {}): Replan => ({
  policyRevision: 'new',
  target: '1.38',
  waves: ['before', 'all', 'after', 'end'],
  changedWaves: [{ before: after, next: { ...after, members: members.length, needWork: members.length } }],
  members: members.map((next) => ({ before: undefined, next })),
  reasons: [joined],
  carried: undefined,
  withinMinor: undefined,
  ...more,
});

async function world(kept: Kept = {}, more: readonly WriteOperation[] = []) {
  const table = new MemoryTable();
  const waves = [waveItem({ index: 0, name: 'before', status: 'Completed' }), open, after, last];
  await keep(table, { rollout, waves, member: undefined, ...kept });
  if (more.length > 0) await table.transact(more);
  const told: LiftlockEvent[] = [];
  let transactions = 0;
  table.beforeTransact = () => {
    transactions += 1;
  };
  const ports = {
    table,
    clock,
    events: { publish: async (events: readonly LiftlockEvent[]) => void told.push(...events) },
  };
  return {
    table,
    ports,
    told,
    transactions: () => transactions,
    apply: (changes: Replan, decided = rollout) => applyReplan(ports, decided, changes),
    rolloutNow: async () => (await load(table, Rollouts, 'r'))?.data,
    waveNow: async (index: number) => (await load(table, Waves, 'r', index))?.data,
    memberNow: async ({ clusterKey, waveIndex }: Member) =>
      (await load(table, Members, 'r', waveIndex, clusterKey))?.data,
    record: async () =>
      (await table.auditOf('rollout/r')).map(({ event, principal, detail: { writes, ...detail } }) => [
        event,
        principal,
        detail,
      ]),
  };
}

test('a plan in force is that of the rollout, of its waves and of its members, is on record and is told', async () => {
  const { apply, told, rolloutNow, waveNow, memberNow, record } = await world();
  const web = member('web');
  const changes = joining([web]);
  await apply(changes);
  const { target, policyRevision, waves, reasons } = changes;
  expect(await rolloutNow()).toMatchObject({ ...rollout, plan: 1, target, policyRevision, waves });
  expect(await rolloutNow()).not.toHaveProperty('following');
  expect([await waveNow(1), await waveNow(2), await waveNow(3)]).toMatchObject([
    open,
    { ...after, members: 1, needWork: 1, plan: 1 },
    last,
  ]);
  expect(await memberNow(web)).toEqual({ ...web, plan: 1 });
  expect(await record()).toEqual([['RolloutReplanned', 'liftlock', { plan: 1, target, policyRevision, reasons }]]);
  expect(told).toEqual([
    {
      type: 'RolloutChanged',
      detail: { version: 1, change: 'rollout/r#1', rolloutId: 'r', status: 'Running', about: 'plan', reasons },
    },
  ]);
});

test('that a wave counts others is told only where another plan comes into force by it', async () => {
  const reasons = [{ code: 'PlanRefreshed' as const, message: 'What is known of the clusters changed.' }];
  const toldOf = async (more: Partial<Wave>): Promise<number> => {
    const { apply, told, waveNow } = await world();
    const next: Wave = { ...after, members: 1, needWork: 1, ...more };
    await apply(joining([member('web')], { reasons, changedWaves: [{ before: after, next }] }));
    expect(await waveNow(2)).toMatchObject(next);
    return told.length;
  };
  expect([await toldOf({}), await toldOf({ planHash: 'other' })]).toEqual([0, 1]);
});

test('the next plan has the next number', async () => {
  const second = { ...rollout, plan: 1 };
  const { apply, rolloutNow } = await world({ rollout: second });
  await apply(joining([member('web')]), second);
  expect((await rolloutNow())?.plan).toBe(2);
});

test.each<[string, number, number, readonly unknown[]]>([
  ['what one transaction takes is written in one', 48, 1, [['RolloutReplanned', 3]]],
  [
    'of what is more the members are written first, then the plan comes into force, and the members follow',
    49,
    4,
    [
      ['RolloutPlanned', { items: 45 }],
      ['RolloutPlanned', { items: 4 }],
      ['RolloutReplanned', 3],
      ['RolloutPlanned', { plan: 1, items: 49 }],
    ],
  ],
])('%s', async (_, count, transactions, told) => {
  const { apply, transactions: written, record, memberNow, rolloutNow } = await world();
  const members = many(count);
  // 48 of them, each with its grant, fill a transaction with two waves, the rollout and the record.
  const changed = joining(members);
  await apply({
    ...changed,
    changedWaves: [...changed.changedWaves, { before: last, next: { ...last, name: 'end' } }],
  });
  expect(written()).toBe(transactions);
  expect((await record()).map(([event, , detail]) => [event, event === 'RolloutReplanned' ? 3 : detail])).toEqual(told);
  for (const one of members) expect(await memberNow(one)).toEqual({ ...one, plan: 1 });
  expect(await rolloutNow()).not.toHaveProperty('following');
});

const web = member('web');
const grown = (members: number): Wave => ({ ...after, members, needWork: members });
test.each<[string, Kept, Partial<Replan>, string]>([
  ['a rollout that is gone', { rollout: undefined }, {}, 'the rollout r has moved since it was read.'],
  ['a rollout that was paused', { rollout: { ...rollout, status: 'Paused' } }, {}, 'the rollout r'],
  ['a wave that is another', { waves: [open, { ...after, maxConcurrency: 9 }] }, {}, 'the wave after'],
  ['a wave that is gone', { waves: [open] }, {}, 'the wave after'],
  ['a member that is there already', { member: web }, {}, 'the member web'],
  ['a member that is not there', {}, { members: [{ before: web, next: undefined }] }, 'the member web'],
  [
    'a member that was skipped',
    { member: { ...web, status: 'Excluded' } },
    { members: [{ before: web, next: undefined }] },
    'the member web',
  ],
  [
    'members that the wave does not count',
    {},
    { changedWaves: [{ before: after, next: grown(2) }] },
    'the members of the wave after',
  ],
  [
    'members that the wave counts otherwise',
    {},
    { changedWaves: [{ before: after, next: { ...grown(1), excluded: 1 } }] },
    'the members of the wave after',
  ],
  [
    'a wave that has opened',
    { waves: [open, { ...after, status: 'Open', ...{ members: 1 } }] },
    { changedWaves: [] },
    'the wave after',
  ],
  [
    'a cluster whose grant somebody has',
    { grant: grant({ clusterKey: web.clusterKey, status: 'closing' }) },
    {},
    'the grant of web',
  ],
])('a plan that rests on %s is not put in force', async (_, kept, more, told) => {
  const { apply, table } = await world(kept);
  const { writes } = table;
  await expect(apply(joining([web], more))).rejects.toMatchObject({
    name: 'TransactionConflict',
    message: expect.stringContaining(told),
  });
  expect(table.writes).toBe(writes);
});

test('a grant that was given back keeps nobody out', async () => {
  const { apply, memberNow } = await world({ grant: grant({ clusterKey: web.clusterKey, status: 'free' }) });
  await apply(joining([web]));
  expect((await memberNow(web))?.plan).toBe(1);
});

test('who has left may come again, and who leaves is kept as one that has', async () => {
  const { apply, memberNow } = await world({ member: { ...web, status: 'Left' } });
  await apply(joining([web]));
  expect(await memberNow(web)).toEqual({ ...web, plan: 1 });
  const leaving = await world({ member: web, waves: [open, grown(1)] });
  await leaving.apply({
    ...joining([]),
    changedWaves: [{ before: grown(1), next: after }],
    members: [{ before: web, next: undefined }],
  });
  expect(await leaving.memberNow(web)).toEqual({ ...web, status: 'Left' });
});

test('members of other waves, and those that have left, are not counted', async () => {
  const others = [member('a', { waveIndex: 1 }), member('b', { status: 'Left' })].map((one) =>
    put(Members, one, 'absent'),
  );
  const { apply, waveNow } = await world({}, others);
  await apply(joining([web]));
  expect(await waveNow(2)).toMatchObject({ members: 1, plan: 1 });
});

test.each<[string, Kept]>([
  ['that is gone', { rollout: undefined }],
  ['whose members have all arrived', {}],
])('nothing is written for a rollout %s', async (_, kept) => {
  const { ports, transactions } = await world(kept);
  await followPlan(ports, 'r');
  expect(transactions()).toBe(0);
});

test('a plan whose members are nowhere to be found has been followed', async () => {
  const { ports, rolloutNow, record } = await world({ rollout: { ...rollout, plan: 1, following: 'hash' } });
  await followPlan(ports, 'r');
  expect(await rolloutNow()).toMatchObject({ ...rollout, plan: 1 });
  expect(await rolloutNow()).not.toHaveProperty('following');
  expect(await record()).toEqual([['RolloutPlanned', 'liftlock', { plan: 1, items: 0 }]]);
});
