import { stripVTControlCharacters } from 'node:util';

/** Rows under headers, in columns two spaces apart, as kubectl prints them. Cells may carry colour; the last column is not padded. */
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

function line(row: readonly string[], widths: readonly number[], columns: number | undefined): string {
  const last = widths.length - 1;
  const cells = widths.map((space, index) => {
    const cell = row[index] ?? '';
    return index === last ? cell : cell + ' '.repeat(space - width(cell));
  });
  const before = widths.slice(0, last).reduce((sum, space) => sum + space + 2, 0);
  const room = columns === undefined ? undefined : columns - before;
  // Only the last column is cut, where sentences stand; the others are names that must stay whole.
  if (room !== undefined && room >= 20) cells[last] = shortened(cells[last] ?? '', room);
  return `${cells.join('  ').trimEnd()}\n`;
}

/** Wide characters count as one column: names and statuses have none, and a ragged sentence at the end does no harm. */
const width = (cell: string): number => [...stripVTControlCharacters(cell)].length;

function shortened(cell: string, room: number): string {
  if (width(cell) <= room) return cell;
  return `${[...stripVTControlCharacters(cell)].slice(0, room - 1).join('')}…`;
}
