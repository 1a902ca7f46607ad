import type { Command } from 'commander';
import { visible } from '../../core/model/visible.ts';
import type { ScanRunView } from '../../core/queries/scan-history.ts';
import type { ScanReport } from '../../core/scan/report/report-schema.ts';
import { exitCodeOf } from '../../core/scan/report/verdict.ts';
import type { ApiClient } from '../client/api-client.ts';
import { clusterPath } from '../client/paths.ts';
import { packageVersion } from '../command/package-version.ts';
import { EXIT, type ExitCode, type Session } from '../command/session.ts';
import { facts, print, reasonLines } from '../output/print.ts';
import { Progress } from '../output/progress.ts';
import { printScan, type ScanFormat } from '../output/scan/print-scan.ts';
import { givenToScan } from './given-to-scan.ts';

export interface ScanClusterOptions {
  readonly target?: string;
  readonly wait: boolean;
  readonly waitTimeout: number;
  readonly output: ScanFormat;
}

const LOOK_MILLISECONDS = 1_000;

/** Starts a scan in the controller. Its report, once it is there, is printed and judged like any other. */
export async function scanCluster(
  session: Session,
  name: string,
  own: ScanClusterOptions,
  command: Command,
): Promise<ExitCode> {
  const options = { ...own, ...givenToScan(command) };
  const client = await session.client();
  const path = `${clusterPath(name)}/scans`;
  const body = options.target === undefined ? {} : { target: options.target };
  const started = await client.send<ScanRunView>('POST', path, body);
  if (!options.wait) {
    const format = options.output === 'yaml' || options.output === 'json' ? options.output : 'table';
    return print(session, format, started, () => startedText(started));
  }
  const ended = await untilEnded(session, client, `${path}/runs/${encodeURIComponent(started.name)}`, options);
  if (typeof ended === 'number') return ended;
  if (ended.scannedAt === null) {
    session.io.err(`The scan ended without a report.\n${reasonLines(ended.reasons).join('\n')}\n`);
    return EXIT.incomplete;
  }
  const report = await client.whole<ScanReport>(`${path}/${encodeURIComponent(ended.scannedAt)}`, 'findings');
  await printScan(session, options.output, report, { current: process.cwd(), version: await packageVersion() });
  return exitCodeOf(report);
}

async function untilEnded(
  { io }: Session,
  client: ApiClient,
  path: string,
  { waitTimeout }: ScanClusterOptions,
): Promise<ScanRunView | ExitCode> {
  const progress = new Progress(io);
  const until = performance.now() + waitTimeout * 1_000;
  for (;;) {
    const run = await client.get<ScanRunView>(path);
    if (run.status === 'ended') return run;
    progress.tell(() => progressText(run));
    if (performance.now() > until) {
      io.err(visible(`The scan goes on. It has not ended within ${waitTimeout} seconds: ${run.execution}\n`));
      return EXIT.timedOut;
    }
    await io.sleep(LOOK_MILLISECONDS);
    if (io.interrupted.aborted) {
      io.err(visible(`The scan goes on without you: ${run.execution}\n`));
      return EXIT.interrupted;
    }
  }
}

const progressText = ({ status, read, left }: ScanRunView): string =>
  status === 'requested' ? 'The scan is about to begin.' : `Read ${read} objects; ${left} resources are left.`;

const startedText = ({ cluster, target, name, execution }: ScanRunView): string[] =>
  facts([
    ['Cluster', visible(cluster)],
    ['Target', visible(target)],
    ['Scan', visible(name)],
    ['Execution', visible(execution)],
  ]);
