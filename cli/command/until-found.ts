import { EXIT, Failure } from './failure.ts';
import type { Io } from './io.ts';

const LOOK_MILLISECONDS = 1_000;

/**
 * Repeats a request once a second until it finds something. Returns the exit code when the time is over or Ctrl-C was pressed. A failure that may
 * pass is told and does not end the wait.
 */
export async function untilFound<Found extends object>(
  io: Io,
  seconds: number,
  look: () => Promise<Found | undefined>,
): Promise<Found | typeof EXIT.timedOut | typeof EXIT.interrupted> {
  const until = performance.now() + seconds * 1_000;
  let told = '';
  for (;;) {
    let passing: Failure | undefined;
    const found = await look().catch((error: unknown) => {
      if (!(error instanceof Failure && error.mayPass)) throw error;
      passing = error;
      return undefined;
    });
    if (found !== undefined) return found;
    const isOver = performance.now() > until;
    if (passing !== undefined && isOver) throw passing;
    if (passing !== undefined && passing.message !== told) io.err(`${passing.message}\n`);
    told = passing?.message ?? told;
    if (isOver) return EXIT.timedOut;
    await io.sleep(LOOK_MILLISECONDS);
    if (io.interrupted.aborted) return EXIT.interrupted;
  }
}
