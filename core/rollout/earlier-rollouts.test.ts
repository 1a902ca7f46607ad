import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { carriedInto, carriedNews, carryTraits, earlierRollouts, stillGoingBack } from './earlier-rollouts.ts';
import type { FleetSnapshot } from './snapshot.ts';

const BACK = [{ code: 'RolledBack', message: 'The control plane was taken back.' }] as const;
const past = (more: Partial<Rollout> = {}): Rollout =>
  rolloutItem({ id: 'first', policy: 'p', target: '1.37', status: 'CompletedWithFailures', ...more });
const second = past({ id: 'second', target: '1.38' });
const of = (name: string, more: Partial<Member>): Member =>
  memberItem({ rolloutId: 'first', clusterKey: name, name, from: '1.36', to: '1.37', ...more });
const back = (name: string, traits: readonly string[] | undefined, more: Partial<Member> = {}): Member =>
  of(name, {
    status: 'Failed',
    reasons: [...BACK],

    ...(traits && { traits: [...traits] }),
    ...more,
  });
const done = (name: string, traits: readonly string[], more: Partial<Member> = {}): Member =>
  of(name, { status: 'Succeeded', origin: '1.36', from: '1.37', traits: [...traits], ...more });
const b = back('b', ['a', 'x', 'version/1.36']);
const web = done('web', ['x']);
const NEXT = [of('next', { rolloutId: 'next' })];
const CARRIED = [{ minor: '1.37', failures: 1, successes: 1, traits: ['a'], rollouts: ['first'] }];
const carried = (members: readonly Member[], rollouts = [past(), second], next: readonly Member[] = NEXT) =>
  carriedInto(earlierRollouts({ rollouts, waves: [], members }), 'p', next);

test.each<[string, ReturnType<typeof carried>, Rollout['carried']]>([
  ['what a cluster had that was taken back, and none that got there', carried([b, web]), CARRIED],
  ['nothing where a cluster failed and was not taken back', carried([{ ...b, reasons: [] }, web]), undefined],
  ['nothing where it was blocked for it', carried([{ ...b, status: 'Blocked' }, web]), undefined],
  [
    'it while that is tried again',
    carried([{ ...b, status: 'Running', reasons: [], wentBackBefore: true }, web]),
    CARRIED,
  ],
  ['nothing of a cluster that was taken up by hand', carried([back('b', undefined)]), undefined],
  [
    'nothing of nodes inside the minor',
    carried([{ ...b, from: '1.37' }, web], [past()], [of('n', { to: '1.38' })]),
    undefined,
  ],
  ['nothing of another policy', carried([b, web], [past({ policy: 'q' })]), undefined],
  ['it in the rollout under way, too', carried([b, web], [past({ status: 'Halted' })]), CARRIED],
  [
    'what one of them had each where they have nothing in common',
    carried([b, back('d', ['c', 'x']), web]),
    [CARRIED[0], { ...CARRIED[0], traits: ['c'] }] as Rollout['carried'],
  ],
  [
    'nothing for those that are at that minor',
    carried([b, web], [past()], [of('n', { from: '1.37', to: '1.38' })]),
    undefined,
  ],
  [
    'nothing for those that do not go so far',
    carried([b, web], [past()], [of('n', { from: '1.35', to: '1.36' })]),
    undefined,
  ],
  ['it for those that go further, too', carried([b, web], [past()], [of('n', { from: '1.35', to: '1.38' })]), CARRIED],
  ['it whatever the newest target of its rollout was', carried([b, web], [past({ target: '1.38' })]), CARRIED],
  [
    'what all have that were taken back from there, in whatever rollout',
    carried([back('b', ['a', 'c']), back('d', ['a'], { rolloutId: 'second', to: '1.38' }), web]),
    [{ ...CARRIED[0], failures: 2, rollouts: ['first', 'second'] }] as Rollout['carried'],
  ],
  ['it whatever else has failed since', carried([b, web, of('d', { status: 'Failed', rolloutId: 'second' })]), CARRIED],
  [
    'it however the next try of that cluster has ended without getting there',
    carried([{ ...b, reasons: [], wentBackBefore: true }, web]),
    CARRIED,
  ],
  [
    'nothing with which a cluster got there in a rollout that goes on',
    carried([b, web, done('d', ['a'], { rolloutId: 'third' })], [past(), past({ id: 'third', status: 'Running' })]),
    undefined,
  ],
  [
    'it where a cluster of a rollout that goes on got there without it',
    carried([b, web, done('d', ['x'], { rolloutId: 'third' })], [past(), past({ id: 'third', status: 'Running' })]),
    [{ ...CARRIED[0], successes: 2 }] as Rollout['carried'],
  ],
  [
    'it where a cluster of a rollout that goes on and of another policy got there with it',
    carried(
      [b, web, done('d', ['a'], { rolloutId: 'third' })],
      [past(), past({ id: 'third', policy: 'q', status: 'Running' })],
    ),
    CARRIED,
  ],
  [
    'nothing with which a cluster got there since',
    carried([b, done('d', ['a', 'x'], { rolloutId: 'second' })]),
    undefined,
  ],
  [
    'nothing with which a cluster went on from there, which counts for no more',
    carried([back('b', ['a', 'y']), web, done('d', ['y'], { rolloutId: 'second', from: '1.38' })]),
    CARRIED,
  ],
  [
    'it where nodes of a cluster that has it were finished there',
    carried([b, web, done('d', ['a'], { rolloutId: 'second', origin: '1.37' })]),
    CARRIED,
  ],
  [
    'it where a cluster that has it got only to the minor before',
    carried([b, web, done('d', ['a'], { rolloutId: 'second', from: '1.36', origin: '1.35' })]),
    CARRIED,
  ],
  ['nothing that a person has cleared there', carried([b, web], [past({ releasedTraits: ['a'] })]), undefined],
  [
    'nothing that a person has cleared in a rollout that suspected it',
    carried([b, web], [past(), { ...second, releasedTraits: ['a'], carried: CARRIED }]),
    undefined,
  ],
  [
    'it where a person has cleared it in a rollout that suspected it of something else',
    carried([b, web], [past(), { ...second, releasedTraits: ['a'] }]),
    CARRIED,
  ],
])('a rollout carries %s', (_, known, expected) => {
  expect(known).toEqual(expected);
});

