import { stripVTControlCharacters, styleText } from 'node:util';
import { visible } from '../../core/model/visible.ts';
import type { ClusterBlocker } from '../../core/queries/cluster-blockers.ts';
import { EXIT, type ExitCode } from '../command/failure.ts';
import type { Io, Paint, Style } from '../command/io.ts';
import type { Session } from '../command/session.ts';

/** Prints one document in the requested format; `text` makes the format for people. Returns the exit code of a verb that only prints. */
export async function print(
  session: Session,
  format: string,
  document: unknown,
  text: () => readonly string[],
): Promise<ExitCode> {
  if (format === 'json') session.io.out(`${JSON.stringify(document, null, 2)}\n`);
  else if (format === 'yaml') session.io.out(await yamlOf(document));
  else printLines(session, text());
  return EXIT.ok;
}

/** YAML whose strings are in double quotes where they need escapes. */
export async function yamlOf(value: unknown): Promise<string> {
  const { Document, Scalar, visit } = await import('yaml');
  const document = new Document(value);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && visible(node.value) !== node.value) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Lines may contain Liftlock's own colour; text from others must have gone through `visible` before. */
export function printLines({ io }: Session, lines: readonly string[]): void {
  if (lines.length > 0) io.out(`${lines.join('\n')}\n`);
}

export const reasonLines = (reasons: readonly { code: string; message: string }[], indent = '  '): string[] =>
  reasons.map(({ code, message }) => visible(`${indent}${code}: ${message}`));

/** One reason that keeps a cluster from its target, with its cause, owner and fix below. */
export const blockerLines = ({ code, what, cause, owner, fix }: ClusterBlocker, indent = '  '): string[] => [
  visible(`${indent}${code}: ${what}`),
  ...Object.entries({ cause, owner, fix }).flatMap(([name, told]) =>
    told === null ? [] : visible(`${indent}  ${name}: ${told}`),
  ),
];

/** `Name:      value` lines with aligned values, like kubectl describe. Values may contain Liftlock's own colour; false entries are left out. */
export function facts(all: readonly (readonly [string, string | number | null | undefined] | false)[]): string[] {
  const pairs = all.filter((pair) => pair !== false);
  const width = Math.max(...pairs.map(([name]) => name.length)) + 1;
  return pairs.map(([name, value]) => `${`${name}:`.padEnd(width)}  ${value ?? '-'}`);
}

