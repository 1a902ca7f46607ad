import type { VirtualClock } from '../clock/virtual-clock.ts';
import { isAtRest } from './at-rest.ts';
import type { RunView } from './run-view.ts';

export interface RunOptions {
  /** The run ends here at the latest. */
  readonly until: Date;
  /** It ends earlier once nothing has moved for so many hours, and nothing outside is expected any more. */
  readonly quietHours?: number;
  /** It does not end before this, however quiet it is: something is still to come that nobody can see. */
  readonly notBefore?: Date;
  /** It does not end while this says that something is still to come: an answer of somebody outside. */
  readonly isExpected?: () => boolean;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
  /** People who answer: looked at every ten minutes; true while an answer is still to come. */
  readonly people?: () => Promise<boolean>;
  /** Whoever sets it going again once it is at rest; true = something was done. */
  readonly onRest?: () => Promise<boolean>;
}

const STEP_MILLISECONDS = 10 * 60_000;

/** Runs the clock until the fleet is at rest. Gives whether it came to rest in time. */
export async function untilRest(view: RunView, clock: VirtualClock, options: RunOptions): Promise<boolean> {
  const quietMilliseconds = (options.quietHours ?? 3) * 3_600_000;
  let quietSince: number | undefined;
  while (clock.now() < options.until && options.signal?.aborted !== true) {
    await clock.runUntil(new Date(clock.now().getTime() + STEP_MILLISECONDS), options.signal);
    const now = clock.now().getTime();
    const early = options.notBefore !== undefined && now < options.notBefore.getTime();
    const answers = (await options.people?.()) ?? false;
    const expected = early || answers || options.isExpected?.() === true;
    // Whether it rests is not asked where the end comes before it has rested for long enough.
    const ends = (quietSince ?? now) + quietMilliseconds > options.until.getTime() + STEP_MILLISECONDS;
    if (expected || ends || !(await isAtRest(view, options.until))) quietSince = undefined;
    else quietSince ??= now;
    if (quietSince === undefined || now - quietSince < quietMilliseconds) continue;
    if ((await options.onRest?.()) !== true) return true;
    quietSince = undefined;
  }
  return false;
}
