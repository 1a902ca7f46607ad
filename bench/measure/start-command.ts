import { type Measure, rounded } from '../figure.ts';
import { runCommand } from '../process/run-command.ts';

/** `npm start` as a person runs it on the example fleet, npm's own processes included. */
export const measure: Measure = async () => {
  const run = await runCommand('npm', ['start'], 100);
  if (run.exitCode !== 0) throw new Error(`npm start ended with ${run.exitCode}: ${run.errors}`);
  return [
    { name: 'npm start, example fleet', value: rounded(run.seconds), unit: 's', limit: 60 },
    {
      name: 'npm start, peak memory of all its processes',
      value: Math.round(run.peakBytes / 2 ** 20),
      unit: 'MiB',
      limit: 1024,
    },
  ];
};
