import { type Figure, isOver } from './figure.ts';

const HEADINGS = ['Figure', 'Value', 'Limit', ''] as const;

/** A table for the terminal: what, how much, the limit, and whether it holds. */
export function formatFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    amount(figure.value, figure.unit),
    limitOf(figure),
    verdict(figure),
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(HEADINGS), ...rows.map(line)].join('\n');
}

const DIGITS: Partial<Record<Figure['unit'], number>> = { USD: 5, s: 1, ms: 1, kB: 1, MB: 2, MiB: 0, '%': 1 };

function amount(value: number, unit: Figure['unit']): string {
  const digits = DIGITS[unit] ?? 0;
  return `${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}

function limitOf({ limit, least, unit }: Figure): string {
  if (limit !== undefined) return `≤ ${limit.toLocaleString('en')} ${unit}`;
  return least === undefined ? '' : `≥ ${least.toLocaleString('en')} ${unit}`;
}

function verdict(figure: Figure): string {
  if (figure.limit === undefined && figure.least === undefined) return '';
  return isOver(figure) ? 'OVER' : 'ok';
}
