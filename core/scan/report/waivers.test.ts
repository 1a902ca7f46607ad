import { covered, judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { waiverEnd } from '../../config/day-or-instant.ts';
import { formatIssue } from '../../config/issue.ts';
import { parseWaivers } from './parse-waivers.ts';

const now = new Date('2026-11-20T08:00:00Z');

function waiver(match: string, expires = '2026-12-31', name = 'legacy'): string {
  return `apiVersion: liftlock/v1alpha1
kind: ScanWaiver
metadata: { name: ${name} }
spec:
  match: ${match}
  reason: The vendor ships a new chart in December.
  owner: team-payments
  expires: ${expires}
`;
}
const parse = (text: string) => parseWaivers([{ path: 'waivers.yaml', text }], { now });
const problems = (text: string) => parse(text).errors.map(formatIssue);

test.each([
  ['{ reason: removed }', true],
  ['{ reason: deprecated }', false],
  ['{ namespace: pay*, kind: PodDisruptionBudget }', true],
  ['{ namespace: pay*, kind: Pod* }', false],
  ['{ name: "*-api" }', false],
  ['{ apiVersion: policy/v1beta1, source: manifest }', true],
  ['{ owner: "*", kind: PodDisruptionBudget }', false],
  ['{ rule: al2-ami }', false],
  ['{ cluster: "dev-*" }', false],
])('%s covers a finding in a file: %j', (match, expected) => {
  const { waivers, errors } = parse(waiver(match));
  expect(errors).toEqual([]);
  const { findings, verdict, summary } = reportOf({ waivers });
  expect(findings[0]?.waiver).toBe(expected ? 'legacy (team-payments, until 2026-12-31)' : null);
  expect(verdict).toBe(expected ? 'pass' : 'fail');
  expect(summary).toMatchObject(expected ? { errors: 0, waived: 1 } : { errors: 1, waived: 0 });
});

test('an id covers one finding, and a waiver of another cluster is neither used nor unused', () => {
  const id = reportOf().findings[0]?.id;
  const text = [waiver(`{ id: ${id} }`), waiver('{ cluster: dev-* }', '2026-12-31', 'dev')].join('---\n');
  const { waivers } = parse(text);
  const live = { subject: 'arn:aws:eks:x', clusters: ['prod', 'arn:aws:eks:x'], from: '1.35' };
  const report = reportOf({ ...live, waivers, findings: [judged(), judged({ name: 'other' })] });
  expect(report.findings.map(({ waived }) => waived)).toEqual([false, true]);
  expect(report.waivers).toEqual({ expired: [], unused: [], until: '2027-01-01T00:00:00.000Z', by: ['legacy'] });
  expect(reportOf({ ...live, clusters: ['dev-1'], waivers }).findings[0]?.waived).toBe(true);
});

test('a report says until when what it waives stays waived: each finding by its longest waiver, and no word of what is for information', () => {
  const days = ['2026-12-31', '2026-12-10', '2026-12-20'];
  const { waivers } = parse(
    days.map((day, at) => waiver('{ kind: PodDisruptionBudget }', day, `w${at}`)).join('---\n'),
  );
  expect(reportOf({ waivers }).waivers.until).toBe('2027-01-01T00:00:00.000Z');
  const apart = parse(
    [waiver('{ name: one }', days[1]), waiver('{ name: two }', days[2], 'two')].join('---\n'),
  ).waivers;
  const findings = [judged({ name: 'one' }), judged({ name: 'two' })];
  expect(reportOf({ waivers: apart, findings }).waivers.until).toBe('2026-12-11T00:00:00.000Z');
  const told = [judged({ name: 'one', severity: 'info' }), judged({ name: 'two' })];
  expect(reportOf({ waivers: apart, findings: told }).waivers.until).toBe('2026-12-21T00:00:00.000Z');
  expect(reportOf().waivers).not.toHaveProperty('until');
});

test('an expired waiver bites again and is listed, an unused one is listed', () => {
  const { waivers } = parse(
    [waiver('{ kind: PodDisruptionBudget }', '2026-11-19'), waiver('{ kind: Job }', '2026-11-20', 'jobs')].join(
      '---\n',
    ),
  );
  const report = reportOf({ waivers });
  expect(report.verdict).toBe('fail');
  expect(report.waivers).toEqual({
    expired: ['legacy (team-payments, until 2026-11-19)'],
    unused: ['jobs (team-payments, until 2026-11-20)'],
  });
});

test('an expired waiver for another cluster is no matter of this one', () => {
  const { waivers } = parse(waiver('{ kind: PodDisruptionBudget, cluster: other }', '2026-11-19'));
  expect(reportOf({ waivers }).waivers).toEqual({ expired: [], unused: [] });
});

test('a waiver ends at its instant, not after it', () => {
  const at = (expires: string) =>
    reportOf({ waivers: parse(waiver('{ kind: PodDisruptionBudget }', expires)).waivers });
  expect(at('2026-11-20T08:00:00Z').verdict).toBe('fail');
  expect(at('2026-11-20T08:00:01Z').verdict).toBe('pass');
});

test('what is waived makes its group neither worse nor bigger', () => {
  const { waivers } = parse(waiver('{ name: "waived-*" }'));
  const { findings, groups } = reportOf({
    waivers,
    findings: [
      judged({ cause: 'b', name: 'x', severity: 'warning' }),
      ...['waived-1', 'waived-2'].map((name) => judged({ cause: 'b', name })),
      judged({ cause: 'a', name: 'y', severity: 'warning' }),
      judged({ cause: 'a', name: 'z', severity: 'warning' }),
    ],
  });
  expect(findings.map(({ name }) => name)).toEqual(['y', 'z', 'x', 'waived-1', 'waived-2']);
  expect(groups.map(({ cause, severity }) => [cause, severity])).toEqual([
    ['a', 'warning'],
    ['b', 'warning'],
  ]);
});

test('a waiver covers no gap', () => {
  const { waivers } = parse(waiver('{ kind: PodDisruptionBudget }'));
  expect(reportOf({ waivers, coverage: [covered({ status: 'error' })] }).verdict).toBe('incomplete');
});

test('everything that is wrong is said at once, with its place', () => {
  const text = `${waiver('{ namspace: payments, reason: remove }', '2028-01-01').replace('  owner: team-payments\n', '')}---
${waiver('{ name: "**" }', '2026-02-30')}---
apiVersion: liftlock/v1alpha1
kind: ScanWavier
---
${waiver('{ id: 12 }', 'tomorrow', 'other').replace('The vendor ships a new chart in December.', '""')}`;
  expect(problems(text)).toMatchInlineSnapshot(`
[
  "waivers.yaml:4:1: error: spec.owner: is missing and has no default. Who answers for it: a team or a person.",
  "waivers.yaml:5:12: error: spec.match.namspace: this field is unknown, and nothing unknown is ignored. Did you mean namespace?",
  "waivers.yaml:5:40: error: spec.match.reason: "remove" is not one of removed, deprecated, never-served, stale-trace, unsupported, version-skew, behaviour-change, unserved-version, stored-version, unavailable, insight, preflight. Did you mean removed?",
  "waivers.yaml:7:12: error: spec.expires: "2028-01-01" is more than 400 days ahead. The last day is 2027-12-25; look again then.",
  "waivers.yaml:11:19: error: metadata.name: "legacy" is the name of another ScanWaiver, at waivers.yaml:1. Rename or remove one.",
  "waivers.yaml:13:10: error: spec.match: covers every finding. Say at least one thing about the findings that is not just "*".",
  "waivers.yaml:16:12: error: spec.expires: "2026-02-30" is no day or time of the calendar.",
  "waivers.yaml:19:7: error: kind: "ScanWavier" is not a kind of config. Did you mean ScanWaiver?",
  "waivers.yaml:25:16: error: spec.match.id: 12 without quotes is a number, and text is needed here; quote it. Write "12".",
  "waivers.yaml:26:11: error: spec.reason: "" is empty: say why these findings may stay for now.",
  "waivers.yaml:28:12: error: spec.expires: "tomorrow" is not a date: write 2026-12-31, the last day (UTC), or an instant such as 2026-12-31T18:00:00Z.",
]
`);
});

test('an end too far ahead or on no calendar, and a name that is taken', () => {
  const text = [
    waiver('{ kind: Job }', '2027-12-26'),
    waiver('{ kind: Job }', '2026-02-30', 'february'),
    waiver('{ kind: Job }'),
  ].join('---\n');
  expect(problems(text)).toMatchInlineSnapshot(`
[
  "waivers.yaml:8:12: error: spec.expires: "2027-12-26" is more than 400 days ahead. The last day is 2027-12-25; look again then.",
  "waivers.yaml:17:12: error: spec.expires: "2026-02-30" is no day or time of the calendar.",
  "waivers.yaml:21:19: error: metadata.name: "legacy" is the name of another ScanWaiver, at waivers.yaml:1. Rename or remove one.",
]
`);
  expect(parse(waiver('{ kind: Job }', '2027-12-25')).errors).toEqual([]);
});

test.each([
  ['2026-12-31', '2027-01-01T00:00:00.000Z'],
  ['2026-12-31T18:00:00+02:00', '2026-12-31T16:00:00.000Z'],
  ['2026-02-30', undefined],
  ['2026-02-30T00:00:00Z', undefined],
  ['2026-12-31T25:00:00Z', undefined],
])('%s ends at %s', (expires, end) => {
  expect(waiverEnd(expires)?.toISOString()).toBe(end);
});

test('a rule that no finding has would hold nothing, and is refused as in a policy', () => {
  expect(problems(waiver('{ rule: DrainStuck, namespace: shop }'))).toEqual([]);
  expect(problems(waiver('{ rule: DrainStuk, namespace: shop }'))).toEqual([
    'waivers.yaml:5:18: error: spec.match.rule: "DrainStuk" is the name of no check, so that no waiver would hold by it. Did you mean DrainStuck?',
  ]);
});

test('what EKS itself refuses is never waived: the finding says why, and a waiver that covers nothing else is named', () => {
  const skew = judged({ source: 'eks', reason: 'version-skew', rule: 'VersionSkew', kind: 'Nodegroup', name: 'old' });
  const live = { subject: 'web', clusters: ['web'], from: '1.35', waivers: parse(waiver('{ cluster: web }')).waivers };
  const report = reportOf({ ...live, findings: [skew] });
  expect([report.verdict, report.findings[0]?.waived, report.summary.waived]).toEqual(['fail', false, 0]);
  const why =
    'Nothing waives it, since EKS refuses such a hop: legacy (team-payments, until 2026-12-31) does not cover it.';
  expect(report.findings[0]?.fix).toBe(`Write policy/v1. ${why}`);
  expect(report.waivers).toEqual({
    expired: [],
    unused: ['legacy (team-payments, until 2026-12-31): nothing waives VersionSkew, since EKS refuses such a hop'],
  });
  const both = reportOf({ ...live, findings: [skew, judged()] });
  expect([both.verdict, both.summary.waived, both.waivers.unused]).toEqual(['fail', 1, []]);
  expect(problems(waiver('{ rule: VersionSkew }'))).toEqual([
    'waivers.yaml:5:18: error: spec.match.rule: nothing waives VersionSkew, since EKS refuses such a hop.',
  ]);
});
