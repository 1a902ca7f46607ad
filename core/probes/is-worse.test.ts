import { changedReasons, isWorse, verdictReason } from './is-worse.ts';
import { PROBES, type ProbeName, type ProbeVerdict } from './probe-verdict.ts';

const since = '2026-11-20T12:00:00.000Z';
const worse = {
  identity: 'Deployment shop/api',
  was: 'well',
  is: 'down',
  said: '0 of 2 available',
  owner: 'payments',
  since,
};
const verdict = (probe: ProbeName, result: ProbeVerdict['result'] = 'fail', more: object = {}): ProbeVerdict =>
  ({
    ...{ probe, kind: PROBES[probe].kind, result },
    figures:
      PROBES[probe].kind === 'state'
        ? { compared: 1, unwell: 1, unwellBefore: 0, changed: 0, worse: 1, named: [worse] }
        : { minutesBefore: 60, minutesAfter: 30, before: 0.005, after: 0.02, effect: 4, p: 0.00001 },
    ...more,
  }) as ProbeVerdict;

const metric = (what: 'errors' | 'latency', source: string, result: ProbeVerdict['result'] = 'fail') =>
  verdict(`metric-${what}`, result, { of: { name: 'checkout', source } });

test.each<[string, readonly ProbeVerdict[], boolean]>([
  ['a hard state', [verdict('nodes')], true],
  ['a state that has often causes of its own', [verdict('jobs')], false],
  ['one rate', [verdict('api-errors')], false],
  ['two rates of one source', [verdict('api-errors'), verdict('api-latency')], false],
  ['a rate and Jobs', [verdict('api-errors'), verdict('jobs')], true],
  ['errors and latency of one metric', [metric('errors', 'a'), metric('latency', 'a')], false],
  ['two metrics', [metric('errors', 'a'), metric('errors', 'b')], true],
  ['the API server and a metric', [verdict('api-errors'), metric('latency', 'a')], true],
  ["a metric that is the API server's", [verdict('api-errors'), metric('errors', 'api-server')], false],
  ['a metric and one that nobody can tell', [metric('errors', 'a'), metric('errors', 'b', 'inconclusive')], false],
  ['what another look decides', [verdict('nodes', 'inconclusive'), verdict('pods', 'inconclusive')], false],
  ['what passes', [verdict('nodes', 'pass'), verdict('api-errors')], false],
  ['nothing', [], false],
])('a cluster is worse by one hard state, or by two others of different sources: %s', (_, verdicts, is) => {
  expect(isWorse(verdicts).worse).toBe(is);
});

test('what failed is told, enough or not, with what it was and whose it is', () => {
  expect(isWorse([verdict('jobs'), verdict('nodes', 'pass')]).because).toEqual([
    {
      code: 'JobFailed',
      message: 'Worse than before the hop: Deployment shop/api (was well, now 0 of 2 available, owner payments).',
    },
  ]);
  expect(verdictReason(verdict('api-errors')).message).toBe(
    'The errors of the API server rose from 0.50 % to 2.00 %, 4.0 times (p = 1.0e-5).',
  );
  expect(verdictReason(verdict('api-latency')).message).toContain('from 5 ms to 20 ms');
  expect(verdictReason(metric('errors', 'a'))).toEqual({
    code: 'MetricWorse',
    message: 'The errors of checkout rose from 0.50 % to 2.00 %, 4.0 times (p = 1.0e-5).',
  });
  expect(verdictReason(metric('latency', 'a')).message).toContain('The latency of checkout rose from 5 ms to 20 ms');
});

test('what cannot be told says why, and when it can', () => {
  const unsure = verdict('nodes', 'inconclusive', { why: 'Wait.', concludesAt: since });
  expect(verdictReason(unsure).message).toBe(
    'Of the nodes it cannot be told: Wait. Deployment shop/api (was well, now 0 of 2 available, owner payments). It is read again after 2026-11-20 12:00 UTC.',
  );
});

test('of a rate it is said whose it is', () => {
  expect(verdictReason(verdict('api-errors', 'inconclusive', { why: 'Few.' })).message).toBe(
    'Of the errors of the API server it cannot be told: Few.',
  );
  const unsure = { ...metric('latency', 'a', 'inconclusive'), why: 'Few.' };
  expect(verdictReason(unsure).message).toBe('Of the latency of checkout it cannot be told: Few.');
});

test('five are named, and how many more there are', () => {
  const named = Array.from({ length: 7 }, (_, number) => ({ ...worse, identity: `n${number}` }));
  const many = verdict('nodes', 'fail', {
    figures: { compared: 9, unwell: 9, unwellBefore: 0, changed: 0, worse: 9, named },
  });
  expect(verdictReason(many).message).toMatch(/n4 \([^)]*\) and 4 more\.$/);
});

test('a workload is told by its pods where they are worse too, since they say why', () => {
  const both = (probe: ProbeName, ...identities: readonly string[]) =>
    verdict(probe, 'fail', {
      figures: {
        ...{ compared: 9, unwell: 2, unwellBefore: 0, changed: 0, worse: identities.length },
        named: identities.map((identity) => ({ ...worse, identity })),
      },
    });
  const codes = (...all: readonly ProbeVerdict[]) => isWorse(all).because.map(({ code }) => code);
  expect(codes(both('workloads', 'a'), both('pods', 'a'))).toEqual(['MoreUnhealthyPods']);
  const { because } = isWorse([both('workloads', 'a', 'b'), both('pods', 'a')]);
  expect(because[0]?.message).toMatch(/^Worse than before the hop: b \([^)]*\)\.$/);
  expect(codes(both('workloads', 'a'))).toEqual(['WorkloadUnavailable']);
});

test('what somebody has changed meanwhile is named with whose it is, a workload and its pods once', () => {
  const changed = (probe: 'workloads' | 'pods', count: number, changedNamed?: string[]): ProbeVerdict => ({
    ...{ probe, kind: 'state', result: 'pass' },
    figures: {
      compared: 9,
      unwell: count,
      unwellBefore: 0,
      changed: count,
      ...(changedNamed && { changedNamed }),
      worse: 0,
      named: [],
    },
  });
  const told = (...verdicts: ProbeVerdict[]) => changedReasons(verdicts).map(({ message }) => message);
  const web = ['Deployment shop/web (owner shop)'];
  const end = 'made or changed by somebody since the scan, and not compared';
  expect(told(changed('workloads', 1, web), changed('pods', 1, web))).toEqual([
    `1 thing that is not well was ${end}: ${web}.`,
  ]);
  const many = ['a', 'b', 'c', 'd', 'e'];
  expect(told(changed('workloads', 8, many), changed('pods', 2, ['a', 'b']))).toEqual([
    `8 things that are not well were ${end}: a, b, c, d, e and 3 more.`,
  ]);
  // An earlier release has recorded it.
  expect(told(changed('pods', 2))).toEqual([`2 things that are not well were ${end}.`]);
  expect(told(changed('pods', 0))).toEqual([]);
  const emptied = (count: number) =>
    verdict('workloads', 'pass', {
      figures: { changed: count, worse: 0, named: [], emptied: ['DaemonSet ops/agent'] },
    });
  expect([0, 1].map((count) => changedReasons([emptied(count)]).map(({ code }) => code))).toEqual([
    ['DaemonSetEmptied'],
    ['ChangedMeanwhile', 'DaemonSetEmptied'],
  ]);
  expect(told(emptied(0))[0]).toContain('none is wanted any more, on whatever node: DaemonSet ops/agent. Where');
});
