import fc from 'fast-check';
import { covered, judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { chooseBaseline, readBaseline } from './baseline.ts';
import type { ReportParts } from './build-report.ts';
import { parseWaivers } from './parse-waivers.ts';

const now = new Date('2026-11-20T08:00:00Z');
const { waivers } = parseWaivers(
  [
    {
      path: 'w',
      text: `{apiVersion: liftlock/v1alpha1, kind: ScanWaiver, metadata: {name: w},
spec: {match: {kind: PodDisruptionBudget}, reason: r, owner: o, expires: 2026-12-31}}`,
    },
  ],
  { now },
);
const at = (file: string, line = 1) => ({ location: { file, line, column: 1 } });

/** The result of a scan whose baseline is another scan. */
function compared(before: Partial<ReportParts>, after: Partial<ReportParts>) {
  const read = readBaseline({ path: 'old.json', text: JSON.stringify(reportOf(before)) });
  const [baseline] = read.baselines ?? [];
  if (baseline === undefined) throw new Error(read.error);
  return reportOf({ ...after, baseline });
}

test('only new findings fail, and all are counted', () => {
  const report = compared({}, { findings: [judged(), judged({ name: 'second' })] });
  expect(report).toMatchObject({
    verdict: 'fail',
    summary: { errors: 2 },
    baseline: { new: 1, unchanged: 1, gone: [], subject: 'deploy', scannedAt: '2026-11-20T08:00:00.000Z' },
  });
  expect(report.findings.map((finding) => [finding.name, finding.new])).toEqual([
    ['second', true],
    ['api', false],
  ]);
  expect(compared({}, {}).verdict).toBe('pass');
});

test('a gap makes it incomplete nevertheless', () => {
  expect(compared({}, { coverage: [covered({ status: 'denied' })] }).verdict).toBe('incomplete');
});

test('moved lines and a renamed file are known, another copy is new', () => {
  expect(compared({}, { findings: [judged(at('deploy/budget.yaml', 40))] }).baseline).toMatchObject({ new: 0 });
  expect(compared({}, { findings: [judged(at('renamed.yaml'))] }).baseline).toMatchObject({ new: 0, gone: [] });
  const { findings } = compared({}, { findings: [judged(at('copy.yaml')), judged()] });
  expect(findings.map((finding) => [finding.location?.file, finding.new])).toEqual([
    ['copy.yaml', true],
    ['deploy/budget.yaml', false],
  ]);
});

test('a finding with other words is known by its file before one of another file is', () => {
  const before = { findings: [judged({ ...at('a'), severity: 'warning' }), judged(at('b'))] };
  const message = 'New words.';
  const after = { findings: [judged({ ...at('a'), message }), judged({ ...at('b'), message })] };
  const { findings } = compared(before, after);
  expect(findings.map((finding) => [finding.location?.file, finding.new])).toEqual([
    ['a', true],
    ['b', false],
  ]);
});

test('what was waived, or was less severe, has not been accepted', () => {
  expect(compared({ waivers }, {}).verdict).toBe('fail');
  expect(compared({ waivers }, { waivers }).baseline).toMatchObject({ new: 0, unchanged: 1 });
  expect(compared({ findings: [judged({ severity: 'warning' })] }, {}).verdict).toBe('fail');
  expect(compared({}, { findings: [judged({ severity: 'warning' })] }).verdict).toBe('pass');
});

test('what is gone is listed', () => {
  const { baseline, verdict } = compared({}, { findings: [] });
  expect(verdict).toBe('pass');
  expect(baseline?.gone).toEqual([{ id: reportOf().findings[0]?.id, message: judged().message }]);
});

test('a report compared with itself has nothing new, and one compared with nothing has only new findings', () => {
  const finding = fc
    .record({ name: fc.constantFrom('a', 'b'), file: fc.constantFrom('f', 'g'), line: fc.integer({ min: 1, max: 9 }) })
    .map(({ name, file, line }) => judged({ name, ...at(file, line) }));
  fc.assert(
    fc.property(fc.array(finding), (findings) => {
      const count = reportOf({ findings }).findings.length;
      expect(compared({ findings }, { findings }).baseline).toMatchObject({ new: 0, unchanged: count, gone: [] });
      expect(compared({ findings: [] }, { findings }).baseline).toMatchObject({ new: count, unchanged: 0 });
    }),
  );
});

test.each([
  ['not JSON', '{', 'old.json is not JSON: '],
  ['another document', '{"kind":"Fleet"}', 'kind must be ScanReport or ScanReportList, not "Fleet".'],
  ['a list', '[]', 'the document must be a map, not [].'],
  [
    'no findings',
    '{"kind":"ScanReport","scannedAt":"x","subject":"x","from":null,"target":"1.36"}',
    'findings must be',
  ],
  ['a bad item', '{"kind":"ScanReportList","items":[{"kind":"Fleet"}]}', 'items[0]: kind must be ScanReport'],
])('%s is refused with words', (_what, text, words) => {
  expect(readBaseline({ path: 'old.json', text }).error).toContain(words);
});

test('nothing that is read as JSON makes it throw', () => {
  const parts = {
    kind: fc.constantFrom('ScanReport', 'ScanReportList'),
    items: fc.jsonValue(),
    findings: fc.jsonValue(),
  };
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record(parts)), (value) => {
      const { baselines, error } = readBaseline({ path: 'old.json', text: JSON.stringify(value) });
      expect(baselines ?? error).toEqual(baselines === undefined ? expect.stringContaining('old.json') : []);
    }),
  );
});

test('the baseline is the report of the same target, and of the same cluster', () => {
  const older = (subject: string, from: string | null, target: string) => ({
    ...{ scannedAt: 'then', findings: [], subject, from, target },
  });
  const baselines = [older('prod', '1.35', '1.36'), older('deploy', null, '1.36'), older('deploy', null, '1.37')];
  const choose = (subject: string, from: string | null, target: string) =>
    chooseBaseline(baselines, { subject, from, target });
  expect(choose('prod', '1.35', '1.36').baseline).toBe(baselines[0]);
  expect(choose('./deploy', null, '1.37').baseline).toBe(baselines[2]);
  expect(choose('staging', '1.35', '1.36').error).toBe(
    'The baseline has no report of staging for 1.36; it has prod for 1.36, deploy for 1.36, deploy for 1.37. Write a new one.',
  );
});
