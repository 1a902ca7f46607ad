import { type Measure, median, rounded } from '../figure.ts';
import { runLiftlock } from '../process/run-command.ts';

const RUNS = 9;

/** The command line's start-up; the first run warms the file cache and is not counted. */
export const measure: Measure = async () => {
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const { seconds, exitCode, errors } = await runLiftlock(['--help'], { memory: false });
    if (exitCode !== 0) throw new Error(`liftlock --help ended with ${exitCode}: ${errors}`);
    if (run > 0) times.push(seconds * 1000);
  }
  return [{ name: `bin/liftlock --help, median of ${RUNS}`, value: rounded(median(times)), unit: 'ms', limit: 300 }];
};
