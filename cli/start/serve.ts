import { interruption } from '../io.ts';
import { writeOut } from '../output/streams.ts';
import type { LocalRun } from './local-run.ts';
import { plainLines } from './plain-lines.ts';

/** While people type commands, a minute of the fleet takes a second. */
const SERVING_SPEED = 60;
const FOREVER_MILLISECONDS = 10 * 365 * 86_400_000;

/** Keeps the fleet alive and its services open on this machine until Ctrl-C or SIGTERM. */
export async function serve(run: LocalRun, speed: number = SERVING_SPEED): Promise<void> {
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
