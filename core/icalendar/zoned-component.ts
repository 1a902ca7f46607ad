import ICAL from 'ical.js';
import { FAR, type TimeZone, timeZone } from '../calendar/time-zone.ts';

/**
 * A VCALENDAR whose TZIDs are IANA zones where they have such a name. The library takes the times of a TZID without VTIMEZONE for times without a zone,
 * so that neither an UNTIL nor an EXDATE nor a RECURRENCE-ID in UTC would mean the occurrence that it names.
 */
export class ZonedComponent extends ICAL.Component {
  override getTimeZoneByID(id: string): ICAL.Timezone {
    const zone = timeZone(id.replace(/^\//, ''));
    // The library compares its own UTC by identity.
    return ICAL.TimezoneService.get(id) ?? (zone === undefined ? super.getTimeZoneByID(id) : new IanaZone(zone));
  }
}

class IanaZone extends ICAL.Timezone {
  readonly #zone: TimeZone;

  constructor(zone: TimeZone) {
    super({ tzid: zone.id });
    this.#zone = zone;
  }

  /** A repeated time is its first occurrence, and a skipped one has the offset before the gap (RFC 5545, 3.3.5). */
  override utcOffset(time: ICAL.Time): number {
    const local = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
    const before = this.#zone.offsetAt(local - FAR);
    const after = this.#zone.offsetAt(local - before);
    return (this.#zone.offsetAt(local - after) === after ? after : before) / 1000;
  }
}

/** Reads an UNTIL, an EXDATE and an RDATE without a zone as times in the zone of the event's start, as they are meant. */
export function zoneFloatingTimes(event: ICAL.Event): void {
  const valuesOf = (name: string): unknown[] =>
    event.component.getAllProperties(name).flatMap((property): unknown[] => property.getValues());
  const ends = valuesOf('rrule').map((rule) => (rule instanceof ICAL.Recur ? rule.until : undefined));
  const dates = [...valuesOf('exdate'), ...valuesOf('rdate')];
  // A date among them stands for the whole day, for which the library has a comparison of its own.
  for (const time of [...ends, ...dates.filter((date) => date instanceof ICAL.Time && !date.isDate)]) {
    if (time instanceof ICAL.Time && time.zone === ICAL.Timezone.localTimezone) time.zone = event.startDate.zone;
  }
}
