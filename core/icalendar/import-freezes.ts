import ICAL from 'ical.js';
import { freezeEdge } from '../calendar/freeze-edge.ts';
import { FAR, type TimeZone, timeZone } from '../calendar/time-zone.ts';

/** A problem of an iCalendar file, as a sentence. */
export class ImportProblem extends Error {
  override readonly name = 'ImportProblem';
}

/** A freeze in the form of a Calendar document. */
interface ImportedFreeze {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly reason?: string;
  readonly ticket?: string;
}

const MOST_FREEZES = 1000;

/**
 * Reads the events of an iCalendar file as freezes. Cancelled events, and those that leave people free (TRANSPARENT), are left out and reported.
 * `zoneName` is the zone of whole days and of times without a zone; the default is the file's own (X-WR-TIMEZONE), or else UTC. Throws ImportProblem.
 */
export function importFreezes(text: string, zoneName: string | undefined, now: Date) {
  const roots = parseCalendar(text);
  const [first] = roots;
  const wanted = zoneName ?? textOf(first, 'x-wr-timezone') ?? 'UTC';
  const zone = timeZone(wanted);
  if (zone === undefined)
    throw new ImportProblem(`"${wanted}" is no time zone that is known here. Give one by --time-zone.`);
  /** What was left out or cut, one sentence each. */
  const notes: string[] = [];
  const nameFor = freezeNames();
  const freezes = roots.flatMap((root) => {
    const events = root.getAllSubcomponents('vevent');
    const series = new Set(events.filter((event) => !isOverride(event)).map(uidOf));
    const related = events.filter((event) => isOverride(event) && series.has(uidOf(event)));
    const overrides = Map.groupBy(related, uidOf);
    const used = new Set<ICAL.Component>();
    const found = events
      .filter((event) => !isOverride(event) || !series.has(uidOf(event)))
      .flatMap((event) => freezesOf(event, { root, overrides, used, zone, now, nameFor, notes }));
    for (const event of related.filter((one) => !used.has(one))) {
      const of = textOf(event, 'recurrence-id');
      notes.push(`${toldOf(event)} is left out: its RECURRENCE-ID ${of} is no occurrence of its series that was read.`);
    }
    return found;
  });
  if (freezes.length > MOST_FREEZES) {
    throw new ImportProblem(`the file gives ${freezes.length} freezes; a calendar has at most ${MOST_FREEZES}.`);
  }
  return { title: textOf(first, 'x-wr-calname'), timeZone: zone.id, freezes, notes };
}

const isOverride = (event: ICAL.Component): boolean => event.hasProperty('recurrence-id');
const uidOf = (event: ICAL.Component): string | undefined => textOf(event, 'uid');
const titleOf = (event: ICAL.Component): string =>
  textOf(event, 'summary') ?? uidOf(event) ?? 'an event without a name';
const toldOf = (event: ICAL.Component): string => `event "${titleOf(event)}"`;

interface Import {
  readonly root: ICAL.Component;
  /** The replacements of single occurrences, by the UID of their series. */
  readonly overrides: ReadonlyMap<string | undefined, ICAL.Component[]>;
  /** Collects the replacements that an occurrence had. */
  readonly used: Set<ICAL.Component>;
  readonly zone: TimeZone;
  readonly now: Date;
  readonly nameFor: (words: string) => string;
  readonly notes: string[];
}

