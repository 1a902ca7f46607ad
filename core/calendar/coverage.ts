import { DAY } from './cron/civil-day.ts';
import { clipped, merged, placeOf, type Span } from './spans.ts';

/** How far a search looks for a change that may never come: ten years. */
export const HORIZON = 3653 * DAY;

/** The limit of a search. A span that is known for certain, such as a dated freeze, is skipped and moves the limit. */
export interface Search {
  limit: number;
}

/** Which instants are covered by spans that recur. They are computed a month at a time and remembered. */
export interface Coverage {
  covers(instant: number): boolean;
  /** The first covered instant at or after `instant`; null when there is none before the limit. */
  nextCovered(instant: number, search: Search): number | null;
  /** The first instant at or after `instant` that is not covered; null when there is none before the limit. */
  nextUncovered(instant: number, search: Search): number | null;
}

const PART = 32 * DAY;

/** About 8 MB. One year of a window that opens every minute for half of it takes twice that, and is computed again. */
const MOST_SPANS = 250_000;

/**
 * `spansIn(from, to)` returns the spans between two instants, in any order. `passOver` returns the end of an uncovered span around the instant, if it
 * knows one.
 */
export function coverageOf(
  spansIn: (from: number, to: number) => readonly Span[],
  passOver: (instant: number) => number | undefined = () => undefined,
): Coverage {
  const parts = new Map<number, readonly Span[]>();
  let kept = 0;
  const part = (number: number): readonly Span[] => {
    const known = parts.get(number);
    if (known !== undefined) return known;
    const from = number * PART;
    const spans = clipped(merged(spansIn(from, from + PART)), from, from + PART);
    if (kept > MOST_SPANS) {
      parts.clear();
      kept = 0;
    }
    parts.set(number, spans);
    kept += spans.length + 1;
    return spans;
  };
  /** The span in the same part that contains the instant, or else the next one there. */
  const spanAt = (instant: number): Span | undefined => {
    const spans = part(Math.floor(instant / PART));
    return spans[placeOf(spans, instant)];
  };
  const endOfPart = (instant: number): number => (Math.floor(instant / PART) + 1) * PART;
  // At every look, a calendar that is always open is searched for its closing over ten years. So the last span that was searched is kept.
  let covered: Span = { from: 0, to: 0 };
  return {
    covers(instant) {
      const span = spanAt(instant);
      return span !== undefined && span.from <= instant;
    },
    nextCovered(instant, search) {
      for (let at = instant; at < search.limit; ) {
        const span = spanAt(at);
        if (span !== undefined) return Math.max(at, span.from);
        const end = passOver(at);
        if (end !== undefined) search.limit = Math.max(search.limit, end + HORIZON);
        at = Math.max(endOfPart(at), end ?? 0);
      }
      return null;
    },
    nextUncovered(instant, search) {
      let at = instant;
      let from = instant;
      if (covered.from <= instant && instant < covered.to) ({ from, to: at } = covered);
      while (at < search.limit) {
        const span = spanAt(at);
        if (span === undefined || span.from > at) break;
        at = span.to;
      }
      covered = { from, to: at };
      return at < search.limit ? at : null;
    },
  };
}
