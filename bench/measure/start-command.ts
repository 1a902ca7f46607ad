import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, type Measure, median, rounded } from '../figure.ts';
import { type CommandRun, runCommand } from '../process/run-command.ts';

const SAMPLE_MILLISECONDS = 50;
const RUNS = 5;
/** What was synthesized before (simulator/cloud/kept-assembly.ts). */
const ASSEMBLIES = fileURLToPath(new URL('../../node_modules/.cache/liftlock-assemblies', import.meta.url));

/**
 * `npm start` as a person runs it on the example fleet, npm's own processes included: cold, with nothing synthesized and no compiled module left by
 * an earlier run, as in a fresh clone; warm; and in one process.
 */
export const measure: Measure = async () => {
  const cache = await mkdtemp(join(tmpdir(), 'liftlock-bench-'));
  try {
    await rm(ASSEMBLIES, { recursive: true, force: true });
    const cold = await started([], cache);
    const warm = await repeated(() => started([], cache));
    const inProcess = await repeated(() => started(['--in-process'], cache));
    return [
      { name: 'npm start, example fleet, cold', value: rounded(cold.seconds), unit: 's', limit: 20 },
      seconds('npm start, example fleet, warm', warm, 12),
      {
        name: 'npm start, peak memory of all its processes',
        value: Math.round(Math.max(...[cold, ...warm].map(({ peakBytes }) => peakBytes)) / 2 ** 20),
        unit: 'MiB',
        limit: 700,
        note: 'the most of all runs',
      },
      seconds('npm start -- --in-process', inProcess, 2.5),
    ];
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
};

async function started(options: readonly string[], cache: string): Promise<CommandRun> {
  const env = { NODE_COMPILE_CACHE: cache };
  const run = await runCommand('npm', ['start', '--', ...options], {
    env,
    memory: { of: 'tree', every: SAMPLE_MILLISECONDS },
  });
  if (run.exitCode !== 0) throw new Error(`npm start ended with ${run.exitCode}: ${run.errors}`);
  return run;
}

async function repeated(run: () => Promise<CommandRun>): Promise<CommandRun[]> {
  const runs: CommandRun[] = [];
  while (runs.length < RUNS) runs.push(await run());
  return runs;
}

function seconds(name: string, runs: readonly CommandRun[], limit: number): Figure {
  const value = rounded(median(runs.map((run) => run.seconds)));
  return { name, value, unit: 's', limit, note: `median of ${RUNS}` };
}
