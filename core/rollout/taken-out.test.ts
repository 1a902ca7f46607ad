import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ReasonCode } from '../contracts/reasons.ts';
import { reason } from '../contracts/step-result.ts';
import { Upgrades } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { takenOutAs } from './apply-decision.ts';

/** What becomes of a member that has reached 1.36, by the hop that has brought it there. */
async function takenOut(codes: readonly ReasonCode[], hop?: Partial<Upgrade>) {
  const table = new MemoryTable();
  const { clusterKey } = upgrade();
  const before = upgrade({ id: '1.35-1.36', from: '1.35', to: '1.36', status: 'Succeeded', rolloutId: 'r', ...hop });
  if (hop !== undefined) await table.transact([put(Upgrades, before, 'absent')]);
  const member = memberItem({ clusterKey, from: '1.36' });
  const reasons = codes.map((code) => reason(code, ''));
  const { status, checks } = await takenOutAs(table, member, reasons);
  // What it rests on: another end of that hop meanwhile has the transaction fail.
  return { status, rests: checks.map((check) => 'expect' in check && check.expect) };
}

test.each<[string, readonly ReasonCode[], Partial<Upgrade> | undefined, object]>([
  ['arrived by its own rollout', ['LowerTarget'], {}, { status: 'Succeeded', rests: [1] }],
  ['arrived so, as one of several reasons says', ['Pinned', 'LowerTarget'], {}, { status: 'Succeeded', rests: [1] }],
  ['arrived by another rollout', ['LowerTarget'], { rolloutId: 'other' }, { status: 'Excluded', rests: [1] }],
  ['was taken back', ['LowerTarget'], { status: 'RolledBack' }, { status: 'Excluded', rests: [1] }],
  ['was there already', ['LowerTarget'], undefined, { status: 'Excluded', rests: ['absent'] }],
  ['arrived, and is kept out for another reason', ['Pinned'], {}, { status: 'Excluded', rests: [] }],
])('a member that %s', async (_, codes, hop, expected) => {
  expect(await takenOut(codes, hop)).toEqual(expected);
});