test('a rollout under way learns only what it does not know, and nothing where the members of earlier ones were not read', () => {
  const read = (members: readonly Member[]) => ({
    earlier: earlierRollouts({ rollouts: [past()], waves: [], members }),
  });
  const under = (known: Rollout['carried'], history: object, members = NEXT) =>
    carryTraits({
      ...{ history, members },
      rollouts: [rolloutItem({ id: 'next', policy: 'p', ...(known && { carried: known }) })],
    } as never as FleetSnapshot);
  expect(under(undefined, read([b, web]))).toMatchObject([{ type: 'carry-traits', carried: CARRIED }]);
  expect(under(CARRIED, read([b, web]))).toEqual([]);
  expect(under(undefined, read([b, web]), [of('n', { rolloutId: 'other' })])).toEqual([]);
  // How many have got there is no news.
  const [known] = CARRIED;
  expect(under(known && [{ ...known, successes: 9 }], read([b, web]))).toEqual([]);
  expect(under(known && [{ ...known, successes: 0 }], read([b, web]))).toHaveLength(1);
  expect(carriedNews(known && [{ ...known, successes: 9 }], CARRIED)).toEqual([]);
  expect(carriedNews(undefined, CARRIED)).toMatchObject([{ code: 'TraitsCarried' }]);
  // The last of them may have been taken there since.
  expect(under(CARRIED, read([b, web]), [])).toEqual([]);
  // What a person clears counts where it was suspected, so that stays on record.
  const CLEARED = [{ ...CARRIED[0], traits: [] }] as Rollout['carried'];
  expect(under(CARRIED, read([web]))).toMatchObject([{ type: 'carry-traits', carried: CLEARED }]);
  expect(under(CLEARED, read([web]))).toEqual([]);
  expect(under(CLEARED, read([b, web]))).toMatchObject([{ carried: CARRIED }]);
  expect(under(CARRIED, {})).toEqual([]);
});

describe('those that still go back', () => {
  const [here, gone] = [clusterRecord({ name: 'b' }), clusterRecord({ name: 'd', deletedAt: '2026-11-20T10:00:00Z' })];
  const clusters = new Map([here, gone].map((one) => [one.clusterKey, one]));
  const goingBack = [here.clusterKey, gone.clusterKey];
  const still = (member: Partial<Member>, next = NEXT, rollout = past()) => {
    const members = goingBack.map((clusterKey) => of('b', { ...member, clusterKey }));
    const waves = [waveItem({ rolloutId: 'first', goingBack })];
    return stillGoingBack(earlierRollouts({ rollouts: [rollout], waves, members }), 'p', next, clusters);
  };
  const KEPT = [{ clusterKey: here.clusterKey, minor: '1.37' }];

  test.each<[string, ReturnType<typeof still>, ReturnType<typeof still>]>([
    ['exist, where the upgrade had succeeded', still({ status: 'Succeeded', from: '1.37' }), KEPT],
    ['exist, where it had failed', still({ status: 'Failed' }), KEPT],
    ['matter to whoever goes beyond that minor', still({}, [of('n', { from: '1.36', to: '1.38' })]), KEPT],
    ['do not matter to whoever is there', still({}, [of('n', { from: '1.37', to: '1.38' })]), []],
    ['do not matter to whoever finishes nodes there', still({}, [of('n', { from: '1.37', to: '1.37' })]), []],
    ['do not matter to whoever is left out', still({}, [of('n', { status: 'Excluded' })]), []],
    ['do not matter to other policies', still({}, NEXT, past({ policy: 'q' })), []],
    ['of a rollout that goes on are its own matter', still({}, NEXT, past({ status: 'Running' })), []],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});
