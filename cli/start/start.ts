import { open, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { given } from '../../core/model/given.ts';
import { counted } from '../../core/model/words.ts';
import { type PreparedFleet, prepareFleet } from '../../simulator/process/prepare-fleet.ts';
import { GiveApprovals, StandInPeople } from '../../simulator/process/stand-in-people.ts';
import type { RunReport } from '../../simulator/report/report-types.ts';
import { runReport } from '../../simulator/report/run-report.ts';
import { EXIT, type ExitCode } from '../command/failure.ts';
import { interruption } from '../command/io.ts';
import type { Session } from '../command/session.ts';
import { writeError, writeOut } from '../command/streams.ts';
import { USUAL_WIDTH } from '../output/print.ts';
import { LiveView } from './live-view.ts';
import type { LocalRun, StartLocalRun } from './local-run.ts';
import { plainLines } from './plain-lines.ts';
import { renderHtml } from './render-html.ts';
import { renderText } from './render-text.ts';

const EXAMPLE_FLEET = fileURLToPath(new URL('../../examples/fleet', import.meta.url));

interface StartOptions {
  readonly fleet: string;
  readonly output: 'table' | 'json';
  readonly html?: string;
  readonly seed: number;
  readonly speed?: number;
  readonly days: number;
  readonly live?: boolean;
  readonly serve?: number | true;
  readonly inProcess?: boolean;
  readonly timings?: boolean;
}

/** Runs a fleet folder to its report. Returns the exit code: 0 when every cluster is at its target or has a reason, 1 otherwise, 2 for bad input. */
export async function start({ paint }: Session, options: StartOptions): Promise<ExitCode> {
  if (options.output !== 'table' && options.output !== 'json') {
    writeError(`liftlock start: -o ${String(options.output)} is not known. Use table or json.\n`);
    return EXIT.invalid;
  }
  const live = options.live !== false && process.stdout.isTTY === true && options.output === 'table';
  const timings = new Timings();
  if (options.output === 'table') writeError(`Reading ${options.fleet} …\n`);
  let prepared: PreparedFleet;
  let run: LocalRun;
  try {
    if (options.html !== undefined) await assertWritable(options.html);
    prepared = await prepareFleet(options.fleet, { defaultNow: new Date() });
    timings.end('read the fleet');
    if (options.output === 'table' && options.inProcess !== true)
      writeError('Synthesizing the templates, unless they are kept, and starting the local cloud …\n');
    run = await startRun(prepared, options, (note) => writeError(`${note}\n`));
    timings.end('templates, local cloud, configuration');
  } catch (error) {
    writeError(`${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.invalid;
  }
  try {
    for (const warning of prepared.warnings) writeError(`${warning}\n`);
    if (options.output === 'table') writeOut(introduction(options.fleet, prepared, run));
    const people = new StandInPeople(run, run.person);
    const view = live ? new LiveView(run, process.stdout, paint) : undefined;
    const rested = await runToRest(run, prepared, options, people, view);
    timings.end('rollouts');
    const report = await runReport(run, prepared.loaded, rested, people.said, {
      html: options.html,
      serve: options.serve !== undefined,
      ownFleet: resolve(options.fleet) === EXAMPLE_FLEET ? undefined : options.fleet,
    });
    const conclusion = await run.conclusion();
    if (options.html !== undefined) {
      await writeFile(options.html, renderHtml(report));
      writeError(`The report is in ${options.html}.\n`);
    }
    if (options.output === 'json') writeOut(`${JSON.stringify(report, undefined, 2)}\n`);
    else
      writeOut(
        [
          renderText(report, { paint, columns: process.stdout.columns ?? USUAL_WIDTH }),
          ...people.said.map((said) => `${said}\n`),
        ].join(''),
      );
    const lines = conclusion.lines.map((line) => `${line}\n`).join('');
    (options.output === 'json' ? writeError : writeOut)(lines);
    timings.end('report');
    if (options.timings === true) writeError(timings.table());
    if (options.output === 'table') writeOut(`Took ${timings.total()}.\n`);
    if (!anyDiscovered(report))
      writeError('Liftlock discovered none of the clusters: look at the accounts and regions of the Fleet.\n');
    if (options.serve !== undefined) await serve(run, options.speed);
    return conclusion.ok && rested && isGood(report) ? 0 : 1;
  } finally {
    await run.close();
  }
}

async function startRun(
  prepared: PreparedFleet,
  options: StartOptions,
  onNote: (note: string) => void,
): Promise<LocalRun> {
  const port = options.serve === true ? 0 : options.serve;
  const engine: StartLocalRun = options.inProcess
    ? (await import('./in-process-run.ts')).startInProcess
    : (await import('./cloud-run.ts')).startInCloud;
  return engine(prepared, { seed: options.seed, onNote, ...given({ speed: options.speed, port }) });
}

function introduction(folder: string, { loaded }: PreparedFleet, run: LocalRun): string {
  const clusters = Object.keys(loaded.state.clusters).length;
  return `Liftlock upgrades ${counted(clusters, 'cluster')} from ${folder} ${run.introduction.join(' ')}: no AWS account, virtual time from ${loaded.now.toISOString()}.\n`;
}

/** Whether the fleet came to rest before its last day. */
async function runToRest(
  run: LocalRun,
  { loaded }: PreparedFleet,
  options: StartOptions,
  others: StandInPeople,
  view: LiveView | undefined,
): Promise<boolean> {
  if (view === undefined) run.onEvent = plainLines(options.output === 'json' ? writeError : writeOut);
  view?.begin();
  const until = new Date(loaded.now.getTime() + options.days * 86_400_000);
  const people = new GiveApprovals(run, loaded.approvals, run.person.approve);
  const onRest = () => others.act();
  return run.untilRest({ until, quietHours: 1, people: () => people.look(), onRest }).finally(() => view?.end());
}

/** While users type commands, a minute of the fleet takes a second. */
const SERVING_SPEED = 60;
const FOREVER_MILLISECONDS = 10 * 365 * 86_400_000;

/** Keeps the fleet running and its services open on this machine until Ctrl-C or SIGTERM. */
async function serve(run: LocalRun, speed: number = SERVING_SPEED): Promise<void> {
  writeOut(
    [
      '',
      `It goes on; one second is ${speed} seconds of the fleet. In another terminal:`,
      ...run.exports.map((line) => `  ${line}`),
      '  bin/liftlock get clusters',
      'Ctrl-C ends it.',
      '',
    ].join('\n'),
  );
  run.onEvent = plainLines(writeOut);
  const signal = interruption();
  run.clock.changeSpeed(speed);
  const until = new Date(run.clock.now().getTime() + FOREVER_MILLISECONDS);
  await run.untilRest({ until, quietHours: Number.POSITIVE_INFINITY, signal });
}

async function assertWritable(path: string): Promise<void> {
  try {
    await (await open(path, 'a')).close();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The report cannot be written to ${path}: ${why}. Name a file in a folder that is there.`);
  }
}

/** It is no success when none of the folder's clusters was discovered. */
const isGood = (report: RunReport): boolean =>
  anyDiscovered(report) && report.explained && report.violations.length === 0;

const anyDiscovered = (report: RunReport): boolean =>
  report.clusters.some(({ status }) => status !== 'NotInFleet' && status !== 'NotDiscovered');

/** Measures the parts of a start, one after the other; the first begins with the process, which loads its code. */
class Timings {
  readonly #parts: { readonly name: string; readonly milliseconds: number }[] = [];
  #last = 0;

  constructor() {
    this.end('load the command');
  }

  /** Ends a part and begins the next one. */
  end(name: string): void {
    const now = performance.now();
    this.#parts.push({ name, milliseconds: now - this.#last });
    this.#last = now;
  }

  /** `12.3 s`. */
  total(): string {
    return seconds(this.#last);
  }

  table(): string {
    const width = Math.max(...this.#parts.map(({ name }) => name.length));
    const rows = this.#parts.map(({ name, milliseconds }) => `  ${name.padEnd(width)}  ${seconds(milliseconds)}\n`);
    return `Timings\n${rows.join('')}`;
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
