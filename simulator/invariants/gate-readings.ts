import type { GateShown } from '../process/in-memory-gates.ts';
import { SKEW_MILLISECONDS } from './check-history.ts';

/** A reading counts for five minutes (semantics.md, Soak); ticks are a minute apart. */
const FRESH_MILLISECONDS = 5 * 60_000;

/** What was wrong with gates at `at`, and since `since`. Undefined readings: nobody kept them, so nothing can be said. */
export function gateProblems(
  readings: readonly GateShown[] | undefined,
  gates: readonly string[],
  at: number,
  since: number,
): string[] {
  if (readings === undefined) return [];
  return gates.flatMap((gate) => {
    const own = readings.filter((one) => one.gate === gate && one.at <= at);
    const last = own.at(-1);
    if (last === undefined || at - last.at > FRESH_MILLISECONDS + SKEW_MILLISECONDS)
      return [`its gate ${gate} had not been read for five minutes`];
    if (last.status !== 'green') return [`its gate ${gate} was ${last.status}`];
    const during = own.find((one) => one.at > since && one.status !== 'green');
    return during === undefined
      ? []
      : [`its gate ${gate} was ${during.status} at ${new Date(during.at).toISOString()}, which starts the soak again`];
  });
}
