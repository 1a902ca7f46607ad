import { readFile } from 'node:fs/promises';
import type { CheckedWaiver } from '../../core/config/check-waiver.ts';
import { formatIssue } from '../../core/config/issue.ts';
import { LIVE_SOURCES } from '../../core/contracts/scan-words.ts';
import { given } from '../../core/model/given.ts';
import { visible } from '../../core/model/visible.ts';

import coverage from '../../core/scan/data/coverage.json' with { type: 'json' };
import { judgeAll } from '../../core/scan/judge/judge.ts';
import type { Observation } from '../../core/scan/judge/observation.ts';
import type { KindList } from '../../core/scan/listed/kind-list.ts';
import { type Baseline, chooseBaseline, readBaseline } from '../../core/scan/report/baseline.ts';
import { buildReport, type OnlyTerm, parseOnly, type ReportParts } from '../../core/scan/report/build-report.ts';
import type { Coverage, ScanReport, ScanReportList } from '../../core/scan/report/report-schema.ts';
import { exitCodeOf } from '../../core/scan/report/verdict.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { EXIT, type ExitCode, Failure, invalid } from '../command/failure.ts';
import { packageVersion } from '../command/package-version.ts';
import type { Session } from '../command/session.ts';
import { reportsOf, type ScanDocument } from '../output/scan/across-hops.ts';
import { printScan } from '../output/scan/print-scan.ts';
import { readConfigFiles } from '../verbs/config-files.ts';
import { checkNamed } from './manifest-paths.ts';
import { chartRenderer, findHelm } from './render-charts.ts';
import { type Collected, type ScanOptions, targetsOf } from './scan-options.ts';

/** `liftlock scan`: manifests or a live cluster, for one target or several. It contacts nothing but the cluster. */
export async function scan(session: Session, options: ScanOptions): Promise<ExitCode> {
  const { io } = session;
  const { manifests, baseline } = options;
  // All mistakes of the command itself are reported at once, before anything is read.
  const wrong = new Wrong();
  await checkOptions(options, wrong);
  const { only, errors } = parseOnly(options.only);
  for (const error of errors) wrong.add(`liftlock: ${error}`);
  const lists = (await wrong.of(() => readLists(session, options.list))) ?? [];
  const waivers = (await wrong.of(() => readWaivers(session, options.waivers))) ?? [];
  const baselines = baseline === undefined ? undefined : await wrong.of(() => readBaselineFile(baseline));
  const helm = options.render === true ? await wrong.of(() => findHelm(io.env)) : undefined;
  wrong.end();
  // A release is installed on the version after the last hop, so its chart is rendered for that version.
  const render =
    helm === undefined || manifests === undefined
      ? undefined
      : chartRenderer(io, { helm, lists, kubeVersion: `${targetsOf(options).at(-1)}` });
  const collected =
    manifests === undefined
      ? await (await import('./collect-live.ts')).collectLive(
          io,
          { ...options, ...given({ profile: session.global.profile }) },
          lists,
        )
      : await (await import('./collect-manifests.ts')).collectManifests(io, manifests, { lists, ...given({ render }) });
  const idle = manifests === undefined ? [] : options.skip.filter((word) => word !== 'not-rendered');
  if (idle.length > 0)
    io.err(`--skip ${idle.join(',')} says nothing about files: all of theirs is the source manifest.\n`);
  checkVersionKnown(collected, options);
  const document = judgeCollected(collected, options, { waivers, baselines, only, scannedAt: io.now() });
  if (only.length > 0) tellLeftOut(session, options, document);
  await printScan(session, options.output, document, { current: process.cwd(), version: await packageVersion() });
  return collected.interrupted ? EXIT.interrupted : exitCodeOf(document);
}

/**
 * Without --target a scan is for the minor after the one that the cluster runs.
 * @throws Failure where nobody knows that one. It says why: the option is not what is missing, since the cluster has to be reached first.
 */
function checkVersionKnown({ serverVersion, coverage: all, interrupted }: Collected, { target }: ScanOptions): void {
  if (serverVersion !== undefined || target.length > 0) return;
  const why = all.find(({ status }) => status === 'denied' || status === 'error')?.detail ?? '';
  throw new Failure(
    visible(
      `liftlock: the cluster did not say which minor it runs, so nobody knows the next one. ${why} Mend that; with --target 1.36 the scan names all that it could not read.`,
    ),
    interrupted ? EXIT.interrupted : EXIT.incomplete,
  );
}

interface Judgement {
  readonly waivers: readonly CheckedWaiver[];
  readonly baselines: readonly Baseline[] | undefined;
  readonly only: readonly OnlyTerm[];
  readonly scannedAt: Date;
}

/** Formats without coverage would hide what `--only` left out, and a mistyped word would look like a clean scan. */
function tellLeftOut({ io }: Session, { output }: ScanOptions, document: ScanDocument): void {
  const isSilent = output === 'sarif' || output === 'junit' || output === 'csv';
  for (const { target, findings, coverage: all } of reportsOf(document)) {
    const [left] = all.filter(({ status, source }) => status === 'skipped' && source === null);
    if (left !== undefined && (isSilent || findings.length === 0))
      io.err(`${left.what} left out for ${target}${findings.length === 0 ? ', and none is left' : ''}.\n`);
  }
}

