import ICAL from 'ical.js';
import { freezeEdge } from '../calendar/freeze-edge.ts';
import { type TimeZone, timeZone } from '../calendar/time-zone.ts';
import { ImportProblem } from './import-problem.ts';

/**
 * A time of an event as a freeze writes it: a date or a local time where the calendar's own zone is meant, UTC elsewhere. A TZID is an
 * IANA name, or else what a VTIMEZONE of the file says of it. Throws ImportProblem when it is neither.
 */
export function freezeTime(
  time: ICAL.Time,
  zoneId: string | undefined,
  own: TimeZone,
  edge: 'from' | 'to',
  root: ICAL.Component,
): string {
  const local = time.isDate ? time.toString() : time.toString().slice(0, 19).replace(/:00$/, '');
  if (time.isDate) return local;
  if (time.zone === ICAL.Timezone.utcTimezone || zoneId === 'UTC') return utc(time.toUnixTime() * 1000);
  if (zoneId === undefined || zoneId === own.id) return local;
  const zone = timeZone(zoneId);
  if (zone !== undefined) {
    const read = freezeEdge(local, zone, edge);
    if ('problem' in read) throw new ImportProblem(read.problem);
    return utc(read.instant);
  }
  const described = root.getAllSubcomponents('vtimezone').find((one) => one.getFirstPropertyValue('tzid') === zoneId);
  if (described === undefined) {
    throw new ImportProblem(`TZID "${zoneId}" is no known time zone, and the file has no VTIMEZONE that describes it.`);
  }
  const there = time.clone();
  there.zone = new ICAL.Timezone(described);
  return utc(there.toUnixTime() * 1000);
}

/** The TZID that a property of an event has. */
export function zoneIdOf(event: ICAL.Component, property: 'dtstart' | 'dtend'): string | undefined {
  const id = event.getFirstProperty(property)?.getParameter('tzid');
  return typeof id === 'string' ? id.replace(/^\//, '') : undefined;
}

const utc = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');
