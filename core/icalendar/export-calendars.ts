import ICAL from 'ical.js';
import type { CompiledCalendar } from '../calendar/compile-calendar.ts';
import { DAY } from '../calendar/cron/civil-day.ts';
import { firings } from '../calendar/firings.ts';
import type { Rule } from '../calendar/rule.ts';
import { merged } from '../calendar/spans.ts';
import type { TimeZone } from '../calendar/time-zone.ts';
import { isUtc, timeOf, zoneComponent } from './components.ts';
import { recurrenceRule } from './recurrence-rule.ts';

/** How far rules and clock changes are written: ten years. */
const RULE_DAYS = 3653;

/** How far occurrences are written one by one where no rule can say them: a year. */
const LISTED_DAYS = 366;
const MOST_LISTED = 1000;

/**
 * Windows and freezes as iCalendar (RFC 5545), from an instant on. A window is an event that leaves people free
 * (TRANSPARENT), a freeze one that does not, so that a file that is imported again has the freezes. Dated freezes are
 * UTC; what recurs is a rule in its zone for ten years, or, where no rule says it, listed for one year, which `notes`
 * tells.
 */
export function exportCalendars(
  calendars: readonly CompiledCalendar[],
  from: Date,
  now: Date,
): { readonly text: string; readonly notes: readonly string[] } {
  const root = new ICAL.Component('vcalendar');
  root.addPropertyWithValue('version', '2.0');
  root.addPropertyWithValue('prodid', '-//Liftlock//Calendars//EN');
  root.addPropertyWithValue('x-wr-calname', calendars.map(({ name }) => name).join(', '));
  const zones = new Map<string, TimeZone>();
  const notes: string[] = [];
  const events: ICAL.Component[] = [];
  for (const calendar of calendars) {
    for (const kind of ['window', 'freeze'] as const) {
      for (const rule of kind === 'window' ? calendar.windows : calendar.freezes) {
        const { written, isRule, left } = occurrences(rule, from.getTime());
        if (isRule && !isUtc(rule.zone)) zones.set(rule.zone.id, rule.zone);
        if (!isRule && rule.dates === undefined) {
          const cut = left > 0 ? `, the first ${MOST_LISTED} occurrences only` : '';
          notes.push(
            `${kind} ${rule.name} of ${calendar.name}: no rule of iCalendar says it, so that it is listed for one year${cut}.`,
          );
        }
        const id = `${kind}-${rule.name}-${calendar.name}`;
        for (const [index, write] of written.entries()) {
          const event = describe(rule, kind, calendar.name, `${id}${index === 0 ? '' : `-${index + 1}`}`, now);
          write(event);
          events.push(event);
        }
      }
    }
  }
  const end = from.getTime() + RULE_DAYS * DAY;
  for (const zone of zones.values()) root.addSubcomponent(zoneComponent(zone, from.getTime() - 366 * DAY, end));
  for (const event of events) root.addSubcomponent(event);
  return { text: `${root.toString()}\r\n`, notes };
}

type Write = (event: ICAL.Component) => void;

function occurrences(rule: Rule, from: number): { written: Write[]; isRule: boolean; left: number } {
  const { schedule, length, zone } = rule;
  const until = from + RULE_DAYS * DAY;
  const text = schedule === undefined || length === undefined ? undefined : recurrenceRule(schedule, zone, from, until);
  if (schedule !== undefined && length !== undefined && text !== undefined) {
    const first = firings(schedule, zone, from, until).find((at) => at >= from);
    const write: Write = (event) => {
      const start = new ICAL.Property('dtstart');
      if (!isUtc(zone)) start.setParameter('tzid', zone.id);
      start.setValue(timeOf((first ?? from) + zone.offsetAt(first ?? from), isUtc(zone)));
      event.addProperty(start);
      event.addPropertyWithValue('duration', ICAL.Duration.fromString(elapsed(length)));
      event.addPropertyWithValue('rrule', ICAL.Recur.fromString(text));
    };
    return { written: first === undefined ? [] : [write], isRule: true, left: 0 };
  }
  const spans = merged(rule.spansIn(from, from + LISTED_DAYS * DAY)).filter(
    ({ to }) => rule.dates !== undefined || to > from,
  );
  const written = spans.slice(0, MOST_LISTED).map<Write>((span) => (event) => {
    event.addPropertyWithValue('dtstart', timeOf(span.from, true));
    event.addPropertyWithValue('dtend', timeOf(span.to, true));
  });
  return { written, isRule: false, left: spans.length - written.length };
}

/** Hours, minutes and seconds are elapsed time in RFC 5545; its days are not. */
function elapsed(length: number): string {
  const seconds = Math.round(length / 1000);
  return `PT${Math.floor(seconds / 3600)}H${Math.floor((seconds % 3600) / 60)}M${seconds % 60}S`;
}

function describe(rule: Rule, kind: 'window' | 'freeze', calendar: string, id: string, now: Date): ICAL.Component {
  const event = new ICAL.Component('vevent');
  event.addPropertyWithValue('uid', `${id}@liftlock`);
  event.addPropertyWithValue('dtstamp', timeOf(now.getTime(), true));
  event.addPropertyWithValue(
    'summary',
    kind === 'window' ? `Window ${rule.name} (${calendar})` : `Freeze ${rule.name} (${calendar})`,
  );
  const words = [rule.reason, rule.ticket].filter((part) => part !== undefined);
  if (words.length > 0) event.addPropertyWithValue('description', words.join('\n'));
  event.addPropertyWithValue('categories', kind === 'window' ? 'LIFTLOCK-WINDOW' : 'LIFTLOCK-FREEZE');
  event.addPropertyWithValue('transp', kind === 'window' ? 'TRANSPARENT' : 'OPAQUE');
  return event;
}
