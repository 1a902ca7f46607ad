import { deadlinesOf, supportOf } from './cluster-support.ts';
import { SupportCalendar } from './support-calendar.ts';

const now = new Date('2026-11-20T08:00:00Z');
const calendar = SupportCalendar.of([
  {
    clusterVersion: '1.34',
    releaseDate: new Date('2025-10-02'),
    endOfStandardSupportDate: new Date('2026-12-02'),
    endOfExtendedSupportDate: new Date('2027-12-02'),
  },
]);
const END_OF_LIFE = 'AWS_EKS_PLANNED_LIFECYCLE_EVENT';
const MAINTENANCE = 'AWS_EKS_MAINTENANCE_SCHEDULED';
const planning = (...changes: readonly [code: string, day: string][]) => ({
  version: '1.34',
  plannedChanges: changes.map(([code, day]) => ({ event: `${code}/${day}`, code, at: `${day}T00:00:00.000Z` })),
});
const ends = (cluster: ReturnType<typeof planning>) => {
  const { state, deadline, endOfStandardSupport } = supportOf(cluster, calendar, now);
  const day = (at: Date | undefined) => at?.toISOString().slice(0, 10);
  return [state, deadline?.kind, day(deadline?.at), day(endOfStandardSupport), deadline?.daysLeft, deadline?.bucket];
};

test.each<[string, ReturnType<typeof planning>, string, number, number]>([
  ['nothing of it', planning(), '2026-12-02', 12, 30],
  ['the same day', planning([END_OF_LIFE, '2026-12-02']), '2026-12-02', 12, 30],
  ['a day before it', planning([END_OF_LIFE, '2026-11-26']), '2026-11-26', 6, 7],
  ['a later day, which puts nothing off', planning([END_OF_LIFE, '2027-01-15']), '2026-12-02', 12, 30],
  ['a day that has passed', planning([END_OF_LIFE, '2026-11-01']), '2026-12-02', 12, 30],
  ['another change, which ends no support', planning([MAINTENANCE, '2026-11-26']), '2026-12-02', 12, 30],
])('the end of support, when AWS Health has told %s', (_, cluster, day, left, bucket) => {
  expect(ends(cluster)).toEqual(['standard', 'endOfStandardSupport', day, day, left, bucket]);
});

const deadlines = (cluster: ReturnType<typeof planning>) =>
  deadlinesOf(cluster, calendar, now).map(({ kind, at }) => `${kind} ${at.toISOString().slice(0, 10)}`);

test.each<[string, ReturnType<typeof planning>, string[]]>([
  ['the end of support', planning(), ['endOfStandardSupport 2026-12-02']],
  [
    'changes on both sides of it',
    planning([MAINTENANCE, '2026-11-26'], [MAINTENANCE, '2026-12-20']),
    ['endOfStandardSupport 2026-12-02', 'plannedChange 2026-11-26', 'plannedChange 2026-12-20'],
  ],
  [
    'the end of life that AWS Health knows, once',
    planning([END_OF_LIFE, '2026-11-25'], [MAINTENANCE, '2026-11-26']),
    ['endOfStandardSupport 2026-11-25', 'plannedChange 2026-11-26'],
  ],
])('what comes: %s', (_, cluster, told) => {
  expect(deadlines(cluster)).toEqual(told);
});

test('of a version that no calendar knows, what AWS Health says is all that is known', () => {
  const cluster = { ...planning([END_OF_LIFE, '2026-11-26']), version: '1.20' };
  expect(supportOf(cluster, calendar, now).deadline).toBeUndefined();
  expect(deadlines(cluster)).toEqual(['plannedChange 2026-11-26']);
});

describe('a cluster that has no extended support (supportType: STANDARD)', () => {
  const standard = (...changes: readonly [code: string, day: string][]) => ({
    ...planning(...changes),
    supportType: 'STANDARD',
  });
  const status = (cluster: ReturnType<typeof standard>, at = now) => {
    const { state, deadline, endOfExtendedSupport } = supportOf(cluster, calendar, at);
    const forcedFrom = endOfExtendedSupport?.toISOString().slice(0, 10);
    return [state, deadline?.kind, deadline?.at.toISOString().slice(0, 10), deadline?.forced, forcedFrom];
  };

  test('is upgraded by force when standard support ends', () => {
    expect(status(standard())).toEqual(['standard', 'endOfStandardSupport', '2026-12-02', true, '2026-12-02']);
    expect(supportOf(planning(), calendar, now).deadline?.forced).toBe(false);
    const later = supportOf(planning(), calendar, new Date('2026-12-02'));
    expect([later.state, later.deadline?.forced]).toEqual(['extended', true]);
  });

  test('is without support from then on', () => {
    expect(status(standard(), new Date('2026-12-02'))).toEqual([
      'unsupported',
      undefined,
      undefined,
      undefined,
      '2026-12-02',
    ]);
  });

  test('is so from the day that AWS Health has told, where that is sooner', () => {
    const told = standard([END_OF_LIFE, '2026-11-26']);
    expect(status(told)).toEqual(['standard', 'endOfStandardSupport', '2026-11-26', true, '2026-11-26']);
  });

  test('has none on a version that is listed as extended without dates', () => {
    const listed = SupportCalendar.of([{ clusterVersion: '1.34', versionStatus: 'EXTENDED_SUPPORT' }]);
    const states = [standard(), planning()].map((one) => supportOf(one, listed, now).state);
    expect(states).toEqual(['unsupported', 'extended']);
  });
});
