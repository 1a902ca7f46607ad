import { formatIssue } from '../issue.ts';
import { parseConfig } from '../parse-config.ts';
import { ruleAsReason } from './no-check.ts';

test.each([
  ['WillBeReverted', '"WillBeReverted" is the name of a rule, and no reason. Write rule: WillBeReverted'],
  ['drainstuck', '"drainstuck" is the name of a rule, and no reason. Write rule: DrainStuck'],
  ['removed', undefined],
  ['nonsense', undefined],
  [7, undefined],
])('a reason that is the name of a rule is told apart: %s', (reason, told) => {
  expect(ruleAsReason(reason)).toBe(told);
});

test('who writes a rule as the reason of a waiver is told so once, at its place, and not given the list of all reasons', () => {
  const text = `apiVersion: liftlock/v1alpha1
kind: ScanWaiver
metadata: { name: w }
spec:
  match: { reason: WillBeReverted }
  reason: It is planned.
  owner: team
  expires: 2026-12-31
`;
  const { errors } = parseConfig([{ path: 'w.yaml', text }]);
  expect(errors.map(formatIssue)).toEqual([
    'w.yaml:5:20: error: spec.match.reason: "WillBeReverted" is the name of a rule, and no reason. Write rule: WillBeReverted',
  ]);
});
