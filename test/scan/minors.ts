import type { ApiRow } from '../../core/scan/data/api-row.ts';
import coverage from '../../core/scan/data/coverage.json' with { type: 'json' };

/** Minors as bare numbers: what tests expect must not rest on the comparisons that they judge. */
export const minorOf = (version: string): number => Number(version.replace(/^1\./, ''));
export const newest = minorOf(coverage.newestMinor);

export const isFrom = (minor: number, first: string | null): boolean => first !== null && minorOf(first) <= minor;

/** From the minor before the row is there to the one after it is gone, and the newest one that the tables know. */
export function minorsAround({ introduced, removed }: ApiRow): number[] {
  const first = Math.max(0, minorOf(introduced) - 1);
  const last = removed === null ? newest : minorOf(removed) + 1;
  const around = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return around.includes(newest) ? around : [...around, newest];
}

/** The last candidate in the row's own order that the minor has, as reports write it. */
export function replacementIn(row: ApiRow, minor: number): string | null {
  const there = row.replacements.filter(
    ({ introduced, removed }) => isFrom(minor, introduced) && !isFrom(minor, removed),
  );
  const last = there.at(-1);
  if (last === undefined) return null;
  return `${last.group === '' ? '' : `${last.group}/`}${last.version} ${last.kind}`;
}