function judgeCollected(
  collected: Collected,
  options: ScanOptions,
  { waivers, baselines, only, scannedAt }: Judgement,
): ScanReport | ScanReportList {
  const { subject, clusters, serverVersion } = collected;
  // Users who skip templates render them elsewhere, so provisional findings in templates are skipped too.
  const isRead = ({ provisional }: Observation) => provisional === undefined || !options.skip.includes('not-rendered');
  const observations = collected.observations.filter(isRead);
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
      only,
      clusters,
      data: coverage,
      scannedAt,
    };
    return buildReport(baselines === undefined ? parts : { ...parts, baseline: chosenFrom(baselines, parts) });
  });
  const [single] = items;
  if (single !== undefined && items.length === 1 && options.hops !== true) return single;
  return { apiVersion: 'liftlock/v1alpha1', kind: 'ScanReportList', items };
}

/** `--skip not-rendered` leaves out templates and charts elsewhere on purpose. */
function forgiven(all: readonly Coverage[], { skip }: ScanOptions): readonly Coverage[] {
  if (!skip.includes('not-rendered')) return all;
  return all.map((entry) => (entry.status === 'not-rendered' ? { ...entry, status: 'skipped' } : entry));
}

/** Lists from files and folders. @throws Failure (2) with all their mistakes. */
async function readLists(session: Session, paths: readonly string[]): Promise<readonly KindList[]> {
  if (paths.length === 0) return [];
  const files = await readConfigFiles(session, { filename: paths });
  const { parseKindLists } = await import('../../core/scan/listed/parse-kind-lists.ts');
  const { lists, errors } = parseKindLists(files);
  if (errors.length > 0) throw invalid(errors.map(visible).join('\n'));
  return lists;
}

/** Waivers from files and folders. @throws Failure (2) with all their mistakes, by file, line and column. */
async function readWaivers(session: Session, paths: readonly string[]): Promise<readonly CheckedWaiver[]> {
  if (paths.length === 0) return [];
  const files = await readConfigFiles(session, { filename: paths });
  const { parseWaivers } = await import('../../core/scan/report/parse-waivers.ts');
  const { waivers, errors } = parseWaivers(files, { now: session.io.now() });
  if (errors.length > 0) throw invalid(errors.map((issue) => visible(formatIssue(issue))).join('\n'));
  return waivers;
}

async function readBaselineFile(path: string): Promise<readonly Baseline[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : (error.code ?? error.message);
    throw invalid(`liftlock: the baseline ${path} cannot be read: ${why}.`);
  });
  const { baselines, error } = readBaseline({ path, text });
  if (error !== undefined) throw invalid(`liftlock: ${error}`);
  return baselines;
}

/** The older report to compare a new one with. @throws Failure (2) when there is none. */
function chosenFrom(baselines: readonly Baseline[], parts: ReportParts): Baseline {
  const { baseline, error } = chooseBaseline(baselines, parts);
  if (error !== undefined) throw invalid(`liftlock: ${error}`);
  return baseline;
}

/** Collects the mistakes of a command, so that all are reported at once. */
class Wrong {
  readonly #messages: string[] = [];

  /** The result of `run`; undefined where it fails with exit code 2, whose message is kept. */
  async of<T>(run: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== EXIT.invalid) throw error;
      this.add(error.message);
      return undefined;
    }
  }

  add(message: string): void {
    this.#messages.push(message);
  }

  /** @throws Failure (2) with everything that was wrong. */
  end(): void {
    if (this.#messages.length > 0) throw invalid(this.#messages.join('\n'));
  }
}

/** Checks the options alone, before anything is read. */
async function checkOptions(options: ScanOptions, wrong: Wrong): Promise<void> {
  const { manifests, skip } = options;
  const live = options.kubeconfig !== undefined || options.context !== undefined;
  if (manifests === undefined && !live)
    wrong.add('liftlock: say what to scan: --manifests FILE, FOLDER or -, or --kubeconfig FILE for a cluster.');
  if (manifests !== undefined && live)
    wrong.add('liftlock: --manifests and --kubeconfig are two scans. Run them one after the other.');
  if (manifests !== undefined && skip.includes('manifest'))
    wrong.add('liftlock: --skip manifest leaves nothing to scan.');
  if (manifests !== undefined && options.eksInsights !== undefined)
    wrong.add('liftlock: --eks-insights is about a cluster: say it with --kubeconfig.');
  if (manifests === undefined && options.render === true)
    wrong.add('liftlock: --render is about charts in files: say it with --manifests.');
  if (live && LIVE_SOURCES.every((source) => skip.includes(source)))
    wrong.add('liftlock: --skip leaves nothing of the cluster to scan.');
  const told = options.target.length > 0 && (options.hops !== true || options.from !== undefined);
  // The rest depends on the cluster's version, and is checked again when that is known.
  if (!live || told) await wrong.of(() => targetsOf(options));
  if (manifests !== undefined) await wrong.of(() => checkNamed(manifests));
}
