import type { Io } from './io.ts';
import { EXIT, Failure } from './session.ts';

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
    const found = await look().catch((error: unknown) => {
      if (!(error instanceof Failure && error.mayPass) || performance.now() > until) throw error;
      if (error.message !== told) io.err(`${error.message}\n`);
      told = error.message;
      return undefined;
    });
    if (found !== undefined) return found;
    if (performance.now() > until) return EXIT.timedOut;
    await io.sleep(LOOK_MILLISECONDS);
    if (io.interrupted.aborted) return EXIT.interrupted;
  }
}
