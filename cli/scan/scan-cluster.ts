import type { Command } from 'commander';
import { given } from '../../core/model/given.ts';
import { visible } from '../../core/model/visible.ts';
import type { ScanRunView } from '../../core/queries/scan-history.ts';
import { exitCodeOf } from '../../core/scan/report/verdict.ts';
import { clusterParam, part } from '../client/paths.ts';
import { EXIT } from '../command/failure.ts';
import { packageVersion } from '../command/package-version.ts';
import type { Session } from '../command/session.ts';
import { untilFound } from '../command/until-found.ts';
import { facts, print, reasonLines } from '../output/print.ts';
import { Progress } from '../output/progress.ts';
import { printScan, type ScanFormat } from '../output/scan/print-scan.ts';
import { givenToScan } from './scan-options.ts';

interface ScanClusterOptions {
  readonly target?: string;
  readonly wait: boolean;
  readonly waitTimeout: number;
  readonly output: ScanFormat;
}

/** Starts a scan in the controller. Its report is printed and judged like any other. */
export async function scanCluster(session: Session, name: string, own: ScanClusterOptions, command: Command) {
  const options = { ...own, ...givenToScan(command) };
  const client = await session.client();
  const { scans } = client.v1.clusters[':id'];
  const param = clusterParam(name);
  const started = await scans.$post({ param, json: given({ target: options.target }) });
  if (!options.wait) {
    const format = options.output === 'yaml' || options.output === 'json' ? options.output : 'table';
    return print(session, format, started, () => startedText(started));
  }
  const progress = new Progress(session.io);
  let run = started;
  const ended = await untilFound(session.io, options.waitTimeout, async () => {
    run = await scans.runs[':name'].$get({ param: { ...param, name: part(started.name) } });
    if (run.status === 'ended') return run;
    progress.tell(() => progressText(run));
    return undefined;
  });
  if (typeof ended === 'number') {
    const late = `. It has not ended within ${options.waitTimeout} seconds`;
    const why = ended === EXIT.timedOut ? late : ' without you';
    session.io.err(visible(`The scan goes on${why}: ${run.execution}\n`));
    return ended;
  }
  if (ended.scannedAt === null) {
    session.io.err(`The scan ended without a report.\n${reasonLines(ended.reasons).join('\n')}\n`);
    return EXIT.incomplete;
  }
  const at = { ...param, time: part(ended.scannedAt) };
  const report = await client.whole('findings', (query) => scans[':time'].$get({ param: at, query }));
  await printScan(session, options.output, report, { current: process.cwd(), version: await packageVersion() });
  return exitCodeOf(report);
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
