/** One warm process: loads the mutants of a room once, says which test covers which, then tries those that it is sent. */
import { performance } from 'node:perf_hooks';
import { instrument } from './instrument.ts';
import { reaching } from './reach.ts';
import { beginGeneration, runFile, serve, switches } from './warm-tests.ts';

export interface Begin {
  readonly type: 'begin';
  readonly root: string;
  readonly files: readonly string[];
}
export interface Cover {
  readonly type: 'cover';
  readonly tests: readonly string[];
}
export interface TestsOfFile {
  readonly file: string;
  /** The places of those that are run; absent = all of them. */
  readonly places?: readonly number[] | undefined;
  /** What each of its tests took without a mutant, by its place. */
  readonly milliseconds: readonly number[];
}
export interface Try {
  readonly type: 'try';
  readonly mutant: string;
  readonly file: string;
  readonly tests: readonly TestsOfFile[];
  readonly hitLimit: number;
}
export interface Tried {
  readonly killedBy?: { readonly file: string; readonly test: string; readonly why: string };
  readonly seconds: number;
  readonly megabytes: number;
}
export interface Covered {
  /** Per file of tests, the milliseconds of each of its tests. */
  readonly milliseconds: Readonly<Record<string, readonly number[]>>;
  readonly failed: readonly string[];
  readonly static: Readonly<Record<string, number>>;
  readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A test that takes so many times what it took without a mutant, and this long, does not end. */
const TIMES = 5;
const LEAST_MILLISECONDS = 3000;

const longest = (took: number): number => Math.max(LEAST_MILLISECONDS, TIMES * took);

const milliseconds: Record<string, readonly number[]> = {};
let reachedFrom: ReturnType<typeof reaching>;

async function begin({ root, files }: Begin): Promise<unknown> {
  const { code } = await instrument(root, files);
  serve(code);
  reachedFrom = reaching(root);
  return {};
}

async function cover({ tests }: Cover): Promise<Covered> {
  const failed: string[] = [];
  for (const file of tests) {
    const run = await runFile(file, 'all');
    milliseconds[file] = run.milliseconds;
    if (run.killer !== undefined) failed.push(`${file}: ${run.killer} ${String(run.why)}`);
  }
  const { static: loaded = {}, perTest = {} } = switches.mutantCoverage ?? {};
  return { milliseconds, failed, static: loaded, perTest };
}

async function attempt({ mutant, file, tests, hitLimit }: Try): Promise<Tried> {
  const began = performance.now();
  beginGeneration(reachedFrom(file));
  Object.assign(switches, { activeMutant: mutant, hitCount: 0, hitLimit });
  let killedBy: Tried['killedBy'];
  for (const { file: test, places, milliseconds } of tests) {
    const { killer, why } = await runFile(
      test,
      places === undefined ? 'all' : new Set(places),
      milliseconds.map(longest),
    );
    if (killer === undefined) continue;
    killedBy = { file: test, test: killer, why: String(why).slice(0, 300) };
    break;
  }
  delete switches.activeMutant;
  const megabytes = process.memoryUsage().rss / 1e6;
  return { ...(killedBy && { killedBy }), seconds: (performance.now() - began) / 1000, megabytes };
}

process.on('message', (message: Begin | Cover | Try) => {
  const answer =
    message.type === 'begin' ? begin(message) : message.type === 'cover' ? cover(message) : attempt(message);
  answer.then(
    (said) => process.send?.(said),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
