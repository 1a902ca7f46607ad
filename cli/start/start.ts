import { open, writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { styleText } from 'node:util';
import { runWorld } from '../../simulator/process/run-world.ts';
import type { ServedApi } from '../../simulator/process/serve-api.ts';
import { startFleet } from '../../simulator/process/start-fleet.ts';
import type { World } from '../../simulator/process/world.ts';
import { renderHtml } from '../../simulator/report/render-html.ts';
import { type Paint, renderText } from '../../simulator/report/render-text.ts';
import type { RunReport } from '../../simulator/report/report-types.ts';
import { runReport } from '../../simulator/report/run-report.ts';
import { LiveView } from './live-view.ts';
import { plainLines } from './plain-lines.ts';
import type { StartOptions } from './register.ts';

/** On a terminal an hour of the fleet takes a second, so that one can watch it. */
const TERMINAL_SPEED = 3_600;
const USAGE = 2;

/** Runs a fleet folder to its report. Gives the exit code: 0 when every cluster is at its target or has a reason, 1 otherwise, 2 for bad input. */
export async function start(options: StartOptions): Promise<number> {
  const out = process.stdout;
  const notes = process.stderr;
  if (options.output !== 'table' && options.output !== 'json') {
    notes.write(`liftlock start: -o ${String(options.output)} is not known. Use table or json.\n`);
    return USAGE;
  }
  const live = options.live !== false && out.isTTY === true && options.output === 'table';
  const speed = options.speed ?? (live ? TERMINAL_SPEED : undefined);
  const began = performance.now();
  let started: Awaited<ReturnType<typeof startFleet>>;
  let api: ServedApi | undefined;
  try {
    if (options.html !== undefined) await assertWritable(options.html);
    started = await startFleet(options.fleet, {
      seed: options.seed,
      defaultNow: new Date(),
      ...(speed === undefined ? {} : { speed }),
    });
    // Taken before the run, so that a port that is in use is known before anybody waits for it.
    if (options.serve !== undefined) api = await serve(started.world, options.serve === true ? 0 : options.serve);
  } catch (error) {
    notes.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return USAGE;
  }
  const { world, loaded } = started;
  for (const warning of started.warnings) notes.write(`${warning}\n`);
  if (options.output === 'table') {
    const clusters = Object.keys(loaded.state.clusters).length;
    out.write(
      `Liftlock upgrades ${clusters} ${clusters === 1 ? 'cluster' : 'clusters'} from ${options.fleet} in one process: no AWS account, virtual time from ${loaded.now.toISOString()}.\n`,
    );
  }
  const view = live ? new LiveView(world, out) : undefined;
  if (view === undefined) world.bus.onEvent = plainLines(options.output === 'json' ? notes : out);
  view?.begin();
  const until = new Date(loaded.now.getTime() + options.days * 86_400_000);
  const rested = await runWorld(world, { until, quietHours: 1.5 }).finally(() => view?.end());

  const report = await runReport(world, loaded, rested);
  if (options.html !== undefined) {
    await writeFile(options.html, renderHtml(report));
    notes.write(`The report is in ${options.html}.\n`);
  }
  if (options.output === 'json') out.write(`${JSON.stringify(report, undefined, 2)}\n`);
  else out.write(`${renderText(report, paintFor(out))}Took ${((performance.now() - began) / 1000).toFixed(1)} s.\n`);
  if (!anyDiscovered(report))
    notes.write('Liftlock discovered none of the clusters: look at the accounts and regions of the Fleet.\n');
  if (api !== undefined) {
    const { serveWorld } = await import('./serve.ts');
    await serveWorld(world, api, options.speed);
  }
  return exitCode(report);
}

async function serve(world: World, port: number): Promise<ServedApi> {
  const { serveApi } = await import('../../simulator/process/serve-api.ts');
  try {
    return await serveApi(world, port);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The API cannot be served on port ${port}: ${why}. Take another one, or --serve without a port.`);
  }
}

async function assertWritable(path: string): Promise<void> {
  try {
    await (await open(path, 'a')).close();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The report cannot be written to ${path}: ${why}. Name a file in a folder that is there.`);
  }
}

/** 1 also when none of the folder's clusters was discovered: a rehearsal of nothing is no success. */
function exitCode(report: RunReport): number {
  return anyDiscovered(report) && report.rested && report.explained && report.violations.length === 0 ? 0 : 1;
}

const anyDiscovered = (report: RunReport): boolean =>
  report.clusters.some(({ status }) => status !== 'NotInFleet' && status !== 'NotDiscovered');

const paintFor =
  (stream: NodeJS.WriteStream): Paint =>
  (colour, text) =>
    styleText(colour, text, { stream });
