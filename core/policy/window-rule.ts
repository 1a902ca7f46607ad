import { calendarStateAt } from '../calendar/calendar-state.ts';
import { writtenDuration } from '../calendar/duration.ts';
import { clockText } from '../calendar/local-text.ts';
import { nextOpenings } from '../calendar/next-openings.ts';
import { nameAt, nextClosedInstant, nextOpenInstant } from '../calendar/openings.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { HopRules } from './hop-rules.ts';

/** No commit is made so shortly before a window closes: its call follows within seconds, but clocks differ (protocol.md, One mutating call). */
export const LAST_COMMIT_MILLISECONDS = 60_000;
/**
 * A hop that begins, or makes its first change, so soon after an opening counts from that opening on: the first look comes up to a minute after it.
 * Else what fits into a window to the minute would never begin.
 */
const LEAD_MILLISECONDS = 15 * 60_000;
/** This many openings are looked through for one that is long enough, and all of five weeks: many short ones a day may hide the long one of a Saturday. */
const OPENINGS = 200;
const FIVE_WEEKS_MILLISECONDS = 35 * 86_400_000;

/** What a hop must fit into, and how long it takes. */
type FitRules = Pick<HopRules, 'calendars' | 'estimateMilliseconds'> & Partial<Pick<HopRules, 'wave'>>;

export interface WindowAnswer {
  readonly reasons: readonly Reason[];
  /** When the hop may start at the earliest; null = no opening is known in which it could. Undefined while nothing is in the way. */
  readonly startsAt?: Date | null;
}

const NOTHING: WindowAnswer = { reasons: [] };

/**
 * What the calendars say to a hop that begins now, or (`begun`) goes on now. A hop begins only when all of it fits into the window (with a bake: the
 * part up to the bake), unless it may overrun; a hop that was begun goes on while the window is open (semantics.md, Windows, bakes, watches and
 * estimates). `scanned`: how long the scan of the hop took, in milliseconds, where that has ended. The estimate holds it, so the hop counts from before
 * it, by half of the estimate at most.
 */
export function windowRule(
  rules: FitRules & Pick<HopRules, 'problems' | 'mayOverrun'>,
  now: Date,
  begun: boolean,
  scanned = 0,
): WindowAnswer {
  if (rules.problems.length > 0) return { reasons: rules.problems, startsAt: null };
  if (rules.calendars.length === 0) return NOTHING;
  const state = calendarStateAt(rules.calendars, now);
  const needed = begun || rules.mayOverrun ? LAST_COMMIT_MILLISECONDS : rules.estimateMilliseconds;
  if (!state.open) {
    const unreadable = state.reasons.filter(({ code }) => code === 'CalendarInvalid');
    if (unreadable.length > 0) return { reasons: unreadable, startsAt: null };
    const startsAt = begun ? state.opensAt : fittingOpening(rules, now, needed);
    const code = state.freeze === null ? 'WindowClosed' : 'Frozen';
    const told = state.reasons.map(({ message }) => message).join(' ');
    const reasons = [reason(code, told)];
    // The hop does not begin in the next opening: a person who reads only that it opens tonight would wait in vain.
    const next = state.opensAt?.getTime();
    if (startsAt?.getTime() !== next) reasons.push(tooShort(rules, 'The next opening is too short', startsAt));
    return { reasons, startsAt };
  }
  if (state.closesAt === null) return NOTHING;
  const left = state.closesAt.getTime() - now.getTime();
  const done = Math.min(scanned, rules.estimateMilliseconds / 2);
  const fits = left + done >= needed || hasJustOpened(rules, new Date(now.getTime() - done), state.closesAt, needed);
  if (fits && left >= LAST_COMMIT_MILLISECONDS) return NOTHING;
  // Where the next scan takes as long, an opening has to hold what of it does not count.
  const uncounted = scanned - done > LEAD_MILLISECONDS ? scanned - done : 0;
  const startsAt = fittingOpening(rules, state.closesAt, needed + uncounted);
  const freeze = nameAt('freezes', rules.calendars, state.closesAt.getTime());
  const window = state.window === null ? 'What is open closes' : `The window ${state.window} closes`;
  const ends = freeze === null ? window : `The freeze ${freeze} begins`;
  const closes = `${ends} at ${clockText(rules.calendars, state.closesAt)}`;
  if (begun || rules.mayOverrun) return { reasons: [reason('WindowClosing', `${closes}, in a moment.`)], startsAt };
  return { reasons: [tooShort(rules, `${closes}, which is too soon`, startsAt, uncounted && scanned)], startsAt };
}

/** Whether the calendars have opened shortly before `now`, and are open from then on to `closesAt` for as long as is needed. */
function hasJustOpened({ calendars }: FitRules, now: Date, closesAt: Date, neededMilliseconds: number): boolean {
  let opened: number | undefined;
  let closed = nextClosedInstant(calendars, now.getTime() - LEAD_MILLISECONDS);
  while (closed !== null && closed <= now.getTime()) {
    const opens = nextOpenInstant(calendars, closed);
    if (opens === null || opens > now.getTime()) break;
    opened = opens;
    closed = nextClosedInstant(calendars, opens);
  }
  return opened !== undefined && closed === closesAt.getTime() && closed - opened >= neededMilliseconds;
}

/** `scanned`: how long the scan took, where that alone may be why the hop does not fit. */
function tooShort(
  { calendars, estimateMilliseconds, wave }: FitRules,
  what: string,
  startsAt: Date | null,
  scanned = 0,
): Reason {
  const inMinutes = (milliseconds: number): string => writtenDuration(Math.ceil(milliseconds / 60_000) * 60_000);
  const counted = `, and its scan has taken ${inMinutes(scanned)}, of which ${inMinutes(estimateMilliseconds / 2)} count`;
  const lasts = `taken to last ${inMinutes(estimateMilliseconds)}${scanned > 0 ? counted : ''}`;
  const why =
    wave?.bake === undefined ? `an upgrade is ${lasts}` : `what comes before the bake, half of an upgrade, is ${lasts}`;
  const window = startsAt === null ? null : nameAt('windows', calendars, startsAt.getTime());
  const freeze = startsAt === null ? null : nameAt('freezes', calendars, startsAt.getTime() - 1);
  const opens =
    freeze !== null ? `the freeze ${freeze} ends` : `${window === null ? 'it' : `the window ${window}`} opens`;
  const then =
    startsAt === null
      ? `none of its next openings is so long. Lengthen the windows, correct estimates.upgrade, or write mayOverrun: true`
      : `it fits when ${opens} at ${clockText(calendars, startsAt)}`;
  return reason('WindowTooShort', `${what}: ${why}; ${then}.`);
}

function fittingOpening(rules: Pick<HopRules, 'calendars'>, after: Date, neededMilliseconds: number): Date | null {
  let from = after;
  const end = after.getTime() + FIVE_WEEKS_MILLISECONDS;
  for (let tried = 0; tried < OPENINGS || from.getTime() < end; tried += 1) {
    const [opening] = nextOpenings(rules.calendars, from, 1);
    if (opening === undefined) return null;
    const { opensAt, closesAt } = opening;
    if (closesAt === null || closesAt.getTime() - opensAt.getTime() >= neededMilliseconds) return opensAt;
    from = closesAt;
  }
  return null;
}
