import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clock } from '../../test/material/protocol/one-upgrade.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { Rollout } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { Members, PolicyRollouts, Rollouts, rolloutPartition, Waves } from '../store/entities.ts';
import { load, loadKind, put } from '../store/entity.ts';
import { createRollout } from './create-rollout.ts';
import type { RolloutPlan } from './decisions.ts';

const plan = (members = 1, rollout: Partial<Rollout> = {}): RolloutPlan => ({
  rollout: rolloutItem(rollout),
  waves: [waveItem({ members, needWork: members })],
  members: Array.from({ length: members }, (_, number) => memberItem({ clusterKey: `k${number}` })),
  leftOut: [],
});

/** The result of a plan over these rollouts, the newest of the policy last. */
async function created(
  of: RolloutPlan,
  before: readonly Partial<Rollout>[] = [],
  more: { readonly newest?: string } = {},
) {
  const table = new MemoryTable();
  const newest = more.newest ?? before.at(-1)?.id;
  const kept = [
    ...before.map((one) => put(Rollouts, rolloutItem(one), 'absent')),
    ...(newest === undefined ? [] : [put(PolicyRollouts, { policy: 'p', rolloutId: newest }, 'absent')]),
  ];
  if (kept.length > 0) await table.transact(kept);
  const told: LiftlockEvent[] = [];
  const sizes: number[] = [];
  table.beforeTransact = (operations) => sizes.push(operations.length);
  const events = { publish: async (all: readonly LiftlockEvent[]) => void told.push(...all) };
  const ports = { table, clock, events };
  const answer = await createRollout(ports, of, 'ann', []);
  const record = (await table.auditOf('rollout/r')).map(({ event, principal, detail: { writes, ...detail } }) => ({
    ...{ event, principal, detail },
  }));
  return { ports, answer, told, sizes, record, newest: (await load(table, PolicyRollouts, 'p'))?.data.rolloutId };
}

test('a plan is written whole, on record, and told once it counts', async () => {
  const { answer, ports, record, told, newest } = await created(plan());
  expect([answer, newest]).toEqual(['created', 'r']);
  expect(await loadKind(ports.table, Rollouts)).toMatchObject([rolloutItem()]);
  expect(await loadKind(ports.table, Waves)).toMatchObject([waveItem()]);
  expect(await loadKind(ports.table, Members)).toEqual([memberItem({ clusterKey: 'k0' })]);
  const counts = { members: 1, waves: [{ name: 'all', members: 1, needWork: 1 }] };
  expect(record).toStrictEqual([
    { event: 'RolloutPlanned', principal: 'ann', detail: { items: 2 } },
    {
      event: 'RolloutCreated',
      principal: 'ann',
      detail: { policy: 'p', policyRevision: 'x', target: '1.37', ...counts },
    },
  ]);
  const detail = { version: 1, change: expect.any(String), rolloutId: 'r', status: 'Running', reasons: [] };
  expect(told).toEqual([{ type: 'RolloutChanged', detail }]);
});

test('why it was planned as it was is on record and told', async () => {
  const reasons = [reason('PlannedIncomplete', 'ann had it planned.')];
  const { record, told } = await created(plan(1, { reasons }));
  expect(record.at(-1)?.detail).toMatchObject({ reasons });
  expect(told).toMatchObject([{ detail: { reasons } }]);
});

test.each<[string, readonly Partial<Rollout>[], string, string]>([
  ['is there already', [{ id: 'r', status: 'Aborted' }], 'exists', 'r'],
  ['has another one beside it', [{ id: 'other' }], 'busy', 'other'],
  ['has a halted one beside it', [{ id: 'other', status: 'Halted' }], 'busy', 'other'],
])('nothing is written of a rollout that %s', async (_, before, answer, newest) => {
  const left = await created(plan(), before);
  expect(left).toMatchObject({ answer, newest, told: [], sizes: [], record: [] });
});

test.each<[string, readonly Partial<Rollout>[], { readonly newest?: string }]>([
  ['has ended', [{ id: 'other', status: 'Completed' }], {}],
  ['is gone', [], { newest: 'other' }],
])('a rollout is created where the one before it %s', async (_, before, more) => {
  expect(await created(plan(), before, more)).toMatchObject({ answer: 'created', newest: 'r' });
});

test('a large fleet is written in several transactions, the rollout last', async () => {
  const { sizes, record, ports } = await created(plan(80));
  expect(record.map(({ detail }) => detail.items)).toEqual([80, 1, undefined]);
  expect(sizes).toHaveLength(3);
  expect(await loadKind(ports.table, Members)).toHaveLength(80);
  expect((await created(plan(79))).sizes).toHaveLength(2);
});

test('what an attempt before has written stays, and the rest follows', async () => {
  const table = new MemoryTable();
  await table.transact([put(Members, memberItem({ clusterKey: 'k0', status: 'Excluded' }), 'absent')]);
  const answer = await createRollout({ table, clock, events: { publish: async () => {} } }, plan(2), 'ann', []);
  expect(answer).toBe('created');
  expect((await table.queryPartition(rolloutPartition('r'))).length).toBe(4);
  expect((await loadKind(table, Members)).map(({ status }) => status)).toEqual(['Excluded', 'Pending']);
});
