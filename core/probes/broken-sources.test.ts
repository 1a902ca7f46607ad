import { withoutBrokenSources } from './broken-sources.ts';
import type { RateVerdict, StateProbe, StateVerdict } from './probe-verdict.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const LONG_SINCE = '2026-11-20T11:00:00.000Z';
const verdict = (probe: StateProbe, ...identities: readonly string[]): StateVerdict => ({
  ...{ probe, kind: 'state', result: 'fail' },
  figures: {
    ...{ compared: 1, unwell: 1, unwellBefore: 0, changed: 0, worse: identities.length },
    named: identities.map((identity) => ({ identity, was: 'well', is: 'down', said: 'ALARM', since: LONG_SINCE })),
  },
});

test('an alarm that is worse for three clusters at once is a broken source, for two it is not', () => {
  const one = [verdict('alarms', 'alarm a')];
  expect(withoutBrokenSources(one, [one], NOON)).toEqual(one);
  expect(withoutBrokenSources(one, [one, one], NOON)).toMatchObject([
    { result: 'inconclusive', why: expect.stringContaining('broken source'), figures: { worse: 0 } },
  ]);
  const other = [verdict('alarms', 'alarm b')];
  expect(withoutBrokenSources(one, [one, other], NOON)).toEqual(one);
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
