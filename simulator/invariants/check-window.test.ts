import { Upgrades } from '../../core/store/entities.ts';
import { inForce, inventory, KEY, upgradeOf, write } from '../../test/material/invariants/fabricate.ts';
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

test('a hop that has changed its cluster goes on in another attempt, though no wave takes it any more', () => {
  const history = inForce({ spec: { waves: [{ name: 'second', selector: { matchLabels: { stage: 'prod' } } }] } })
    .add(KEY, 'UpgradeRetried', {}, inventory, write(Upgrades, upgradeOf({ mutated: true, noChangeYet: true })))
    .commit();
  expect(history.violations(checkWindow)).toEqual([]);
});

const nights = { nights: { windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '6h' }] } };

/** The violations for the first change of a rollback in the closed window of the wave that its cluster belongs to. */
const goneBack = (windows: 'obey' | 'ignore') =>
  inForce({ wave: { calendar: 'nights' }, calendars: nights, spec: { rollback: { windows } } })
    .add(KEY, 'ClusterDiscovered', { tags: {} }, inventory)
    .commit(undefined, {}, { machine: 'rollback-cluster', rolloutId: undefined, waveIndex: undefined })
    .violations(checkWindow);

test('a rollback keeps to the windows of its cluster where its policy says so', () => {
  expect(goneBack('ignore')).toEqual([]);
  expect(goneBack('obey')).toMatchObject([
    { invariant: 'window', message: expect.stringContaining('outside the windows of nights') as string },
  ]);
});

/** The violations for the first change of a hop of an hour, so many minutes after noon, in a window of `duration` from noon on. */
const begun = (duration: string, minutes: number, before: readonly object[] = []) =>
  inForce({
    spec: { estimates: { upgrade: '1h' } },
    wave: { calendar: 'noon' },
    calendars: { noon: { windows: [...before, { name: 'noon', schedule: '0 12 * * *', duration }] } },
  })
    .wait(minutes)
    .commit()
    .violations(checkWindow);

test('a hop fits from the opening on where its first change comes soon after that, and else from its first change on', () => {
  expect(begun('1h', 10)).toEqual([]);
  expect(begun('1h', 15)).toEqual([]);
  expect(begun('58m', 2)).toMatchObject([{ invariant: 'window' }]);
  expect(begun('1h', 20)).toMatchObject([{ invariant: 'window' }]);
});

test('it counts from the last opening, however short the calendars were closed before', () => {
  const until = (end: string) => [{ name: 'morning', schedule: '0 11 * * *', duration: end }];
  expect(begun('1h', 10, until('58m'))).toEqual([]);
  expect(begun('1h', 10, until('1h'))).toMatchObject([{ invariant: 'window' }]);
});
