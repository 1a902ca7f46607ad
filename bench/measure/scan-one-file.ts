import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measure, median, rounded } from '../figure.ts';
import { runLiftlock } from '../process/run-command.ts';
import { manifestFolder } from '../scan/manifest-folder.ts';

const RUNS = 9;

/** `liftlock scan` of one file, as an editor or a hook runs it: with the compiled modules of the run before, and without any. */
export const measure: Measure = async () => {
  const folder = await manifestFolder(1);
  try {
    // The first run fills the cache and is not counted.
    const cache = await mkdtemp(join(tmpdir(), 'liftlock-cache-'));
    const [, ...warm] = await times(folder.path, RUNS + 1, () => cache);
    const caches: string[] = [];
    const cold = await times(folder.path, RUNS, async () => {
      const empty = await mkdtemp(join(tmpdir(), 'liftlock-cache-'));
      caches.push(empty);
      return empty;
    });
    for (const path of [cache, ...caches]) await rm(path, { recursive: true, force: true });
    return [
      { name: `scan of one file, warm, median of ${RUNS}`, value: rounded(median(warm)), unit: 'ms', limit: 300 },
      { name: `scan of one file, cold, median of ${RUNS}`, value: rounded(median(cold)), unit: 'ms', limit: 700 },
    ];
  } finally {
    await folder.remove();
  }
};

async function times(path: string, runs: number, cacheOf: () => string | Promise<string>): Promise<number[]> {
  const found: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const env = { NODE_COMPILE_CACHE: await cacheOf() };
    const argv = ['scan', '--manifests', path, '--target', '1.36'];
    const { seconds, exitCode, errors } = await runLiftlock(argv, { env, memory: false });
    if (exitCode !== 3) throw new Error(`The scan ended with ${exitCode}: ${errors}`);
    found.push(seconds * 1000);
  }
  return found;
}
