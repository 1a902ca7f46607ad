import { judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { parseOnly } from './build-report.ts';

const findings = [
  judged({ name: 'a', owner: 'team-payments' }),
  judged({
    name: 'b',
    severity: 'warning',
    reason: 'unsupported',
    rule: 'al2-ami',
    kind: 'Node',
    apiVersion: 'v1',
    namespace: null,
  }),
  judged({ name: 'c', severity: 'info', apiVersion: null, kind: null }),
];
const shown = (...texts: string[]) => {
  const { only, errors } = parseOnly(texts);
  expect(errors).toEqual([]);
  return reportOf({ findings, only });
};

test.each([
  [['severity=error'], 'a'],
  [['severity=error,info'], 'a c'],
  [['severity=error', 'severity=warning'], 'a b'],
  [['rule=al2-ami'], 'b'],
  [['rule=removed'], 'a c'],
  [['api=policy/v1beta1'], 'a'],
  [['api=policy/*'], 'a'],
  [['api=PodDisruptionBudget'], 'a'],
  [['api=policy/v1beta1/PodDisruptionBudget'], 'a'],
  [['api=v1 Node'], 'b'],
  [['owner=team-*'], 'a'],
  [['namespace=payments', 'severity=info'], 'c'],
  [['owner=*', 'severity=info'], ''],
  [['owner=nobody'], ''],
])('--only %j shows %s', (texts, expected) => {
  const names = shown(...texts).findings.map(({ name }) => name);
  expect(names.sort().join(' ')).toBe(expected);
});

test('what is left out counts for nothing, and the report says how many there are', () => {
  const report = shown('severity=warning,info');
  expect(report).toMatchObject({ verdict: 'pass', summary: { errors: 0, warnings: 1, infos: 1 } });
  expect(report.groups.flatMap((group) => group.findings)).toHaveLength(2);
  expect(report.coverage.at(-1)).toMatchObject({
    what: '1 finding other than severity=warning,info',
    status: 'skipped',
    source: null,
  });
  expect(shown('severity=error').verdict).toBe('fail');
  expect(shown('severity=error,warning,info').coverage).toHaveLength(1);
});

test('what is left out is not counted as new', () => {
  const baseline = { scannedAt: 'then', subject: 'deploy', from: null, target: '1.36', findings: [] };
  const report = reportOf({ findings, baseline, only: parseOnly(['severity=error']).only });
  expect(report.baseline).toMatchObject({ new: 1, unchanged: 0 });
});

test.each([
  ['severity', '--only severity says nothing: write WORD=VALUE, where WORD is severity, rule, api, owner, namespace.'],
  ['owner=', '--only owner= says nothing'],
  ['color=red', 'where WORD is severity'],
  ['constructor=red', 'where WORD is severity'],
  ['severity=error,bad', '--only severity=error,bad: there is no severity bad, only error, warning, info.'],
])('%s is refused in words', (text, message) => {
  expect(parseOnly([text]).errors).toEqual([expect.stringContaining(message)]);
});
