import fc from 'fast-check';
import { clusterReport, hostileReport, listOf } from '../../../test/material/cli/documents.ts';
import { covered, judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { MOST_BYTES, scanMarkdown } from './markdown.ts';

test('a cluster', () => {
  expect(scanMarkdown(clusterReport())).toMatchInlineSnapshot(`
"<!-- liftlock-scan -->
### Liftlock scan: fail

| Scanned | Target | Verdict | Errors | Warnings | Information | Waived | Not read |
| --- | --- | --- | --- | --- | --- | --- | --- |
| <code>prod</code> | 1.35 → 1.36 | fail | 1 | 1 | 1 | 1 | 1 |

**fail**: prod for 1.36: 1 error, 1 warning, 1 for information (1 waived), 12 objects read. Not read: helm releases in Secrets (access denied).

- Not read: <code>helm releases in Secrets</code> (denied) Allow list of secrets.

<details><summary>error: <code>manager:terraform</code> platform, 3 findings</summary>

| Severity | Object | Place | What happens |
| --- | --- | --- | --- |
| error | <code>PodDisruptionBudget payments/api</code> |  | Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget. |
| warning | <code>PodDisruptionBudget payments/web</code> |  | Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget. |
| info | <code>PodDisruptionBudget payments/old</code> |  | Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget. |

Fix: Write policy/v1.

</details>

<details><summary>error: <code>node-group:workers</code> platform, 1 finding</summary>

| Severity | Object | Place | What happens |
| --- | --- | --- | --- |
| error, waived | <code>Node ip-10-0-0-1</code> |  | EKS builds no Amazon Linux 2 images for 1.33 and later. |

Fix: Move to Amazon Linux 2023.

</details>
"
`);
});

test('whatever others wrote, there are our tags only, balanced, and every row has the cells of its head', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const text = scanMarkdown(report);
      const open: string[] = [];
      for (const [, slash = '', name = ''] of text.replace('<!-- liftlock-scan -->', '').matchAll(/<(\/?)([^>]*)>?/g)) {
        expect(['details', 'summary', 'code']).toContain(name);
        if (slash === '') open.push(name);
        else expect(open.pop()).toBe(name);
      }
      expect(open).toEqual([]);
      const rows = text.split('\n').filter((line) => line.includes('|'));
      expect(rows.filter((row) => ![5, 9].includes(row.split('|').length - 1) || !/^\|.*\|$/.test(row))).toEqual([]);
      expect(text.split('\n').filter((line) => /^(?:error|warning|info)\b/.test(line))).toEqual([]);
      expect(text.split('<details>').length - 1).toBe(report.groups.length);
    }),
  );
});

test('nobody is called and nothing is linked by a name', () => {
  const text = scanMarkdown(reportOf({ findings: [judged({ message: 'Ask @octocat about #12, [x](y).' })] }));
  expect(text).toContain('Ask &#64;\u200boctocat about &#35;\u200b12, &#91;x&#93;(y).');
});

test('it never outgrows a comment, and says what was left out', () => {
  const nasty = '|\u{1f600}'.repeat(2000);
  const findings = Array.from({ length: 3000 }, (_, index) =>
    judged({ cause: `${index}${nasty}`, name: `${index}`, message: nasty, fix: nasty, owner: nasty }),
  );
  const coverage = Array.from({ length: 50 }, () => covered({ status: 'error', what: nasty, detail: nasty }));
  const report = reportOf({ findings, coverage, subject: nasty });
  for (const document of [report, listOf(...Array.from({ length: 30 }, () => report))]) {
    const text = scanMarkdown(document);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_BYTES);
    expect(text).toMatch(/… and \d+ more, see `-o json`\./);
  }
  expect(scanMarkdown(listOf(...Array.from({ length: 30 }, () => reportOf())))).toContain('… and 10 more scans');
});

test('a comment is filled as far as it goes', () => {
  const findings = Array.from({ length: 3000 }, (_, index) => judged({ cause: `c${index}`, name: `n${index}` }));
  const length = Buffer.byteLength(scanMarkdown(reportOf({ findings })));
  expect(length).toBeGreaterThan(MOST_BYTES - 2000);
});
