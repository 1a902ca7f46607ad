import { DAY } from './cron/civil-day.ts';
import { clipped, merged, placeOf, type Span } from './spans.ts';

/** How far a search looks for a change that may never come: ten years. */
export const HORIZON = 3653 * DAY;

/** Until when a search goes on. What is known for certain, such as a dated freeze, is passed over and moves the limit. */
export interface Search {
  limit: number;
}

/** Which instants belong to something that recurs, worked out a month at a time and remembered. */
export interface Coverage {
  covers(instant: number): boolean;
  /** The first covered instant at or after `instant`; null when there is none before the limit. */
  nextCovered(instant: number, search: Search): number | null;
  /** The first instant at or after `instant` that is not covered; null when there is none before the limit. */
  nextUncovered(instant: number, search: Search): number | null;
}

const PART = 32 * DAY;

/** About 8 MB; one year of a window that opens every minute for half of it needs twice that, and is worked out anew. */
const MOST_SPANS = 250_000;

/**
 * `spansIn(from, to)` gives the spans of a stretch, in any order; `passOver` gives the end of a stretch that is certainly
 * not covered and contains the instant, if it knows one.
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
  /** The span of its part that an instant is in, or the next one there. */
  const spanAt = (instant: number): Span | undefined => {
    const spans = part(Math.floor(instant / PART));
    return spans[placeOf(spans, instant)];
  };
  const endOfPart = (instant: number): number => (Math.floor(instant / PART) + 1) * PART;
  // What is always open is asked at every look when it closes, for all of its ten years: the stretch that was looked through last is kept.
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
