import coverage from '../../core/scan/data/coverage.json' with { type: 'json' };
import { judgeAll } from '../../core/scan/judge/judge.ts';
import { scanText } from '../../core/scan/manifest/scan-text.ts';
import { buildReport } from '../../core/scan/report/build-report.ts';
import type { ScanReport } from '../../core/scan/report/report-schema.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';

/** What `liftlock scan` reports of one file for a target, from the text to the verdict. */
export function scanFor(target: string, text: string): ScanReport {
  const { observations, coverage: read } = scanText('file.yaml', text);
  return buildReport({
    subject: 'file.yaml',
    from: null,
    target,
    failOn: 'removed',
    clusters: [],
    findings: judgeAll(observations, { target: KubeVersion.parse(target) }),
    coverage: read,
    data: coverage,
    scannedAt: new Date('2026-11-20T08:00:00Z'),
  });
}
