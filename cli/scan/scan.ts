import coverage from '../../core/scan/data/coverage.json' with { type: 'json' };
import { judgeAll } from '../../core/scan/judge/judge.ts';
import { buildReport, type ReportParts } from '../../core/scan/report/build-report.ts';
import type { Coverage, ScanReport, ScanReportList } from '../../core/scan/report/report-schema.ts';
import { exitCodeOf } from '../../core/scan/report/verdict.ts';
import type { Waiver } from '../../core/scan/report/waiver.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printScan } from '../output/scan/print-scan.ts';
import { packageVersion } from '../package-version.ts';
import type { Session } from '../session.ts';
import { type Baselines, readBaselineFile } from './baseline-file.ts';
import { checkOptions, Wrong } from './check-options.ts';
import type { Collected } from './collected.ts';
import type { ScanOptions } from './scan-options.ts';
import { targetsOf } from './targets.ts';
import { readWaivers } from './waiver-files.ts';

/** `liftlock scan`: manifests or a live cluster, for one target or several. Offline but for the cluster itself. */
export async function scan(session: Session, options: ScanOptions): Promise<ExitCode> {
  const { io } = session;
  const manifests = options.manifests;
  // What is wrong with the command itself is said before anything is read, all of it at once.
  const wrong = new Wrong();
  await checkOptions(options, wrong);
  const waivers = (await wrong.of(() => readWaivers(session, options.waivers))) ?? [];
  const { baseline } = options;
  const baselines = baseline === undefined ? undefined : await wrong.of(() => readBaselineFile(baseline));
  wrong.end();
  const collected =
    manifests === undefined
      ? await (await import('./collect-live.ts')).collectLive(io, { ...options, ...profileOf(session) })
      : await (await import('./collect-manifests.ts')).collectManifests(io, manifests);
  const idle = manifests === undefined ? [] : options.skip.filter((word) => word !== 'not-rendered');
  if (idle.length > 0)
    io.err(`--skip ${idle.join(',')} says nothing about files: all of theirs is the source manifest.\n`);
  const document = reportsOf(collected, options, { waivers, baselines, scannedAt: io.now() });
  const current = process.cwd();
  await printScan(session, options.output, document, { current, version: await packageVersion() });
  if (collected.interrupted) return EXIT.interrupted;
  return exitCodeOf(document);
}

interface Judgement {
  readonly waivers: readonly Waiver[];
  readonly baselines: Baselines | undefined;
  readonly scannedAt: Date;
}

function reportsOf(
  collected: Collected,
  options: ScanOptions,
  { waivers, baselines, scannedAt }: Judgement,
): ScanReport | ScanReportList {
  const { subject, clusters, observations, serverVersion } = collected;
  const from = serverVersion === undefined ? null : KubeVersion.parse(serverVersion).toString();
  const items = targetsOf(options, serverVersion).map((target) => {
    const parts: ReportParts = {
      subject,
      from,
      target: target.toString(),
      failOn: options.failOn,
      findings: judgeAll(observations, from === null ? { target } : { target, from: KubeVersion.parse(from) }),
      coverage: forgiven(collected.coverage, options),
      waivers,
      clusters,
      data: coverage,
      scannedAt,
    };
    const baseline = baselines?.choose(parts);
    return buildReport(baseline === undefined ? parts : { ...parts, baseline });
  });
  const [only] = items;
  if (only !== undefined && items.length === 1 && options.hops !== true) return only;
  return { apiVersion: 'liftlock/v1alpha1', kind: 'ScanReportList', items };
}

/** `--skip not-rendered`: templates and charts elsewhere are left out on purpose. */
function forgiven(all: readonly Coverage[], { skip }: ScanOptions): readonly Coverage[] {
  if (!skip.includes('not-rendered')) return all;
  return all.map((entry) => (entry.status === 'not-rendered' ? { ...entry, status: 'skipped' } : entry));
}

const profileOf = ({ global: { profile } }: Session): { profile?: string } =>
  profile === undefined ? {} : { profile };
