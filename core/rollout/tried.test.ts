import { memberItem } from '../../test/material/items/rollout-items.ts';
import type { AnyCode } from '../contracts/reasons.ts';
import { isServed, staysWithinMinor } from './tried.ts';

test.each<[Parameters<typeof memberItem>[0], readonly AnyCode[], boolean]>([
  [{ status: 'Failed' }, [], true],
  [{ status: 'Succeeded' }, [], true],
  [{ status: 'Pending' }, [], true],
  [{ status: 'Excluded' }, ['Excluded'], false],
  [{ status: 'Excluded' }, ['RolloutAborted'], true],
  [{ status: 'Excluded' }, ['Excluded', 'Skipped'], true],
  [{ status: 'Excluded' }, [], false],
])(
  'whoever had a try, or was taken out by a person, is not taken up again by itself: %j %j',
  (member, codes, served) => {
    const reasons = codes.map((code) => ({ code, message: '' }) as never);
    expect(isServed(memberItem({ ...member, reasons }))).toBe(served);
  },
);

test.each<[string, Parameters<typeof memberItem>[0], true | undefined]>([
  ['stays there', { from: '1.37', to: '1.37' }, true],
  ['goes further', { from: '1.36', to: '1.37' }, undefined],
  ['has gone further', { from: '1.37', to: '1.37', origin: '1.36', status: 'Succeeded' }, undefined],
  ['would go further and is left out', { from: '1.36', to: '1.37', status: 'Excluded' }, true],
])('a rollout is one within the minor where each of its clusters stays there: one %s', (_, member, within) => {
  expect(staysWithinMinor([memberItem({ from: '1.37', to: '1.37' }), memberItem(member)])).toBe(within);
});
