import type { CivilDay } from './day-rule.ts';

export const DAY = 86_400_000;

/** Days are numbered from 1970-01-01 = 0 in every zone: a day number is a date and no instant. */
export function civilDay(dayNumber: number): CivilDay {
  const date = new Date(dayNumber * DAY);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  return {
    year,
    month: month + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    daysInMonth: new Date(Date.UTC(year, month + 1, 0)).getUTCDate(),
  };
}