function freezesOf(component: ICAL.Component, given: Import): ImportedFreeze[] {
  const { root, overrides, zone, nameFor, notes } = given;
  const title = titleOf(component);
  const told = toldOf(component);
  try {
    if (!component.hasProperty('dtstart')) throw new ImportProblem('it has no DTSTART.');
    // Unless they are given, the library takes the replacements of every series of the file for those of this one.
    const event = new ICAL.Event(component, { exceptions: overrides.get(uidOf(component)) ?? [] });
    const whole = noFreeze(component);
    if (whole !== undefined) {
      notes.push(`${told} is left out: ${whole}.`);
      return [];
    }
    const { found, isCut } = occurrencesOf(event, given);
    if (isCut) {
      notes.push(
        `${told} has no end: it is written out for ${EXPANDED_DAYS} days (${found.length} freezes). Import it again before they are over.`,
      );
    }
    return found.flatMap((occurrence) => {
      const lasts = occurrence.end.compare(occurrence.start) > 0;
      const why = noFreeze(occurrence.component) ?? (lasts ? undefined : 'it lasts no time');
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
    // The library reports invalid values by plain errors.
    throw new ImportProblem(`${told}: ${sentence(error)}`);
  }
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

/** The VCALENDAR objects of a file. Throws ImportProblem. */
function parseCalendar(text: string): readonly ICAL.Component[] {
  const roots = read(text).map((root) => new ZonedComponent(root));
  const wrong = roots.find(({ name }) => name !== 'vcalendar');
  if (roots.length === 0 || wrong !== undefined) {
    const what = wrong === undefined ? 'is empty' : `begins with ${String(wrong.name).toUpperCase()}`;
    throw new ImportProblem(`the file ${what}; an iCalendar file begins with BEGIN:VCALENDAR.`);
  }
  return roots;
}

type Root = ConstructorParameters<typeof ICAL.Component>[0];

function read(text: string): Root[] {
  if (text.trim() === '') return [];
  if (!/^\s*BEGIN:/i.test(text.replace(/^\ufeff/, '')))
    throw new ImportProblem('the file is no iCalendar; it begins with BEGIN:VCALENDAR.');
  try {
    const parsed: unknown = ICAL.parse(text.replace(/^\ufeff/, ''));
    // The parser returns one object, or a list of them.
    return Array.isArray(parsed) && Array.isArray(parsed[0]) ? (parsed as Root[]) : [parsed as Root];
  } catch (error) {
    throw new ImportProblem(`the file is no valid iCalendar: ${sentence(error)}`);
  }
}

const sentence = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.?$/, '.');

/**
 * A time of an event in the form of a freeze: a date or a local time in the calendar's own zone, and UTC for other zones. A TZID is an IANA name, or
 * the name of a VTIMEZONE of the file. Throws ImportProblem when it is neither.
 */
function freezeTime(
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

/** The TZID of a property of an event. */
function zoneIdOf(event: ICAL.Component, property: 'dtstart' | 'dtend'): string | undefined {
  const id = event.getFirstProperty(property)?.getParameter('tzid');
  return typeof id === 'string' ? id.replace(/^\//, '') : undefined;
}

const utc = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');

const DAY_SECONDS = 86_400;

/** Events without an end are expanded for this long: two years from now, or from their first day if that is later. */
const EXPANDED_DAYS = 731;

/** One occurrence of an event. `component` is the event, or its replacement on that day. */
interface Occurrence {
  readonly component: ICAL.Component;
  readonly start: ICAL.Time;
  readonly end: ICAL.Time;
}

/**
 * The occurrences of an event. One with an end, or that happens once, has all of them, past or not. One without an end is expanded from `now` on for
 * `EXPANDED_DAYS`, and `isCut` reports that. Throws ImportProblem.
 */
function occurrencesOf(
  event: ICAL.Event,
  { now, used }: Import,
): { readonly found: readonly Occurrence[]; readonly isCut: boolean } {
  if (!event.isRecurring()) {
    return { found: [{ component: event.component, start: event.startDate, end: event.endDate }], isCut: false };
  }
  zoneFloatingTimes(event);
  const rules = event.component.getAllProperties('rrule').map((property) => property.getFirstValue());
  const isEndless = rules.some((rule) => rule instanceof ICAL.Recur && !rule.isFinite());
  const seconds = now.getTime() / 1000;
  const limit = Math.max(seconds, event.startDate.toUnixTime()) + EXPANDED_DAYS * DAY_SECONDS;
  const found: Occurrence[] = [];
  const iterator = event.iterator();
  for (let next = iterator.next(); next; next = iterator.next()) {
    if (isEndless && next.toUnixTime() > limit) break;
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    used.add(item.component);
    if (isEndless && endDate.toUnixTime() <= seconds) continue;
    // A rule with more occurrences than a calendar may have is no freeze.
    if (found.length === MOST_FREEZES)
      throw new ImportProblem(`it happens more than ${MOST_FREEZES} times, which is no freeze.`);
    found.push({ component: item.component, start: startDate, end: endDate });
  }
  return { found, isCut: isEndless };
}

const LONGEST = 63;

/** Makes valid names of objects, each once. */
function freezeNames(): (words: string) => string {
  const given = new Set<string>();
  return (words) => {
    const wanted = nameOf(words, 'freeze');
    for (let number = 1; ; number += 1) {
      const ending = number === 1 ? '' : `-${number}`;
      const name = `${wanted.slice(0, LONGEST - ending.length).replace(/-+$/, '')}${ending}`;
      if (given.has(name)) continue;
      given.add(name);
      return name;
    }
  };
}

/** `Año nuevo: 24 h!` becomes `ano-nuevo-24-h`; `otherwise` where no ASCII letter or digit remains. */
export function nameOf(words: string, otherwise: string): string {
  const name = words
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? otherwise : name;
}

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
function zoneFloatingTimes(event: ICAL.Event): void {
  const valuesOf = (name: string): unknown[] =>
    event.component.getAllProperties(name).flatMap((property): unknown[] => property.getValues());
  const ends = valuesOf('rrule').map((rule) => (rule instanceof ICAL.Recur ? rule.until : undefined));
  const dates = [...valuesOf('exdate'), ...valuesOf('rdate')];
  // A date among them stands for the whole day, for which the library has a comparison of its own.
  for (const time of [...ends, ...dates.filter((date) => date instanceof ICAL.Time && !date.isDate)]) {
    if (time instanceof ICAL.Time && time.zone === ICAL.Timezone.localTimezone) time.zone = event.startDate.zone;
  }
}
