import { Cron } from 'croner';

const MINUTE = 60_000;

/** A recurring rule as the model takes it. */
export interface ModelRule {
  readonly schedule: string;
  readonly minutes?: number;
  readonly end?: string;
}

/** What the clocks of a zone show, minute by minute, as Intl tells it. */
export interface WallClock {
  readonly from: number;
  /** Milliseconds on the wall clock, one for each minute from `from` on. */
  readonly shown: readonly number[];
  /** Places in `shown` of local times that were shown before. */
  readonly repeated: ReadonlySet<number>;
  /** Local times that were skipped right before the place in `shown`. */
  readonly skipped: ReadonlyMap<number, readonly number[]>;
}

export function wallClock(zone: string, from: number, minutes: number): WallClock {
  const format = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const at = (index: number) => Date.parse(`${format.format(from + index * MINUTE).replace(' ', 'T')}Z`);
  const shown = Array.from({ length: minutes }, (_, index) => at(index));
  const seen = new Set<number>();
  const repeated = new Set<number>();
  const skipped = new Map<number, number[]>();
  for (const [index, local] of shown.entries()) {
    if (seen.has(local)) repeated.add(index);
    seen.add(local);
    const missing: number[] = [];
    for (let past = (shown[index - 1] ?? local) + MINUTE; past < local; past += MINUTE) missing.push(past);
    if (missing.length > 0) skipped.set(index, missing);
  }
  return { from, shown, repeated, skipped };
}

/**
 * Whether a rule holds in each minute of a wall clock, told by walking through it: slow, and nothing in it knows of
 * offsets, days or searches. Cron is read by another program.
 */
export function holds(rule: ModelRule, clock: WallClock): boolean[] {
  const starts = fires(rule.schedule, clock);
  const ends = rule.end === undefined ? undefined : fires(rule.end, clock);
  let left = 0;
  return clock.shown.map((_, index) => {
    if (left > 0) left -= 1;
    if (ends?.[index] === true) left = 0;
    if (starts[index] === true) left = ends === undefined ? (rule.minutes ?? 0) : Number.POSITIVE_INFINITY;
    return left > 0;
  });
}

function fires(text: string, { shown, repeated, skipped }: WallClock): boolean[] {
  const [minute = '', hour = '', dayOfMonth = '', month, dayOfWeek = ''] = text.split(' ');
  const domAndDow = dayOfMonth.startsWith('*') || dayOfWeek.startsWith('*');
  const minutes = minutesOf(minute, hour);
  // However it is written: a schedule that names every hour goes on in one that the clocks repeat.
  const everyHour = firingsOfDay(`0 ${hour} * * *`).length === 24;
  const days = new Cron(`0 0 ${dayOfMonth} ${month} ${dayOfWeek}`, { paused: true, timezone: 'UTC', domAndDow });
  const known = new Map<number, boolean>();
  const isDay = (midnight: number): boolean => {
    const is = known.get(midnight) ?? days.match(new Date(midnight));
    known.set(midnight, is);
    return is;
  };
  const matches = (local: number) => minutes.has(local % DAY) && isDay(local - (local % DAY));
  return shown.map(
    (local, index) =>
      skipped.get(index)?.some(matches) === true || (matches(local) && (everyHour || !repeated.has(index))),
  );
}

const DAY = 86_400_000;
/** Milliseconds after midnight at which a schedule of every day fires. */
function minutesOf(minute: string, hour: string): ReadonlySet<number> {
  const minutes = firingsOfDay(`${minute} 0 * * *`);
  return new Set(firingsOfDay(`0 ${hour} * * *`).flatMap((full) => minutes.map((past) => full + past)));
}

const knownFirings = new Map<string, readonly number[]>();

function firingsOfDay(text: string): readonly number[] {
  const known = knownFirings.get(text);
  if (known !== undefined) return known;
  const cron = new Cron(text, { paused: true, timezone: 'UTC' });
  const found: number[] = [];
  for (let at = cron.nextRun(new Date(DAY - 1000)); at !== null && at.getTime() < 2 * DAY; at = cron.nextRun(at)) {
    found.push(at.getTime() - DAY);
  }
  knownFirings.set(text, found);
  return found;
}