/** A heading and its lines, or nothing where there are none. */
export function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${heading}:`, ...lines];
}

/** The reasons why something cannot start. */
export const inTheWay = ({ paint }: Session, refusals: Parameters<typeof reasonLines>[0]): string[] =>
  section(
    'In the way',
    reasonLines(refusals).map((line) => paint('yellow', line)),
  );

/** A heading and a line for each item. */
export function listed<Item>(heading: string, items: readonly Item[], wordsOf: (item: Item) => string): string[] {
  const lines = items.map((item) => visible(`  ${wordsOf(item)}`));
  return section(heading, lines);
}

/** Text from others in a fact. */
export const shown = (value: string | number | null | undefined): string => visible(String(value ?? '-'));

/** Rows under headers, in columns two spaces apart, like kubectl. Cells may contain colour; the last column is not padded. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[], columns?: number): string {
  const all = [headers, ...rows];
  const widths = headers.map((_, index) => Math.max(...all.map((row) => width(row[index] ?? ''))));
  return all.map((row) => line(row, widths, columns)).join('');
}

/** The same as lines. */
export const tableLines = (...given: Parameters<typeof table>): string[] =>
  table(...given)
    .trimEnd()
    .split('\n');

/** A heading and a table, or nothing where it would have no row. */
export function tableSection(
  heading: string,
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  columns?: number,
): string[] {
  return rows.length === 0 ? [] : section(heading, tableLines(headers, rows, columns));
}

function line(row: readonly string[], widths: readonly number[], columns: number | undefined): string {
  const last = widths.length - 1;
  const cells = widths.map((space, index) => {
    const cell = row[index] ?? '';
    return index === last ? cell : cell + ' '.repeat(space - width(cell));
  });
  const before = widths.slice(0, last).reduce((sum, space) => sum + space + 2, 0);
  const room = columns === undefined ? undefined : columns - before;
  // Only the last column is cut, because it contains sentences; the other columns contain names that must stay whole.
  if (room !== undefined && room >= 20) cells[last] = shortened(cells[last] ?? '', room);
  return `${cells.join('  ').trimEnd()}\n`;
}

/** Wide characters count as one column: names and statuses have none, and a sentence at the end may be uneven. */
const width = (cell: string): number => [...stripVTControlCharacters(cell)].length;

function shortened(cell: string, room: number): string {
  if (width(cell) <= room) return cell;
  return `${[...stripVTControlCharacters(cell)].slice(0, room - 1).join('')}…`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** A time less than that ahead counts as now: clocks differ, and time in the local cloud passes while a command prints. */
const AHEAD_MILLISECONDS = 60_000;

/** Times in tables: `in 3h12m`, `5m ago`, `-` for none, `never` for 1970. JSON has the instants themselves. */
export function relativeTime(at: string | null | undefined, now: Date): string {
  if (at === null || at === undefined) return '-';
  if (Date.parse(at) === 0) return 'never';
  const milliseconds = Date.parse(at) - now.getTime();
  if (Number.isNaN(milliseconds)) return at;
  const text = duration(Math.abs(milliseconds) / 1000);
  if (text === '0s' || (milliseconds > 0 && milliseconds < AHEAD_MILLISECONDS)) return 'now';
  return milliseconds > 0 ? `in ${text}` : `${text} ago`;
}

/**
 * The same for repeated reads: an unchanged result is written only every six hours (core/inventory/seen.ts), so the last read may be newer than the
 * record.
 */
export function lastLook(at: string | null | undefined, now: Date): string {
  const text = relativeTime(at, now);
  return text.endsWith(' ago') ? `at most ${text}` : text;
}

/** The two largest units: `3h12m`, `12d`, `45s`. */
function duration(seconds: number): string {
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.join('') || '0s';
}

/** Colour is used only on a terminal, and not with NO_COLOR or --no-color. */
export function colourOf(io: Pick<Io, 'env' | 'isTerminal'>, wanted: boolean): Paint {
  const noColour = (io.env.NO_COLOR ?? '') !== '' || io.env.TERM === 'dumb';
  if (!wanted || noColour || !io.isTerminal) return (_, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

const STATUSES: Readonly<Partial<Record<Style, readonly string[]>>> = {
  cyan: ['Upgrading', 'Running'],
  green: ['UpToDate', 'Succeeded', 'Completed', 'Ok', 'Readable'],
  red: ['Held', 'Failed', 'Halted', 'Aborted', 'Refused', 'Denied', 'Unreachable'],
  yellow: [
    ...['CompletedWithFailures', 'Parked', 'Paused', 'Blocked', 'Waiting', 'Incomplete', 'Watched', 'NodesKept'],
    ...['Behind', 'NodesBehind', 'AddonsBehind', 'ManualNodes', 'ImagesBehind', 'PatchesUnknown', 'NewerUnknown'],
  ],
};

/** A status in its colour. */
export function painted(paint: Paint, status: string): string {
  const style = (Object.keys(STATUSES) as Style[]).find((one) => STATUSES[one]?.includes(status));
  return style === undefined ? status : paint(style, status);
}

/** The width where that of the terminal is not known: in a pipe, a file, a log. */
export const USUAL_WIDTH = 100;

/** A word, or a command up to where its sentence, or a part of it, ends: what is quoted in it may have any mark. */
const WHOLE =
  / *(?:(?<=[:,] )(?:kubectl|aws|liftlock) (?:'[^']*'|"[^"]*"|[^.,;'"]|[.,;](?! |$))*(?:[.,;](?= ))?|[^ ]+)/g;

/**
 * Breaks a text at its spaces into lines of at most `width` characters, with the later lines indented; colours take no width. A longer word, and a
 * command after a colon or a comma, stay whole, so that they can be copied: a shell would run the first line of a broken one.
 */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [word] of text.matchAll(WHOLE)) {
    const longer = `${line}${word}`;
    if (line !== '' && [...stripVTControlCharacters(longer)].length > width) {
      lines.push(line);
      line = `${indent}${word.trimStart()}`;
    } else line = longer;
  }
  return [...lines, line];
}
