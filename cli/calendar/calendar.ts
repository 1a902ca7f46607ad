import { calendarStateAt } from '../../core/calendar/calendar-state.ts';
import { type CompiledCalendar, compileCalendar } from '../../core/calendar/compile-calendar.ts';
import { nextOpenings, type Opening } from '../../core/calendar/next-openings.ts';
import { formatIssue } from '../../core/config/issue.ts';
import { parseConfig } from '../../core/config/parse-config.ts';
import { visible } from '../../core/model/visible.ts';
import { instantOrNull, instantText } from '../../core/plan/document/instant.ts';
import { EXIT, type ExitCode, invalid } from '../command/failure.ts';
import { instantOf } from '../command/instant.ts';
import type { Paint } from '../command/io.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { facts, print, reasonLines, section, shown, tableLines } from '../output/print.ts';
import { type FileOptions, readConfigFiles } from '../verbs/config-files.ts';

interface CalendarOptions extends Partial<FileOptions>, OutputOption {
  readonly calendar?: string;
  readonly at?: readonly string[];
  readonly next?: number;
}

/** Shows whether changes may be made at some instants, or when next, or all windows and freezes as iCalendar. Offline. */
export async function calendar(session: Session, options: CalendarOptions): Promise<ExitCode> {
  const instants = (options.at ?? []).map((text) => instantOf(text));
  if (instants.length > 1 && (options.next !== undefined || options.output === 'ics')) {
    throw invalid('liftlock: --next and -o ics begin at one instant; give --at once.');
  }
  if (options.next !== undefined && options.output === 'ics') {
    throw invalid('liftlock: -o ics is all windows and freezes, and takes no --next.');
  }
  const calendars = await readCalendars(session, options);
  const now = session.io.now();
  const at = instants[0] ?? now;
  if (options.output === 'ics') {
    const { exportCalendars } = await import('../../core/icalendar/export-calendars.ts');
    const { text, notes } = exportCalendars(calendars, at, now);
    for (const note of notes) session.io.err(`${visible(note)}\n`);
    session.io.out(text);
  } else if (options.next !== undefined) {
    const openings = nextOpenings(calendars, at, options.next).map(shownOpening);
    if (openings.length < options.next) {
      session.io.err(`${openings.length} of ${options.next} openings: there are no more within ten years.\n`);
    }
    await print(session, options.output, openings, () => openingLines(openings));
  } else {
    const states = (instants.length === 0 ? [now] : instants).map((one) => shownState(calendars, one));
    const [only] = states;
    const document = states.length === 1 ? only : states;
    await print(session, options.output, document, () => stateLines(states, session.paint));
  }
  return EXIT.ok;
}

/** Errors are reported as `validate` does. A notice about the future is left out, because a closed calendar is a valid answer. */
async function readCalendars(session: Session, options: CalendarOptions): Promise<CompiledCalendar[]> {
  if (options.filename === undefined) throw invalid('liftlock: name the config with -f: a file, a folder, or -.');
  const files = await readConfigFiles(session, { ...options, filename: options.filename });
  const { calendars, errors, warnings } = parseConfig(files);
  for (const issue of [...errors, ...warnings]) session.io.err(`${visible(formatIssue(issue))}\n`);
  if (errors.length > 0) throw invalid('liftlock: nothing can be said of calendars with errors. Correct those above.');
  if (calendars.length === 0) throw invalid('liftlock: there is no Calendar in what was given.');
  const names = calendars.map(({ metadata }) => metadata.name);
  const chosen = calendars.filter(
    ({ metadata }) => options.calendar === undefined || metadata.name === options.calendar,
  );
  if (chosen.length === 0) {
    throw invalid(`liftlock: there is no calendar "${options.calendar}" here; there is ${names.join(', ')}.`);
  }
  return chosen.map(({ metadata, spec }) => compileCalendar(metadata.name, spec));
}

/** The JSON of a state; instants are RFC 3339 UTC. */
function shownState(calendars: readonly CompiledCalendar[], at: Date) {
  const state = calendarStateAt(calendars, at);
  return { at: instantText(at), ...state, ...shownTimes(state) };
}
type ShownState = ReturnType<typeof shownState>;

const shownOpening = (opening: Opening) => ({ ...opening, ...shownTimes(opening) });
type ShownOpening = ReturnType<typeof shownOpening>;

const shownTimes = ({ opensAt, closesAt }: { readonly opensAt: Date | null; readonly closesAt: Date | null }) => ({
  opensAt: instantOrNull(opensAt ?? undefined),
  closesAt: instantOrNull(closesAt ?? undefined),
});

/** Shows one state in full, several as a table. */
function stateLines(states: readonly ShownState[], paint: Paint): string[] {
  const [state] = states;
  if (states.length === 1 && state !== undefined) {
    return [
      ...facts([
        ['At', state.at],
        ['Open', verdict(state, paint)],
        ['Window', shown(state.window)],
        ['Freeze', shown(state.freeze)],
        ['Opens', opens(state)],
        ['Closes', closes(state)],
        ['Time zones', `data ${process.versions.tz}`],
      ]),
      ...section('Reasons', reasonLines(state.reasons)),
    ];
  }
  const rows = states.map((one) => [
    one.at,
    verdict(one, paint),
    visible(one.window ?? '-'),
    visible(one.freeze ?? '-'),
    opens(one),
    closes(one),
  ]);
  return tableLines(['AT', 'OPEN', 'WINDOW', 'FREEZE', 'OPENS', 'CLOSES'], rows);
}

function openingLines(openings: readonly ShownOpening[]): string[] {
  const rows = openings.map(({ opensAt, closesAt, window }) => [
    opensAt ?? '-',
    closesAt ?? 'never',
    visible(window ?? '-'),
  ]);
  return tableLines(['OPENS', 'CLOSES', 'WINDOW'], rows);
}

const verdict = ({ open }: ShownState, paint: Paint): string => paint(open ? 'green' : 'yellow', open ? 'yes' : 'no');
const opens = ({ open, opensAt }: ShownState): string => (open ? '-' : (opensAt ?? 'never'));
const closes = ({ open, closesAt }: ShownState): string => (open ? (closesAt ?? 'never') : '-');
