import fc from 'fast-check';
import { parseOnly } from '../../../core/scan/report/build-report.ts';
import { clusterReport, hostileReport, listOf } from '../../../test/material/cli/documents.ts';
import { covered, judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { scanTable } from './table.ts';

const plain = { paint: (_: string, text: string) => text };
const lines = (...given: Parameters<typeof scanTable>) => scanTable(...given).join('\n');

test('a cluster: groups, the worst first, each with its repair, and the verdict at the end', () => {
  expect(lines(clusterReport(), plain)).toMatchInlineSnapshot(`
"prod  1.35 → 1.36

  SEVERITY       OBJECT                            WHAT
manager:terraform  platform  3 findings
  error          PodDisruptionBudget payments/api  Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.
  warning        PodDisruptionBudget payments/web  Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.
  info           PodDisruptionBudget payments/old  Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.
    fix: Write policy/v1.

node-group:workers  platform
  error, waived  Node ip-10-0-0-1                  EKS builds no Amazon Linux 2 images for 1.33 and later.
    fix: Move to Amazon Linux 2023.

Not read
  helm releases in Secrets: Allow list of secrets.

FAIL: prod for 1.36: 1 error, 1 warning, 1 for information (1 waived), 12 objects read. Not read: helm releases in Secrets (access denied)."
`);
});

test('what was left out on purpose is said in the verdict', () => {
  const coverage = [
    covered(),
    covered({ what: 'everything from the source helm', status: 'skipped' }),
    covered({ what: 'files without Kubernetes objects in deploy', status: 'skipped' }),
  ];
  expect(scanTable(reportOf({ coverage }), plain).at(-1)).toMatch(
    /read\. Left out: everything from the source helm\.$/,
  );
});

test('what --only left out is never cut off', () => {
  const coverage = ['a', 'b', 'c', 'd', 'e'].map((what) => covered({ what, status: 'skipped' }));
  const { only } = parseOnly(['severity=info']);
  expect(scanTable(reportOf({ coverage, only }), plain).at(-1)).toMatch(
    /Left out: 1 finding other than severity=info, a, b, c and 2 more\.$/,
  );
});

test('a list has a verdict for each scan and one for all', () => {
  expect(scanTable(listOf(reportOf({ findings: [] }), clusterReport()), plain).at(-1)).toBe(
    'FAIL: 2 scans: 1 failed, 0 incomplete, 1 passed.',
  );
  expect(scanTable(listOf(), plain).at(-1)).toBe('INCOMPLETE: nothing was scanned.');
});

test('places have a column where there are any, and the sentence is cut at the edge of the terminal', () => {
  const shown = scanTable(reportOf(), { ...plain, columns: 100 });
  expect(shown).toContain(
    '  error     PodDisruptionBudget payments/api  deploy/budget.yaml:1:1  Kubernetes 1.25 and later do …',
  );
});

test('long groups and long reports are cut, and say how much is left', () => {
  const many = (cause: string, count: number) =>
    Array.from({ length: count }, (_, index) => judged({ cause, name: `${cause}-${index}` }));
  const findings = [...many('big', 300), ...Array.from({ length: 250 }, (_, index) => many(`c${index}`, 1)).flat()];
  const shown = scanTable(reportOf({ findings }), plain);
  expect(shown.filter((line) => line.includes('PodDisruptionBudget payments')).length).toBe(200);
  expect(shown).toContain('  … and 290 more, see -o json');
  expect(shown).toContain('… and 60 more in other groups, see -o json');
});

test('whatever others wrote, a finding is one line and nothing steers the terminal', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const shown = scanTable(report, plain);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there.
      expect(shown.filter((line) => /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(line))).toEqual([]);
      expect(shown.filter((line) => /^ {2}(?:error|warning|info)/.test(line))).toHaveLength(report.findings.length);
    }),
  );
});

test('of many findings the counts come first: by API, by rule, by owner, by folder', () => {
  const report = clusterReport();
  const [finding] = report.findings;
  if (finding === undefined) throw new Error('no finding');
  const many = Array.from({ length: 51 }, (_, index) => ({
    ...finding,
    name: `n${index}`,
    owner: index < 2 ? null : `team-${index % 7}`,
    location: { file: `deploy/${index % 2 === 0 ? 'a' : 'b'}/x.yaml`, line: 1, column: 1 },
  }));
  const lines = (findings: typeof many) => scanTable({ ...report, findings }, { paint: (_, text) => text });
  expect(lines(many).slice(2, 7)).toEqual([
    '51 findings',
    '  by API: policy/v1beta1 PodDisruptionBudget 51',
    '  by rule: removed 51',
    '  by owner: team-2 7, team-3 7, team-4 7, team-5 7, team-6 7, 3 others',
    '  by folder: deploy/a 26, deploy/b 25',
  ]);
  expect(lines(many.slice(1)).join('\n')).not.toContain('by folder');
});
