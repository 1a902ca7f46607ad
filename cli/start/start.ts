import { writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { styleText } from 'node:util';
import { runWorld } from '../../simulator/process/run-world.ts';
import { startFleet } from '../../simulator/process/start-fleet.ts';
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
  try {
    started = await startFleet(options.fleet, { seed: options.seed, ...(speed === undefined ? {} : { speed }) });
  } catch (error) {
    notes.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return USAGE;
  }
  const { world, loaded } = started;
  for (const warning of started.warnings) notes.write(`${warning}\n`);
  if (options.output === 'table') {
    const clusters = Object.keys(loaded.state.clusters).length;
    out.write(
      `Liftlock upgrades ${clusters} clusters from ${options.fleet} in one process: no AWS account, virtual time from ${loaded.now.toISOString()}.\n`,
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
  if (options.serve !== undefined) {
    const { serveWorld } = await import('./serve.ts');
    await serveWorld(world, options.serve === true ? 0 : options.serve, options.speed);
  }
  return exitCode(report);
}

function exitCode(report: RunReport): number {
  return report.rested && report.explained && report.violations.length === 0 ? 0 : 1;
}

const paintFor =
  (stream: NodeJS.WriteStream): Paint =>
  (colour, text) =>
    styleText(colour, text, { stream });
