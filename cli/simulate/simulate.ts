import { writeFile } from 'node:fs/promises';
import { didYouMean } from '../../core/config/did-you-mean.ts';
import { type ConfigFile, readYaml } from '../../core/config/read-yaml.ts';
import { shellWord } from '../../core/model/shell-word.ts';
import { visible } from '../../core/model/visible.ts';
import { some } from '../../core/model/words.ts';
import { isTargetMinor } from '../../core/version/target.ts';
import { supportCalendarData } from '../../simulator/eks/support-calendar-data.ts';
import { planFaults } from '../../simulator/simulate/faults/plan-faults.ts';
import { type FaultLevel, faultText } from '../../simulator/simulate/faults/planned-fault.ts';
import { prepareSimulation } from '../../simulator/simulate/run/prepare-simulation.ts';
import { runSimulation, type SimulationResult } from '../../simulator/simulate/run/run-simulation.ts';
import { type Simulation, simulation } from '../../simulator/simulate/run/simulation.ts';
import { type UnknownName, unknownNames } from '../../simulator/simulate/run/unknown-names.ts';
import { type Shrunk, shrinkSimulation } from '../../simulator/simulate/shrink/shrink-simulation.ts';
import { EXIT, type ExitCode, type Failure, invalid } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { print, tableLines } from '../output/print.ts';
import { targetOf } from '../plan/read-input.ts';
import { notUsable, parsePrinted, readText } from '../verbs/read-text.ts';

interface SimulateOptions extends OutputOption {
  readonly fleet?: string;
  readonly clusters: number;
  readonly target?: string;
  readonly seed: number;
  readonly faults: FaultLevel;
  readonly runs?: number;
  readonly replay?: string;
  readonly shrink: boolean;
}

/** Runs the requested simulations, one after the other, and prints one document. Exit 1 when any run violated an invariant. */
export async function simulate(session: Session, options: SimulateOptions): Promise<ExitCode> {
  const results: SimulationResult[] = [];
  const first = options.replay === undefined ? options.seed : undefined;
  for (let index = 0; index < (options.runs ?? 1) && !session.io.interrupted.aborted; index += 1) {
    const simulation =
      first === undefined ? await readReplay(options.replay ?? '') : await planned(options, first + index);
    const { result } = await runSimulation(simulation).catch(refused);
    results.push(result);
    if (result.violations.length > 0) await tell(session, simulation, result, options);
  }
  const document = options.runs === undefined ? results[0] : { runs: results };
  await print(session, options.output, document, () => resultLines(results));
  if (session.io.interrupted.aborted) return EXIT.interrupted;
  return results.some((result) => result.violations.length > 0) ? EXIT.failure : EXIT.ok;
}

async function planned(options: SimulateOptions, seed: number): Promise<Simulation> {
  if (options.fleet !== undefined && options.target !== undefined) targetOf(options.target);
  const fleet =
    options.fleet === undefined
      ? { clusters: options.clusters, target: minorOf(options.target) }
      : { folder: options.fleet, ...(options.target === undefined ? {} : { target: options.target }) };
  const { state } = await prepareSimulation({ seed, fleet }).catch(refused);
  return { seed, fleet, faults: planFaults(options.faults, seed, state) };
}

/** The target minor of a synthetic fleet: by default the newest that the simulated EKS knows. */
function minorOf(target = supportCalendarData.at(-1)?.minor ?? ''): string {
  if (isTargetMinor(target)) return target;
  throw invalid(
    `liftlock: --target is "${target}"; write a minor such as 1.36. Only with --fleet it may be latest or latest-1.`,
  );
}

/** Writes the shortest history that violates the same invariant into a file, and says how to run it again. */
async function tell(
  session: Session,
  simulation: Simulation,
  result: SimulationResult,
  options: SimulateOptions,
): Promise<void> {
  const [violation] = result.violations;
  if (violation === undefined) return;
  const shrunk =
    options.shrink && options.replay === undefined
      ? await shrinkSimulation(simulation, violation)
      : { simulation, violation, runs: 0 };
  const path = options.replay ?? `simulation-${result.seed}.json`;
  if (options.replay === undefined) await writeFile(path, `${JSON.stringify(shrunk.simulation, null, 2)}\n`);
  session.io.err(`${shrunkLines(shrunk, path).join('\n')}\n`);
}

/** The runs as a table, with the violations below it. */
function resultLines(results: readonly SimulationResult[]): string[] {
  const rows = results.map(({ seed, outcome, clusters, virtualHours, wallMs, events, mutations, violations }) => [
    String(seed),
    outcome,
    ...[clusters.upgraded, clusters.failed, clusters.held, clusters.excluded].map(String),
    virtualHours.toFixed(1),
    String(wallMs),
    String(events),
    String(mutations),
    String(violations.length),
  ]);
  const broken = results.flatMap(({ seed, violations }) =>
    violations.map(({ invariant, message }) => visible(`seed ${seed}: ${invariant}: ${message}`)),
  );
  return [...tableLines(HEADINGS, rows), ...broken];
}

const HEADINGS = [
  'SEED',
  'OUTCOME',
  'UPGRADED',
  'FAILED',
  'HELD',
  'EXCLUDED',
  'HOURS',
  'WALL MS',
  'EVENTS',
  'MUTATIONS',
  'VIOLATIONS',
];

/** The shortest history of a violation, and how to run it again. */
function shrunkLines({ simulation, violation, runs }: Shrunk, path: string): string[] {
  const { seed, faults, only } = simulation;
  const clusters = only === undefined ? [] : [`  clusters: ${only.join(', ')}`];
  const how = runs === 0 ? '' : ` (the shortest history found in ${runs} runs)`;
  return [
    `seed ${seed} breaks ${violation.invariant}${how}: ${violation.message}`,
    ...clusters,
    ...(faults.length === 0 ? ['  without any fault'] : faults.map((fault) => `  ${faultText(fault)}`)),
    `Run it again: liftlock simulate --replay ${shellWord(path)}`,
  ].map(visible);
}

/** The number of names that are shown as examples. */
const MOST_NAMES = 5;

/** Reads a run that `simulate` has written; its fleet must have all its names. Exit 2 for anything else. */
export async function readReplay(path: string): Promise<Simulation> {
  const file = { path, text: await readText(path) };
  const replay = parsePrinted(file, simulation, {
    what: 'a run of this release',
    give: 'Give the simulation-SEED.json that liftlock simulate wrote when a run broke an invariant.',
  });
  const { seed, fleet } = replay;
  const unknown = unknownNames(replay, await prepareSimulation({ seed, fleet }).catch(refused));
  if (unknown.length > 0) throw notInFleet(file, unknown);
  return replay;
}

function notInFleet(file: ConfigFile, unknown: readonly UnknownName[]): Failure {
  const [document] = readYaml(file, file.text.length).documents;
  const issues = unknown.flatMap((one) => document?.issue('error', one.path, wordsOf(one)) ?? []);
  return notUsable(
    issues,
    `liftlock: ${visible(file.path)} names what is not in its fleet, so that it would prove nothing. Correct the names above.`,
  );
}

function wordsOf({ kind, name, known }: UnknownName): string {
  const meant = didYouMean(name, known);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `there is no ${kind} "${name}" in the fleet.${hint} It has ${some(known, MOST_NAMES)}.`;
}

/** Reports a request that is invalid to the user. */
function refused(error: unknown): never {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  if (name === 'InvalidInput' || name === 'InvalidVersion')
    throw invalid(`${message}\nliftlock: nothing can be simulated with errors. Correct those above.`);
  throw error;
}
