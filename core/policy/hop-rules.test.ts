import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { DEFAULT_ESTIMATE_MILLISECONDS, estimateOf, hopRules, untilParked } from './hop-rules.ts';

const MINUTES = 60_000;
const policy = policyWith({
  waves: `
    - { name: dev, selector: { matchLabels: { env: dev } }, calendar: nights, mayOverrun: true }
    - { name: prod, calendar: weekends, bake: 24h }`,
});
const nights = calendarOf({ windows: [{ schedule: '0 22 * * *', duration: '6h' }] }, 'nights');
const calendars = new Map([['nights', nights]]);
const learned = { count: 5, p50: 600, p90: 1201, failureRate: 0 };
const says = { ...policy, spec: { ...policy.spec, estimates: { upgrade: '30m' } } };

test.each([
  ['as long as its policy says', says, learned, 30 * MINUTES],
  ['as long as nine of ten upgrades took, in whole minutes', policy, learned, 21 * MINUTES],
  ['an hour where too few were seen', policy, { ...learned, count: 4 }, DEFAULT_ESTIMATE_MILLISECONDS],
  ['an hour where they took no time', policy, { ...learned, p90: 0 }, DEFAULT_ESTIMATE_MILLISECONDS],
  ['an hour where nothing is known', policy, undefined, DEFAULT_ESTIMATE_MILLISECONDS],
  ['as was learned where there is no policy', undefined, learned, 21 * MINUTES],
])('a hop is taken to last %s', (_, of, seen, milliseconds) => {
  expect(estimateOf(of, seen)).toBe(milliseconds);
});

test('half of a hop comes before the bake, where there is one', () => {
  expect(untilParked(60, { bake: '24h' })).toBe(30);
  expect(untilParked(60, {})).toBe(60);
  expect(untilParked(60, undefined)).toBe(60);
});

const of = (given: Parameters<typeof clusterRecord>[0], wave: Parameters<typeof hopRules>[2]) =>
  hopRules(policy, clusterRecord(given), wave, calendars, 'liftlock/');

test('a member goes by the wave in which its rollout has put it, whatever its labels say now', () => {
  const rules = of({ labels: { env: 'prod' } }, { name: 'dev' });
  expect(rules).toMatchObject({ policy, wave: { name: 'dev' }, calendarNames: ['nights'], mayOverrun: true });
  expect(rules.calendars).toEqual([nights]);
  expect(rules.problems).toStrictEqual([]);
  expect(rules.estimateMilliseconds).toBe(DEFAULT_ESTIMATE_MILLISECONDS);
});

test('a cluster whose wave is gone, or that is in none yet, goes by the one that takes it now', () => {
  for (const wave of [undefined, { name: 'gone' }])
    expect(of({ labels: { env: 'dev' } }, wave)).toMatchObject({ wave: { name: 'dev' }, calendarNames: ['nights'] });
});

test('a calendar that is not there closes the window, and nothing that is only told does', () => {
  const rules = of({}, { name: 'prod' });
  expect(rules.calendarNames).toEqual(['weekends']);
  expect(rules.calendars).toStrictEqual([]);
  expect(rules.problems.map(({ code }) => code)).toStrictEqual(['NoCalendar']);
  expect(rules).toMatchObject({ mayOverrun: false, estimateMilliseconds: DEFAULT_ESTIMATE_MILLISECONDS / 2 });
});

test('what its rollout has estimated counts for a member, half of it before the bake', () => {
  expect(of({}, { name: 'prod', estimateSeconds: 1200 }).estimateMilliseconds).toBe(10 * MINUTES);
});

test('a cluster that no wave takes goes by the calendars of its tags, without a bake and without overrunning', () => {
  const narrow = policyWith({ waves: '[{ name: dev, selector: { matchLabels: { env: dev } }, mayOverrun: true }]' });
  const tagged = clusterRecord({ tags: { 'liftlock/calendar': 'nights' } });
  for (const given of [narrow, undefined]) {
    const rules = hopRules(given, tagged, undefined, calendars, 'liftlock/');
    expect(rules).toMatchObject({ wave: undefined, calendarNames: ['nights'], calendars: [nights], mayOverrun: false });
    expect(rules.estimateMilliseconds).toBe(DEFAULT_ESTIMATE_MILLISECONDS);
  }
});

test('what was learned counts where nobody has estimated', () => {
  const rules = hopRules(policy, clusterRecord(), { name: 'dev' }, calendars, 'liftlock/', learned);
  expect(rules.estimateMilliseconds).toBe(21 * MINUTES);
});
