import { inForce, inventory, KEY } from '../../test/material/invariants/fabricate.ts';
import { checkWindow } from './check-window.ts';

/** The violations for the first change of a member whose wave the policy no longer has. */
const givenUp = (second: object) =>
  inForce({ spec: { waves: [{ name: 'second', ...second }] } })
    .add(KEY, 'ClusterDiscovered', { tags: {} }, inventory)
    .commit()
    .violations(checkWindow);

test('a member whose wave is given up begins by the rules of the wave that takes it now', () => {
  expect(givenUp({})).toEqual([]);
});

test('a member that no wave takes does not begin', () => {
  expect(givenUp({ selector: { matchLabels: { stage: 'prod' } } })).toMatchObject([
    { invariant: 'window', message: expect.stringContaining('no wave takes it') as string },
  ]);
});
