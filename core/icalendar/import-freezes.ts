import ICAL from 'ical.js';
import { type TimeZone, timeZone } from '../calendar/time-zone.ts';
import { freezeTime, zoneIdOf } from './event-times.ts';
import { freezeNames } from './freeze-names.ts';
import { ImportProblem } from './import-problem.ts';
import { EXPANDED_DAYS, type Occurrence, occurrencesOf } from './occurrences.ts';
import { parseCalendar, sentence } from './parse-calendar.ts';

/** As in a Calendar document. */
export interface ImportedFreeze {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly reason?: string;
  readonly ticket?: string;
}

export interface ImportedFreezes {
  /** What the file calls itself. */
  readonly title: string | undefined;
  readonly timeZone: string;
  readonly freezes: readonly ImportedFreeze[];
  /** What was left out or cut, a sentence each. */
  readonly notes: readonly string[];
}

const MOST_FREEZES = 1000;

/**
 * The events of an iCalendar file as freezes. Cancelled events, and those that leave people free (TRANSPARENT), are left out and told.
 * `zoneName` is the zone of whole days and of times without one; else the file's own (X-WR-TIMEZONE), else UTC. Throws ImportProblem.
 */
export function importFreezes(text: string, zoneName: string | undefined, now: Date): ImportedFreezes {
  const roots = parseCalendar(text);
  const [first] = roots;
  const wanted = zoneName ?? textOf(first, 'x-wr-timezone') ?? 'UTC';
  const zone = timeZone(wanted);
  if (zone === undefined)
    throw new ImportProblem(`"${wanted}" is no time zone that is known here. Give one by --time-zone.`);
  const notes: string[] = [];
  const nameFor = freezeNames();
  const freezes = roots.flatMap((root) => {
    const events = root.getAllSubcomponents('vevent').filter((event) => !event.hasProperty('recurrence-id'));
    return events.flatMap((event) => freezesOf(event, { root, zone, now, nameFor, notes }));
  });
  if (freezes.length > MOST_FREEZES) {
    throw new ImportProblem(`the file gives ${freezes.length} freezes; a calendar has at most ${MOST_FREEZES}.`);
  }
  return { title: textOf(first, 'x-wr-calname'), timeZone: zone.id, freezes, notes };
}

interface Import {
  readonly root: ICAL.Component;
  readonly zone: TimeZone;
  readonly now: Date;
  readonly nameFor: (words: string) => string;
  readonly notes: string[];
}

function freezesOf(component: ICAL.Component, { root, zone, now, nameFor, notes }: Import): ImportedFreeze[] {
  const title = textOf(component, 'summary') ?? textOf(component, 'uid') ?? 'an event without a name';
  const told = `event "${title}"`;
  try {
    if (!component.hasProperty('dtstart')) throw new ImportProblem('it has no DTSTART.');
    const event = new ICAL.Event(component);
    const whole = noFreeze(component);
    if (whole !== undefined) {
      notes.push(`${told} is left out: ${whole}.`);
      return [];
    }
    const { found, isCut } = occurrencesOf(event, now);
    if (isCut) {
      notes.push(
        `${told} has no end: it is written out for ${EXPANDED_DAYS} days (${found.length} freezes). Import it again before they are over.`,
      );
    }
    return found.flatMap((occurrence) => {
      const why = leftOut(occurrence);
      if (why !== undefined) {
        notes.push(`${told} at ${occurrence.start.toString()} is left out: ${why}.`);
        return [];
      }
      const startZone = zoneIdOf(occurrence.component, 'dtstart');
      const endZone = event.isRecurring() ? startZone : (zoneIdOf(occurrence.component, 'dtend') ?? startZone);
      const from = freezeTime(occurrence.start, startZone, zone, 'from', root);
      const to = freezeTime(occurrence.end, endZone, zone, 'to', root);
      const name = nameFor(event.isRecurring() ? `${title.slice(0, 50)} ${from.slice(0, 10)}` : title);
      return [freeze(name, from, to, occurrence.component)];
    });
  } catch (error) {
    // The library tells what is wrong with a value by plain errors.
    throw new ImportProblem(`${told}: ${sentence(error)}`);
  }
}

function leftOut({ component, start, end }: Occurrence): string | undefined {
  return noFreeze(component) ?? (end.compare(start) <= 0 ? 'it lasts no time' : undefined);
}

function noFreeze(component: ICAL.Component): string | undefined {
  if (/^cancelled$/i.test(textOf(component, 'status') ?? '')) return 'it is cancelled';
  if (/^transparent$/i.test(textOf(component, 'transp') ?? '')) return 'it leaves people free (TRANSP:TRANSPARENT)';
  return undefined;
}

function freeze(name: string, from: string, to: string, component: ICAL.Component): ImportedFreeze {
  const reason = textOf(component, 'summary')?.slice(0, 1000);
  const ticket = textOf(component, 'url');
  const isTicket = ticket !== undefined && ticket.length <= 200;
  return { name, from, to, ...(reason !== undefined && { reason }), ...(isTicket && { ticket }) };
}

function textOf(component: ICAL.Component | undefined, property: string): string | undefined {
  const value = component?.getFirstPropertyValue(property);
  const text = value === null || value === undefined ? '' : String(value).trim();
  return text === '' ? undefined : text;
}
