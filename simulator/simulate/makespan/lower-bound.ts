import { calendarStateAt } from '../../../core/calendar/calendar-state.ts';
import type { CompiledCalendar } from '../../../core/calendar/compile-calendar.ts';
import { nextOpenings } from '../../../core/calendar/next-openings.ts';

/** The limits of one wave whose clusters all take equally long. Durations in milliseconds. */
export interface BoundedWave {
  /** For each limit, the number of clusters under it, and how many of them may run at once: the wave's concurrency, every cap. */
  readonly limits: readonly { readonly clusters: number; readonly atOnce: number }[];
  /** The length of one upgrade. */
  readonly duration: number;
  /** Its estimated length, which must be left of a window when it begins. */
  readonly estimate: number;
  readonly calendars: readonly CompiledCalendar[];
  /** From the wave's last success until the next wave may begin. */
  readonly soak: number;
}

/**
 * The earliest instant at which any schedule could have upgraded all waves that begin at `start`. A limit of k over n clusters needs ⌈n/k⌉ rounds:
 * the (j·k + 1)-th cluster begins after one of the first j·k has ended, so after j rounds that each began as soon as a window was open for long
 * enough. The slowest limit counts, and waves follow each other with soaks between them.
 */
export function lowerBound(waves: readonly BoundedWave[], start: Date): Date {
  let begin = start.getTime();
  let end = begin;
  for (const wave of waves) {
    const rounds = Math.max(0, ...wave.limits.map(({ clusters, atOnce }) => Math.ceil(clusters / atOnce)));
    end = begin;
    for (let round = 0; round < rounds; round += 1) end = earliestBegin(wave, end) + wave.duration;
    begin = rounds === 0 ? begin : end + wave.soak;
  }
  return new Date(end);
}

/** Infinity when no opening is long enough. */
function earliestBegin({ calendars, estimate }: BoundedWave, from: number): number {
  if (calendars.length === 0) return from;
  const { open, closesAt } = calendarStateAt(calendars, new Date(from));
  if (open && (closesAt === null || closesAt.getTime() - from >= estimate)) return from;
  const opening = nextOpenings(calendars, new Date(from), 100).find(
    (one) => one.closesAt === null || one.closesAt.getTime() - one.opensAt.getTime() >= estimate,
  );
  return opening === undefined ? Number.POSITIVE_INFINITY : opening.opensAt.getTime();
}
