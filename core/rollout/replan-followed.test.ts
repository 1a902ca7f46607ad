import { grant } from '../../test/material/protocol/one-upgrade.ts';
import {
  type Begun,
  begin,
  both,
  cluster,
  dev,
  fleet,
  later,
  NOW,
  prod,
  wave,
} from '../../test/material/rollout/replanned-fleet.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import { replans } from './replan.ts';

const three = [wave('dev'), wave('early'), wave('prod')];
const early = cluster('e', 'early');
const second = cluster('p2', 'prod');
const changed = ({ members, waves, ...begun }: Begun, member: object, one: object, names = ['p']): Begun => ({
  ...begun,
  members: members.map((each) => (names.includes(each.name) ? { ...each, ...member } : each)),
  waves: waves.map((each) => (each.name === 'prod' ? { ...each, ...one } : each)),
});

describe('the failure of a wave that was given up counts', () => {
  /** Where the member p is that has failed, and whether it only counts there. It was put into the wave `among` for that. */
  const placed = (among: string, waves: readonly object[], of: Partial<Member> = {}, isKnown = true) => {
    const begun = begin(fleet([dev, cluster('p', among)], three), ['Open']);
    const member = { status: 'Failed', isStray: true, ...of };
    const snapshot = fleet(isKnown ? [dev, prod] : [dev], waves);
    const changes = later(snapshot, changed(begun, member, {}));
    const next = changes?.members.findLast((one) => one.next?.name === 'p')?.next;
    return next && [changes?.waves[next.waveIndex], next.isStray, next.status, next.reasons.map(({ code }) => code)];
  };
  const stray = (name: string): readonly unknown[] => [name, true, 'Failed', []];
  test.each<[string, ReturnType<typeof placed>, readonly unknown[] | undefined]>([
    ['in its own wave once that is back', placed('early', three), ['prod', undefined, 'Failed', []]],
    [
      'in the wave that takes its cluster, also where that is the first to begin',
      placed('prod', [wave('dev'), { ...wave('prod'), name: 'production' }]),
      ['production', undefined, 'Failed', []],
    ],
    [
      'in the wave where it was put, whatever comes before that',
      placed('early', [wave('dev'), wave('lab'), wave('early')]),
      stray('early'),
    ],
    [
      'in the next wave where that is gone too',
      placed('prod', [wave('dev'), wave('lab'), wave('early')]),
      stray('lab'),
    ],
    [
      'in the next wave where its cluster is not known any more',
      placed('prod', [wave('dev'), wave('early')], { isStray: undefined }, false),
      stray('early'),
    ],
    [
      'in the next wave where it was tried again and is half done',
      placed('prod', [wave('dev'), wave('early')], { status: 'Parked', failedBefore: true }),
      ['early', true, 'Failed', ['TakenOut']],
    ],
    ['where it is while no wave is left to begin', placed('prod', [wave('dev')]), undefined],
    ['where it is, and its own wave is left', placed('prod', [wave('dev')], { isStray: undefined }), undefined],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});

test.each<[string, object]>([
  [
    'has to be looked at anew',
    { clusters: new Map([dev, { ...cluster('p', 'dev'), lastSeenAt: NEVER }].map((one) => [one.clusterKey, one])) },
  ],
  ['is being worked on', { grants: [grant({ clusterKey: prod.clusterKey })] }],
])('a cluster that %s keeps its wave', (_, more) => {
  const snapshot = { ...fleet([dev, cluster('p', 'dev')], both), ...more };
  expect(later(snapshot, begin(fleet([dev, prod], both)))?.members ?? []).toEqual([]);
});

test('a cluster that is being worked on keeps its place, whoever joins before it', () => {
  const begun = begin(fleet([dev, prod, second], both), ['Open']);
  const grants = [grant({ clusterKey: second.clusterKey })];
  const changes = later({ ...fleet([dev, prod, second, cluster('p1', 'prod')], both), grants }, begun);
  expect(changes?.members.map(({ next }) => [next?.name, next?.position])).toEqual([['p1', 2]]);
});

test('of a wave that is emptied only those need work that may still begin', () => {
  const skipped = { status: 'Excluded', reasons: [{ code: 'Skipped', message: '' }] };
  const third = cluster('p3', 'prod');
  const begun = changed(begin(fleet([dev, prod, second, third], both), ['Open']), skipped, {});
  const grants = [grant({ clusterKey: second.clusterKey })];
  const aside = changed(begun, { status: 'Quarantined' }, {}, ['p3']);
  const changes = later(
    { ...fleet([dev, prod, second, { ...third, lastSeenAt: NEVER }], [wave('dev')]), grants },
    aside,
  );
  expect(changes?.changedWaves).toMatchObject([{ next: { members: 3, needWork: 1, excluded: 1, quarantined: 1 } }]);
});

describe('the soak of a wave counts from the last success of its members,', () => {
  const [first, last] = ['2026-11-20T08:00:00.000Z', '2026-11-20T09:00:00.000Z'];
  /** The last success of a wave that takes in those of early and prod. */
  const lastIn = (statuses: Record<string, Member['status']>, times: Record<string, string>) => {
    const begun = begin(fleet([dev, early, prod], three), ['Open']);
    const members = begun.members.map((one) => ({ ...one, status: statuses[one.name] ?? one.status }));
    const waves = begun.waves.map(
      (one): Wave => ({ ...one, ...(times[one.name] && { lastSuccessAt: times[one.name] }) }),
    );
    const all = fleet([dev, early, prod], [wave('dev'), { name: 'all', selector: {} }]);
    const changes = later(all, { ...begun, members, waves });
    return changes?.changedWaves.find(({ next }) => next?.name === 'all')?.next?.lastSuccessAt;
  };
  test.each<[string, Record<string, Member['status']>, Record<string, string>, string | undefined]>([
    ['whichever wave they come from', { e: 'Succeeded', p: 'Succeeded' }, { early: last, prod: first }, last],
    ['not of those that have failed', { e: 'Succeeded', p: 'Failed' }, { early: first, prod: last }, first],
    ['and from none while none has succeeded', {}, { early: first, prod: last }, undefined],
    ['nor where nobody knows when', { e: 'Succeeded', p: 'Pending' }, { prod: last }, undefined],
  ])('%s', (_, statuses, times, expected) => {
    expect(lastIn(statuses, times)).toBe(expected);
  });
});

test.each<[string, readonly string[], object]>([
  [
    'stays',
    ['p', 'p2'],
    {
      acceptedFailures: 1,
      ...{ goingBack: ['p', 'p2'], automaticRollbacks: ['p2', 'p'], rollingBack: 'p2' },
    },
  ],
  ['leaves with the cluster', ['p'], { acceptedFailures: 1, goingBack: ['p'], automaticRollbacks: ['p'] }],
  ['leaves with the last cluster', [], { acceptedFailures: 1 }],
])('what a wave owes to clusters that go back %s, and accepted failures stay', (_, names, expected) => {
  const keys = new Map([prod, second].map(({ name, clusterKey }) => [clusterKey, name]));
  const goingBack = [prod.clusterKey, second.clusterKey];
  const stood = { goingBack, automaticRollbacks: goingBack.toReversed(), rollingBack: second.clusterKey };
  const begun = changed(begin(fleet([dev, prod, second], both), ['Open']), {}, { ...stood, acceptedFailures: 1 });
  const clusters = [prod, second].map((one) => (names.includes(one.name) ? one : cluster(one.name, 'none')));
  const [one] =
    later(fleet([dev, ...clusters], [wave('dev'), wave('prod', { soak: '1h' })]), begun)?.changedWaves ?? [];
  const { acceptedFailures, ...kept } = one?.next ?? ({} as Wave);
  const named = (key: string | undefined) => keys.get(key ?? '');
  expect(
    JSON.parse(
      JSON.stringify({
        acceptedFailures,
        goingBack: kept.goingBack?.map(named),
        automaticRollbacks: kept.automaticRollbacks?.map(named),
        rollingBack: named(kept.rollingBack),
      }),
    ),
  ).toEqual(expected);
});

test('a wave to which clusters do not go back owes nothing to them in its next plan', () => {
  const next = later(fleet([dev, prod, second], both), begin(fleet([dev, prod], both), ['Open']))?.changedWaves[0]
    ?.next;
  for (const key of ['goingBack', 'automaticRollbacks', 'rollingBack']) expect(next).not.toHaveProperty(key);
});

test.each<[string, Partial<Begun['rollout']>, boolean, boolean, readonly string[]]>([
  ['follows its plan before another one is made', { following: 'x' }, true, true, ['follow-plan']],
  ['follows its plan also when it has ended', { following: 'x' }, false, true, ['follow-plan']],
  ['is planned anew while it is under way', {}, true, true, ['replan']],
  ['is not planned anew for nothing', {}, true, false, []],
  ['is not planned anew once it has ended', {}, false, true, []],
])('a rollout %s', (_, more, isUnderWay, isNews, expected) => {
  const { waves, members, ...begun } = begin(fleet([dev, prod], both), ['Open']);
  const rollouts = [{ ...begun.rollout, ...more }];
  const history = { rollouts, waves, members, served: new Set<string>(), accounts: [] };
  const snapshot = fleet(isNews ? [dev, prod, second] : [dev, prod], both);
  const given = { ...snapshot, rollouts: isUnderWay ? rollouts : [], waves, members, history };
  expect(replans(given, NOW).map(({ type }) => type)).toEqual(expected);
});
