import { calendarStateAt } from '../../core/calendar/calendar-state.ts';
import { type CompiledCalendar, compileCalendar } from '../../core/calendar/compile-calendar.ts';
import { type Figure, type Measure, median, rounded } from '../figure.ts';
import { SIX_CALENDARS } from '../fleet/plan-files.ts';

const FROM = new Date('2026-11-20T08:00:00Z');
const YEAR = 366 * 86_400_000;

const sixCalendars = (): CompiledCalendar[] => SIX_CALENDARS.map((spec) => compileCalendar(spec.timeZone, spec));

/** From one change of the state to the next, each calendar by itself and all together; then the same instant often. */
export const measure: Measure = async () => {
  const runs = Array.from({ length: 9 }, () => step(sixCalendars()));
  const calendars = sixCalendars();
  calendarStateAt(calendars, FROM);
  const often = 20_000;
  const begun = performance.now();
  for (let index = 0; index < often; index += 1) calendarStateAt(calendars, new Date(FROM.getTime() + index * 60_000));
  const each = ((performance.now() - begun) / often) * 1000;
  const note = `${runs[0]?.states} states, zones and schedules read anew`;
  const figures: Figure[] = [
    {
      name: 'calendars, a year over six',
      value: rounded(median(runs.map(({ spent }) => spent))),
      unit: 'ms',
      limit: 100,
      note,
    },
    {
      name: 'calendars, 1,000 states of six',
      value: rounded(each),
      unit: 'ms',
      limit: 100,
      note: 'minute after minute',
    },
  ];
  return figures;
};

function step(calendars: readonly CompiledCalendar[]): { spent: number; states: number } {
  const begun = performance.now();
  let states = 0;
  for (const chosen of [...calendars.map((calendar) => [calendar]), calendars]) {
    for (let at: Date | null = FROM; at !== null && at.getTime() < FROM.getTime() + YEAR; states += 1) {
      const { opensAt, closesAt } = calendarStateAt(chosen, at);
      at = opensAt ?? closesAt;
    }
  }
  return { spent: performance.now() - begun, states };
}
