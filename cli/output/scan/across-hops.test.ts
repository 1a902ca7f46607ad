import { covered, judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { blocksOf, type ScanDocument } from './across-hops.ts';
import { scanCsv } from './csv.ts';
import { scanMarkdown } from './markdown.ts';
import { scanTable } from './table.ts';

const plain = { paint: (_: string, text: string) => text };
const at = (target: string, ...findings: Parameters<typeof judged>[0][]) =>
  reportOf({ target, findings: findings.map(judged) });
const list = (...items: ReturnType<typeof reportOf>[]): ScanDocument => ({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'ScanReportList',
  items,
});
const old = { severity: 'warning', reason: 'deprecated', message: 'It is deprecated.' } as const;
const one = { name: 'one' };
const hops = list(
  at('1.23', { ...one, ...old }, { name: 'two' }, { name: 'gap' }, { name: 'v', replacement: 'a/v1' }),
  at('1.24', { ...one, ...old }, { name: 'three' }, { name: 'two' }, { name: 'v', replacement: 'a/v1' }),
  at('1.25', one, { name: 'two' }, { name: 'gap' }, { name: 'v', replacement: 'a/v2' }),
  at('1.26', { ...one, message: 'Last words.' }, { name: 'two' }, { name: 'v', replacement: 'a/v2' }),
);

test('each finding stands once, with the hops at which it is as bad as it gets, in the words of the last of them', () => {
  const [block, ...others] = blocksOf(hops);
  const rows = block?.report.findings.map(
    (finding) => `${finding.name} ${finding.severity} ${block.hopsOf?.(finding)}`,
  );
  expect(others).toEqual([]);
  expect(rows?.sort()).toEqual([
    'gap error 1.23, 1.25',
    'one error 1.25 on',
    'three error 1.24',
    'two error all',
    'v error 1.23-1.24',
    'v error 1.25 on',
  ]);
  expect(block?.report.findings.find(({ name }) => name === 'one')?.message).toBe('Last words.');
});

test('two findings that their words alone tell apart stay two', () => {
  const twice = [{ message: 'The one.' }, { message: 'The other.' }];
  const [block] = blocksOf(list(at('1.25', ...twice), at('1.26', ...twice)));
  expect(block?.report.findings.map(({ message }) => message)).toEqual(['The one.', 'The other.']);
});

test('table, Markdown and CSV tell them so, with a verdict for each hop and each gap once', () => {
  const gap = covered({ what: 'b.yaml', status: 'error', detail: 'Broken.' });
  const document = list(...['1.25', '1.26'].map((target) => reportOf({ target, coverage: [gap] })));
  const table = scanTable(document, plain);
  expect(table[0]).toBe('deploy  for 1.25, 1.26');
  expect(table.filter((line) => line.includes('PodDisruptionBudget payments/api'))).toEqual([
    expect.stringMatching(/^ {2}error {5}all {3}PodDisruptionBudget payments\/api/),
  ]);
  expect(table.filter((line) => line.endsWith('b.yaml: Broken.'))).toHaveLength(1);
  expect(table.filter((line) => /^FAIL: deploy for 1\.2[56]:/.test(line))).toHaveLength(2);
  const markdown = scanMarkdown(document);
  expect(markdown).toContain('| Severity | Hops | Object | Place | What happens |');
  expect(markdown.match(/\| error \| all \|/g)).toHaveLength(1);
  expect(markdown.match(/\*\*fail\*\*/g)).toHaveLength(2);
  expect(scanCsv(document).split('\r\n').slice(1, -1)).toEqual([
    expect.stringContaining('deploy,all,error'),
    expect.stringContaining('not read'),
  ]);
});

test('several subjects, and one target twice, stay apart', () => {
  const other = reportOf({ subject: 'other', target: '1.37' });
  expect(blocksOf(list(at('1.36'), other))).toHaveLength(2);
  expect(blocksOf(list(at('1.36'), at('1.36')))).toHaveLength(2);
  expect(blocksOf(at('1.36'))[0]?.hopsOf).toBeUndefined();
});
