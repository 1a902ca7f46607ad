import fc from 'fast-check';
import { CONFIDENCES, SEVERITIES } from '../../../core/contracts/scan-words.ts';
import type { JudgedFinding } from '../../../core/scan/report/merge-findings.ts';
import type { ScanReport, ScanReportList } from '../../../core/scan/report/report-schema.ts';
import { covered, judged } from '../scan/findings.ts';
import { reportOf } from '../scan/report.ts';

export const listOf = (...items: ScanReport[]): ScanReportList => ({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'ScanReportList',
  items,
});

/** A cluster with findings of two causes, two of them waived or for information, and something that was denied. */
export function clusterReport(): ScanReport {
  const budget = { source: 'object', location: null, cause: 'manager:terraform', owner: 'platform' } as const;
  return reportOf({
    subject: 'prod',
    from: '1.35',
    findings: [
      judged(budget),
      judged({ ...budget, name: 'web', severity: 'warning' }),
      judged({ ...budget, name: 'old', severity: 'info', reason: 'stale-trace' }),
      judged({
        ...{ ...budget, source: 'node', severity: 'error', reason: 'unsupported', rule: 'al2-ami', removedIn: '1.33' },
        ...{ apiVersion: 'v1', kind: 'Node', namespace: null, name: 'ip-10-0-0-1', cause: 'node-group:workers' },
        ...{ message: 'EKS builds no Amazon Linux 2 images for 1.33 and later.', fix: 'Move to Amazon Linux 2023.' },
      }),
    ],
    waivers: [
      {
        document: {
          apiVersion: 'liftlock/v1alpha1',
          kind: 'ScanWaiver',
          metadata: { name: 'nodes' },
          spec: { match: { rule: 'al2-ami' }, reason: 'They go.', owner: 'platform', expires: '2026-12-31' },
        },
        end: new Date('2027-01-01T00:00:00Z'),
      },
    ],
    coverage: [
      covered({ what: 'poddisruptionbudgets.policy', source: 'object', count: 12 }),
      covered({
        ...{ what: 'helm releases in Secrets', source: 'helm', status: 'denied', count: 0 },
        detail: 'Allow list of secrets.',
      }),
    ],
  });
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(...'|`<>&"\'[](){}*_~#@!\\\n\r\t-=+.:/ a1\u0000\u001b\u2028\ud800\ufffe'),
    maxLength: 40,
  }),
  fc.constantFrom(
    '</details><script>alert(1)</script>',
    '| a | b |\n|---|---|',
    '\n\n# heading\n- [ ] item',
    '<!--',
    ']]>',
    '\u001b[2J\u001b]8;;https://example.com\u0007',
    '[click](https://example.com)',
    '{0}',
    '../../etc',
    '%2e%2e',
    'C:\\x',
    '@octocat #1',
    '',
  ),
);
const nullable = fc.option(hostile, { nil: null });

const hostileFinding: fc.Arbitrary<JudgedFinding> = fc
  .record({
    severity: fc.constantFrom(...SEVERITIES),
    confidence: fc.constantFrom(...CONFIDENCES),
    source: fc.constantFrom('manifest' as const, 'object' as const),
    ...{ apiVersion: nullable, kind: nullable, namespace: nullable, name: nullable, rule: nullable, owner: nullable },
    ...{ cause: hostile, message: hostile, fix: hostile, evidence: fc.array(hostile, { maxLength: 2 }) },
    location: fc.option(fc.record({ file: hostile, line: fc.integer({ min: 1 }), column: fc.integer({ min: 1 }) }), {
      nil: null,
    }),
  })
  .map((changes) => judged(changes));

/** Reports whose every text somebody else wrote, with the worst in mind. */
export const hostileReport: fc.Arbitrary<ScanReport> = fc
  .record({
    subject: hostile,
    findings: fc.array(hostileFinding, { maxLength: 6 }),
    coverage: fc.array(
      fc
        .record({ what: hostile, detail: hostile, status: fc.constantFrom('read' as const, 'denied' as const) })
        .map(covered),
      { maxLength: 3 },
    ),
  })
  .map((changes) => reportOf(changes));
