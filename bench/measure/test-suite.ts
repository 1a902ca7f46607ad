import { type Measure, rounded } from '../figure.ts';
import { runCommand } from '../process/run-command.ts';

/** `npm test` as a person runs it, npm's own processes and all workers included. */
export const measure: Measure = async () => {
  const run = await runCommand('npm', ['test', '--silent'], { memory: { of: 'tree', every: 250 } });
  if (run.exitCode !== 0) throw new Error(`npm test ended with ${run.exitCode}: ${run.errors}`);
  return [
    { name: 'npm test', value: rounded(run.seconds), unit: 's', limit: 150 },
    {
      name: 'npm test, peak memory of all its processes',
      value: Math.round(run.peakBytes / 2 ** 20),
      unit: 'MiB',
      limit: 3_072,
    },
  ];
};
