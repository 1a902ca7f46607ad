import { performance } from 'node:perf_hooks';
import { type Batch, jobsOf, type Report } from './many/batch.ts';
import { runJobs } from './many/run-jobs.ts';

const CORES = 2;
const heavy = { faults: 'heavy', target: '1.37' } as const;
/** Small worlds are crowded, and what clusters do to each other comes up more often (simulator/simulate/fleet). */
const small = (runs: number, firstSeed: number): Batch[] =>
  [3, 4, 5, 6].map((clusters, index) => ({
    ...heavy,
    runs: runs / 4,
    clusters,
    firstSeed: firstSeed + (index * runs) / 4,
  }));

/**
 * `npm run simulate`: what a change has to pass. `npm run simulate:long`: ten thousand runs. Last line: N passed, N failed.
 * A fleet of 50 takes ten times as long as a small one, and defects were found in small ones more often: the gate has few large ones.
 */
const GATE: readonly Batch[] = [
  { ...heavy, runs: 40, clusters: 50, firstSeed: 1 },
  { ...heavy, runs: 160, clusters: 10, firstSeed: 10_001 },
  ...small(800, 20_001),
];
const LONG: readonly Batch[] = [
  { ...heavy, runs: 2_000, clusters: 50, firstSeed: 100_001 },
  { ...heavy, runs: 4_000, clusters: 10, firstSeed: 200_001 },
  ...small(2_000, 400_001),
  { ...heavy, faults: 'light', runs: 2_000, clusters: 20, firstSeed: 300_001 },
];

const jobs = jobsOf(process.argv.includes('--long') ? LONG : GATE);
const started = performance.now();
const outcomes = new Map<string, number>();
let failed = 0;
let done = 0;

function told({ job, outcome, problems }: Report): void {
  done += 1;
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (problems.length > 0) {
    failed += 1;
    const { seed, clusters, faults, target } = job;
    console.log(
      `FAIL liftlock simulate --clusters ${clusters} --target ${target} --seed ${seed} --faults ${faults}\n       ${problems.slice(0, 5).join('\n       ')}`,
    );
  }
  if (done % 100 === 0) console.log(`${done} of ${jobs.length} runs, ${seconds()} s`);
}

const seconds = (): number => Math.round((performance.now() - started) / 1000);

await runJobs(jobs, CORES, told);
const counts = [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([outcome, count]) => `${count} ${outcome}`);
console.log(`${counts.join(', ')}; ${seconds()} s`);
console.log(`${jobs.length - failed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
