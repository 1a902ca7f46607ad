import { Temporal } from 'temporal-polyfill';
import { remembered } from '../model/remembered.ts';

/** A change of a zone's clocks at `at`. `before` and `after` are the milliseconds to add to UTC. */
export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/**
 * An IANA time zone. Local times are milliseconds since 1970-01-01T00:00 on the wall clock; instants are milliseconds
 * since the epoch.
 */
export interface TimeZone {
  readonly id: string;
  /** Milliseconds to add to UTC. */
  offsetAt(instant: number): number;
  /** The changes with `from` ≤ `at` < `to`, in order. */
  changes(from: number, to: number): readonly ClockChange[];
  /**
   * The instants that have this local time, in order: usually one, or two where the clocks repeat it. Where the clocks skip it there is none, and
   * `gap` is the first instant after the skipped time.
   */
  instantsOf(local: number): { readonly instants: readonly number[]; readonly gap?: number };
}

/**
 * The zone of this name; undefined when there is none. Offsets such as `+02:00` are no zone, because they have no summer time. The data of the
 * runtime do not change while it runs, so remembering a zone changes no answer.
 */
export const timeZone = remembered((name: string) => (/^[A-Za-z]/.test(name) ? load(name) : undefined));

export const unknownZone = (name: string): string =>
  `"${name}" is no time zone that is known here: write an IANA name, such as Europe/Berlin.`;

/** More than the offset of any zone and than any clock change. An instant of a local day lies within this of the same day in UTC. */
export const FAR = 26 * 3_600_000;

function load(name: string): TimeZone | undefined {
  try {
    zoned(name, 0);
  } catch {
    return undefined;
  }
  return zoneOf(name);
}

/** A zone whose name is known to be valid. */
function zoneOf(name: string): TimeZone {
  const yearOf = remembered((year: number) => readYear(name, year));
  const offsetAt = (instant: number): number => {
    const { offset, changes } = yearOf(new Date(instant).getUTCFullYear());
    let found = offset;
    for (const change of changes) if (change.at <= instant) found = change.after;
    return found;
  };
  const changes = (from: number, to: number): ClockChange[] => {
    const found: ClockChange[] = [];
    const last = new Date(to - 1).getUTCFullYear();
    for (let year = new Date(from).getUTCFullYear(); year <= last; year += 1) {
      for (const change of yearOf(year).changes) if (change.at >= from && change.at < to) found.push(change);
    }
    return found;
  };
  return {
    id: name,
    offsetAt,
    changes,
    instantsOf(local) {
      const near = changes(local - FAR, local + FAR);
      const offsets = new Set([offsetAt(local - FAR), ...near.map(({ after }) => after)]);
      const instants = [...offsets].map((offset) => local - offset).filter((at) => at + offsetAt(at) === local);
      if (instants.length > 0) return { instants: instants.sort((a, b) => a - b) };
      const gap = near.find(({ at, before, after }) => at + before <= local && local < at + after);
      return gap === undefined ? { instants: [] } : { instants: [], gap: gap.at };
    },
  };
}

export const UTC = zoneOf('UTC');

function zoned(name: string, instant: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name);
}

/** The offset in force right before a year, and the changes in it. */
function readYear(name: string, year: number): { offset: number; changes: ClockChange[] } {
  const end = Date.UTC(year + 1, 0, 1);
  // Begins a millisecond earlier, because a change at the very start of the year belongs to it.
  let cursor = zoned(name, Date.UTC(year, 0, 1) - 1);
  const offset = milliseconds(cursor);
  const changes: ClockChange[] = [];
  for (let before = offset; ; ) {
    const next = cursor.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds >= end) return { offset, changes };
    const after = milliseconds(next);
    if (after !== before) changes.push({ at: next.epochMilliseconds, before, after });
    before = after;
    cursor = next;
  }
}

const milliseconds = (at: Temporal.ZonedDateTime): number => at.offsetNanoseconds / 1e6;
