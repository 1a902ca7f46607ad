import ICAL from 'ical.js';
import type { TimeZone } from '../calendar/time-zone.ts';

/** A time as iCalendar writes it: UTC, or on the wall clock of a zone, which the property names as TZID. */
export function timeOf(milliseconds: number, isUtc: boolean): ICAL.Time {
  const date = new Date(milliseconds);
  return new ICAL.Time(
    {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      isDate: false,
    },
    isUtc ? ICAL.Timezone.utcTimezone : ICAL.Timezone.localTimezone,
  );
}

export const isUtc = (zone: TimeZone): boolean => /^(?:Etc\/)?(?:UTC|GMT|Zulu|UCT)$/i.test(zone.id);

/** The clock changes of `[from, until)`, each written out: no rule of summer time lasts. */
export function zoneComponent(zone: TimeZone, from: number, until: number): ICAL.Component {
  const component = new ICAL.Component('vtimezone');
  component.addPropertyWithValue('tzid', zone.id);
  const add = (name: 'standard' | 'daylight', start: number, before: number, after: number): void => {
    const observance = new ICAL.Component(name);
    observance.addPropertyWithValue('dtstart', timeOf(start, false));
    observance.addPropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromSeconds(before / 1000));
    observance.addPropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromSeconds(after / 1000));
    component.addSubcomponent(observance);
  };
  const first = zone.offsetAt(from);
  add('standard', Date.UTC(1970, 0, 1), first, first);
  for (const { at, before, after } of zone.changes(from, until)) {
    add(after > before ? 'daylight' : 'standard', at + before, before, after);
  }
  return component;
}
