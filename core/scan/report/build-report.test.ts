import fc from 'fast-check';
import { covered, judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { CONFIDENCES, COVERAGE_STATUSES, SEVERITIES } from '../../contracts/scan-words.ts';
import { scanReportSchema } from './report-schema.ts';
import { exitCodeOf } from './verdict.ts';

const gap = covered({ what: 'secrets', source: 'helm', status: 'denied', detail: 'Ask for list.', count: 0 });

test('a report is what its schema says', () => {
  expect(scanReportSchema.parse(reportOf({ coverage: [covered(), gap] }))).toEqual(
    reportOf({ coverage: [gap, covered()] }),
  );
});

test('copies of an object in two files are two findings with one id', () => {
  const copy = judged({ location: { file: 'other.yaml', line: 7, column: 1 } });
  const { findings, groups, summary } = reportOf({ findings: [judged(), copy] });
  expect(findings.map(({ location }) => location?.file)).toEqual(['deploy/budget.yaml', 'other.yaml']);
  expect(new Set(findings.map(({ id }) => id)).size).toBe(1);
  expect(groups).toEqual([
    { cause: 'file:deploy/budget.yaml', owner: null, severity: 'error', findings: [findings[0]?.id] },
  ]);
  expect(summary.errors).toBe(2);
});

test('one statement seen twice is one finding with the evidence of both, and the better confidence', () => {
  const object = { source: 'object', location: null } as const;
  const { findings } = reportOf({
    findings: [
      judged({ ...object, confidence: 'low', owner: 'kubectl', evidence: ['The annotation says so.'] }),
      judged({ ...object, confidence: 'high', evidence: ['terraform wrote it.'] }),
    ],
  });
  expect(findings).toEqual([
    expect.objectContaining({
      confidence: 'high',
      owner: 'kubectl',
      evidence: ['terraform wrote it.', 'The annotation says so.'],
    }),
  ]);
});

test('two statements about one object are two findings', () => {
  const { findings } = reportOf({ findings: [judged(), judged({ message: 'Another thing.' })] });
  expect(findings).toHaveLength(2);
});

test('what to fix first stands first', () => {
  const named = (name: string, changes: Parameters<typeof judged>[0]) => judged({ name, cause: name, ...changes });
  const { findings } = reportOf({
    findings: [
      named('info', { severity: 'info' }),
      named('never', { removedIn: null }),
      named('late', { removedIn: '1.32' }),
      named('early', { removedIn: '1.9' }),
      named('doubtful', { removedIn: '1.9', confidence: 'low' }),
      named('one of two', { removedIn: '1.9', cause: 'shared' }),
      named('two of two', { removedIn: '1.9', cause: 'shared' }),
      named('warning', { severity: 'warning' }),
    ],
  });
  expect(findings.map(({ name }) => name)).toEqual([
    'one of two',
    'two of two',
    'early',
    'doubtful',
    'late',
    'never',
    'warning',
    'info',
  ]);
});

test.each([
  ['error', 'removed', 'fail', 3],
  ['error', 'deprecated', 'fail', 3],
  ['error', 'none', 'pass', 0],
  ['warning', 'removed', 'pass', 0],
  ['warning', 'deprecated', 'fail', 3],
  ['info', 'deprecated', 'pass', 0],
] as const)('severity %s with fail-on %s: %s, exit %i', (severity, failOn, verdict, code) => {
  const report = reportOf({ findings: [judged({ severity })], failOn });
  expect(report.verdict).toBe(verdict);
  expect(exitCodeOf(report)).toBe(code);
});

test.each(Object.keys(COVERAGE_STATUSES).map((status) => [status as keyof typeof COVERAGE_STATUSES]))(
  'without findings, a part that is %s',
  (status) => {
    const { verdict, summary } = reportOf({ findings: [], coverage: [covered({ status })], failOn: 'none' });
    const isGap = status !== 'read' && status !== 'skipped';
    expect({ verdict, gaps: summary.gaps }).toEqual({ verdict: isGap ? 'incomplete' : 'pass', gaps: isGap ? 1 : 0 });
  },
);

test('fail beats incomplete, in one report and in a list; a list of nothing is incomplete', () => {
  const failed = reportOf({ coverage: [gap] });
  const incomplete = reportOf({ findings: [], coverage: [gap] });
  const passed = reportOf({ findings: [] });
  const list = (...items: (typeof failed)[]) => ({
    apiVersion: failed.apiVersion,
    kind: 'ScanReportList' as const,
    items,
  });
  expect(failed.verdict).toBe('fail');
  expect(exitCodeOf(list(passed, incomplete, failed))).toBe(3);
  expect(exitCodeOf(list(passed, incomplete))).toBe(4);
  expect(exitCodeOf(list(passed))).toBe(0);
  expect(exitCodeOf(list())).toBe(4);
});

test('findings of one object are in the order of files, then of lines', () => {
  const at = (file: string, line: number) => judged({ location: { file, line, column: 1 } });
  const { findings } = reportOf({ findings: [at('b', 1), at('a', 9), at('a', 2)] });
  expect(findings.map(({ location }) => `${location?.file}:${location?.line}`)).toEqual(['a:2', 'a:9', 'b:1']);
});

test('a target beyond the tables is incomplete', () => {
  expect(reportOf({ findings: [], target: '1.37' }).verdict).toBe('pass');
  const { verdict, coverage } = reportOf({ findings: [], target: '1.38' });
  expect(verdict).toBe('incomplete');
  expect(coverage[0]).toMatchObject({ what: 'removals of Kubernetes 1.38', status: 'error' });
});

test('the order of what was found and read does not matter, and nothing is lost or written twice', () => {
  const few = (...values: string[]) => fc.constantFrom(...values);
  const finding = fc
    .record({
      severity: fc.constantFrom(...SEVERITIES),
      confidence: fc.constantFrom(...CONFIDENCES),
      removedIn: fc.constantFrom(null, '1.9', '1.22'),
      name: few('a', 'b'),
      owner: fc.constantFrom(null, 'team-a', 'team-b'),
      cause: few('x', 'y'),
      message: few('one', 'two'),
      fix: few('do', 'undo'),
      evidence: fc.uniqueArray(few('seen', 'read', 'heard')),
      location: fc.constantFrom(null, { file: 'f', line: 1, column: 1 }, { file: 'f', line: 2, column: 1 }),
    })
    .map((changes) => judged(changes));
  const entry = fc.record({ what: few('p', 'q'), source: fc.constantFrom(null, 'helm' as const) }).map(covered);
  const parts = fc.record({ findings: fc.array(finding, { maxLength: 12 }), coverage: fc.array(entry) });
  fc.assert(
    fc.property(parts, fc.infiniteStream(fc.nat()), ({ findings, coverage }, chance) => {
      const shuffled = <Item>(items: readonly Item[]) =>
        items
          .map((item) => ({ item, at: chance.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
      const report = reportOf({ findings, coverage });
      expect(reportOf({ findings: shuffled(findings), coverage: shuffled(coverage) })).toEqual(report);
      const distinct = (all: readonly { name: string | null; message: string; location: unknown }[]) =>
        new Set(all.map(({ name, message, location }) => JSON.stringify([name, message, location])));
      expect(report.findings).toHaveLength(distinct(findings).size);
      expect(distinct(report.findings)).toEqual(distinct(findings));
    }),
  );
});
