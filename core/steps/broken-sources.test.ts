import type { RateVerdict, StateProbe, StateVerdict } from '../probes/probe-verdict.ts';
import { sharedAlarms, withoutBrokenSources } from './compare-with-before.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const LONG_SINCE = '2026-11-20T11:00:00.000Z';
const verdict = (probe: StateProbe, ...identities: readonly string[]): StateVerdict => ({
  ...{ probe, kind: 'state', result: 'fail' },
  figures: {
    ...{ compared: 1, unwell: 1, unwellBefore: 0, changed: 0, worse: identities.length },
    named: identities.map((identity) => ({ identity, was: 'well', is: 'down', said: 'ALARM', since: LONG_SINCE })),
  },
});

test('a URL that is worse for three clusters at once is a broken source, for two it is not', () => {
  const one = [verdict('urls', 'URL a')];
  expect(withoutBrokenSources(one, [one], NOON)).toEqual(one);
  expect(withoutBrokenSources(one, [one, one], NOON)).toMatchObject([
    { result: 'inconclusive', why: expect.stringContaining('broken source'), figures: { worse: 0 } },
  ]);
  const other = [verdict('urls', 'URL b')];
  expect(withoutBrokenSources(one, [one, other], NOON)).toEqual(one);
});

test('an alarm that rings for two clusters at once proves nothing of either, and is named; of others each is blamed for its own', () => {
  const one = [verdict('alarms', 'alarm a')];
  const excused = withoutBrokenSources(one, [one], NOON);
  expect(excused).toMatchObject([{ result: 'inconclusive', figures: { worse: 0, excused: ['alarm a'] } }]);
  expect(excused[0]?.why).toMatch(/^alarm a: it rings for other clusters that are upgraded at the same time/);
  expect(withoutBrokenSources(one, [excused], NOON)).toEqual(excused);
  const other = [verdict('alarms', 'alarm b')];
  expect(withoutBrokenSources(one, [other, other], NOON)).toEqual(one);
});

test('it rings as well for a cluster that has not been compared yet, where it was OK there before', () => {
  const one = [verdict('alarms', 'alarm a')];
  const baseline = (known: string[], unwell: object = {}) =>
    sharedAlarms({ takenAt: LONG_SINCE, probes: { alarms: { count: 0, unwell: { ...unwell }, known } } });
  expect(withoutBrokenSources(one, [baseline(['alarm a'])], NOON)[0]?.result).toBe('inconclusive');
  expect(withoutBrokenSources(one, [baseline(['alarm b'])], NOON)).toEqual(one);
  expect(withoutBrokenSources(one, [baseline(['alarm a'], { 'alarm a': 'down' })], NOON)).toEqual(one);
  expect(withoutBrokenSources(one, [sharedAlarms({ takenAt: LONG_SINCE, probes: {} })], NOON)).toEqual(one);
});

test('a rate that fails for three clusters at once is a broken source, and one that fails for two or passes is not', () => {
  const rate = (result: RateVerdict['result']): RateVerdict => ({
    ...{ probe: 'api-errors', kind: 'rate', result, figures: { minutesBefore: 60, minutesAfter: 30 } },
  });
  const [fails, passes] = [[rate('fail')], [rate('pass')]];
  expect(withoutBrokenSources(fails, [fails, passes, passes], NOON)).toEqual(fails);
  expect(withoutBrokenSources(fails, [fails, fails], NOON)).toMatchObject([
    { result: 'inconclusive', why: expect.stringContaining('broken source') },
  ]);
  expect(withoutBrokenSources(passes, [fails, fails, fails], NOON)).toEqual(passes);
});

test('a metric is a broken source for three clusters only where it is the same one of the same probe', () => {
  const rate = (source: string, name = 'checkout', probe: RateVerdict['probe'] = 'metric-errors'): RateVerdict[] => [
    { probe, of: { name, source }, kind: 'rate', result: 'fail', figures: { minutesBefore: 60, minutesAfter: 30 } },
  ];
  const result = (...others: readonly RateVerdict[][]) => withoutBrokenSources(rate('a'), others, NOON)[0]?.result;
  expect(result(rate('a'), rate('a'))).toBe('inconclusive');
  expect(result(rate('a'), rate('b'))).toBe('fail');
  expect(result(rate('a'), rate('a', 'search'))).toBe('fail');
  expect(result(rate('a'), rate('a', 'checkout', 'metric-latency'))).toBe('fail');
});

test('what else fails of the probe still does, and what each cluster says of itself always', () => {
  const both = [verdict('urls', 'URL a', 'URL b')];
  const a = [verdict('urls', 'URL a')];
  expect(withoutBrokenSources(both, [a, a], NOON)).toMatchObject([{ result: 'fail', figures: { worse: 1 } }]);
  const nodes = [verdict('nodes', 'Node a')];
  expect(withoutBrokenSources(nodes, [nodes, nodes, nodes], NOON)).toEqual(nodes);
});

test('who was excused counts for those who look again: nobody is blamed for having looked first', () => {
  const first = [verdict('alarms', 'alarm a')];
  const third = withoutBrokenSources(first, [first, first], NOON);
  expect(withoutBrokenSources(first, [first, third], NOON)).toMatchObject([{ result: 'inconclusive' }]);
  expect(withoutBrokenSources(first, [third, third], NOON)).toMatchObject([{ result: 'inconclusive' }]);
  const rate: RateVerdict[] = [
    { probe: 'api-errors', kind: 'rate', result: 'fail', figures: { minutesBefore: 60, minutesAfter: 30 } },
  ];
  const excused = withoutBrokenSources(rate, [rate, rate], NOON);
  expect(withoutBrokenSources(rate, [excused, excused], NOON)).toMatchObject([{ result: 'inconclusive' }]);
});
