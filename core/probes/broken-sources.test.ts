import { withoutBrokenSources } from './broken-sources.ts';
import type { StateProbe, StateVerdict } from './probe-verdict.ts';

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

test('what else fails of the probe still does, and what each cluster says of itself always', () => {
  const both = [verdict('urls', 'URL a', 'URL b')];
  const a = [verdict('urls', 'URL a')];
  expect(withoutBrokenSources(both, [a, a], NOON)).toMatchObject([{ result: 'fail', figures: { worse: 1 } }]);
  const nodes = [verdict('nodes', 'Node a')];
  expect(withoutBrokenSources(nodes, [nodes, nodes, nodes], NOON)).toEqual(nodes);
});
