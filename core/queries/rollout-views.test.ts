import { MemoryTable } from '../../adapters/memory/table.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { rolloutItem, waveItem } from '../contracts/items/testing/rollout-items.ts';
import { policyWith } from '../policy/testing/policies.ts';
import { keep, NOON, policyConfig } from '../protocol/testing/one-upgrade.ts';
import { listRollouts, rolloutDetail } from './rollout-views.ts';

const approval = '{ before: true, approvals: 1, fourEyes: false }';
const asking = policyConfig(
  policyWith({ name: 'p', waves: `[{ name: before }, { name: all, approval: ${approval} }, { name: after }]` }),
);
const approved: Wave['approvals'] = [
  { decision: 'Approved', principal: 'ann', at: NOON.toISOString(), planHash: 'hash', clusters: 1 },
];

test.each<[string, Partial<Wave>, Partial<Wave>, Partial<Rollout>, string | null]>([
  ['its turn has come', { status: 'Completed' }, {}, {}, 'all'],
  ['it was approved', { status: 'Completed' }, { approvals: approved }, {}, null],
  ['it is not its turn', { status: 'Open' }, {}, {}, null],
  ['the one before it soaks', { status: 'Soaking' }, {}, {}, null],
  ['the rollout is paused', { status: 'Completed' }, {}, { status: 'Paused' }, null],
  ['it was passed over', { status: 'Completed' }, { status: 'Skipped' }, {}, null],
])('a wave that asks for approval is waited for: %s', async (_, before, all, rollout, waits) => {
  const table = new MemoryTable();
  await keep(table, {
    policy: asking,
    rollout: rolloutItem({ id: 'r', policy: 'p', waves: ['before', 'all', 'after'], ...rollout }),
    waves: [
      waveItem({ index: 0, name: 'before', planHash: 'hash', ...before }),
      waveItem({ index: 1, name: 'all', status: 'Pending', planHash: 'hash', ...all }),
      waveItem({ index: 2, name: 'after', status: 'Pending', planHash: 'hash' }),
    ],
    member: undefined,
  });
  const [listed] = (await listRollouts(table, NOON)).items;
  expect(listed?.waitsForApproval).toBe(waits);
  expect((await rolloutDetail(table, 'r', NOON)).waitsForApproval).toBe(waits);
});
