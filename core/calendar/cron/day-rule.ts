import { CronProblem, FIELDS, readValue, valuesOf } from './field.ts';

/** A day of the proleptic Gregorian calendar, with what cron compares. */
export interface CivilDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 0 = Sunday. */
  readonly weekday: number;
  readonly daysInMonth: number;
}

export type DayRule = (day: CivilDay) => boolean;

/** `1,15,L`: numbers of days; `L` is the last day of the month. Throws CronProblem. */
export function dayOfMonthRule(text: string): DayRule {
  const days = new Set<number>();
  let last = false;
  for (const item of text.split(',')) {
    if (/^l$/i.test(item)) last = true;
    else if (/^(?:l-?\d+|\d*l)$/i.test(item)) {
      throw new CronProblem(`has "${item}" as day of month: only L alone, the last day, is known`);
    } else if (/w$/i.test(item))
      throw new CronProblem(`has "${item}" as day of month: W (nearest weekday) is not known`);
    else for (const day of valuesOf(item, FIELDS.dayOfMonth)) days.add(day);
  }
  return ({ day, daysInMonth }) => days.has(day) || (last && day === daysInMonth);
}

/** `MON-FRI`, `0,7`, `TUE#2` (the second one of the month), `FRI#L` or `5L` (the last one). Throws CronProblem. */
export function dayOfWeekRule(text: string): DayRule {
  const rules = text.split(',').map(itemRule);
  return (day) => rules.some((rule) => rule(day));
}

function itemRule(item: string): DayRule {
  const lastOne = /^([a-z]{3}|\d)l$/i.exec(item)?.[1];
  if (/^l$/i.test(item)) {
    throw new CronProblem(
      'has L alone as day of week: write FRI#L for the last Friday, or SAT for the end of the week',
    );
  }
  if (lastOne !== undefined) return nth(readValue(lastOne, FIELDS.dayOfWeek), 'L');
  const hash = item.lastIndexOf('#');
  if (hash < 1) {
    const days = new Set(valuesOf(item, FIELDS.dayOfWeek).map((day) => day % 7));
    return ({ weekday }) => days.has(weekday);
  }
  const numbered = item.slice(hash + 1);
  if (!/^(?:[1-5]|l)$/i.test(numbered)) {
    throw new CronProblem(`has "${item}" as day of week: after # comes 1 to 5, or L for the last one of the month`);
  }
  return nth(readValue(item.slice(0, hash), FIELDS.dayOfWeek), numbered);
}

function nth(value: number, numbered: string): DayRule {
  const wanted = value % 7;
  if (numbered.toUpperCase() === 'L') {
    return ({ weekday, day, daysInMonth }) => weekday === wanted && day + 7 > daysInMonth;
  }
  return ({ weekday, day }) => weekday === wanted && Math.ceil(day / 7) === Number(numbered);
}
