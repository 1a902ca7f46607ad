import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { keep, NOON, policyConfig } from '../../test/material/protocol/one-upgrade.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
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

test.each<[string, Rollout['status'], Member['status'], object, boolean]>([
  ['is parked in an aborted rollout', 'Aborted', 'Parked', { inFlight: 0, leftHalfDone: 1 }, false],
  ['still runs there', 'Aborted', 'Running', { inFlight: 1, leftHalfDone: 0 }, false],
  ['is parked where the rollout goes on', 'Running', 'Parked', { inFlight: 1, leftHalfDone: 0 }, true],
])('what %s is counted as such, and a worst case is told of what still acts', async (_, of, status, counts, told) => {
  const table = new MemoryTable();
  await keep(table, {
    policy: asking,
    rollout: rolloutItem({ id: 'r', policy: 'p', status: of }),
    waves: [waveItem({ inFlight: 1, planHash: 'hash' }), waveItem({ index: 1, status: 'Soaking' })],
    member: memberItem({ status, inFlight: true }),
  });
  const [listed] = (await listRollouts(table, NOON)).items;
  const { progress, standings } = await rolloutDetail(table, 'r', NOON);
  expect([listed?.progress, progress]).toMatchObject([counts, counts]);
  expect(standings?.map(({ worstCase }) => worstCase !== null)).toEqual([told, told]);
  expect(standings?.some(({ soakUntil, approvalReasons }) => soakUntil !== null || approvalReasons.length > 0)).toBe(
    told,
  );
});
