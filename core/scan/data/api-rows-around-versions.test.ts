import { KubeVersion } from '../../version/kube-version.ts';
import type { ApiRow } from './api-row.ts';
import { apiRows } from './api-rows.ts';
import { apiRow, replacementAt, statusAt } from './api-table.ts';
import coverage from './coverage.json' with { type: 'json' };

/** Minors are compared as plain numbers here, so that the expectation does not depend on the tested code. */
const minorOf = (version: string): number => Number(version.replace(/^1\./, ''));
const newest = minorOf(coverage.newestMinor);
const never = Number.POSITIVE_INFINITY;

function expectedStatus(row: ApiRow, minor: number): string {
  if (row.removed !== null && minorOf(row.removed) <= minor) return 'removed';
  if (minor < minorOf(row.introduced)) return 'not-yet';
  return row.deprecated !== null && minorOf(row.deprecated) <= minor ? 'deprecated' : 'served';
}

/** The last candidate in the row's own order whose columns include the minor, as `group/version Kind`. */
function expectedReplacement(row: ApiRow, minor: number): string | undefined {
  let best: string | undefined;
  for (const { group, version, kind, introduced, removed } of row.replacements) {
    const end = removed === null ? never : minorOf(removed);
    if (minorOf(introduced) <= minor && minor < end) best = `${group}/${version} ${kind}`;
  }
  return best;
}

/** From the minor before the row to the one after its removal, and the newest one. */
function minorsAround(row: ApiRow): number[] {
  const first = Math.max(0, minorOf(row.introduced) - 1);
  const last = row.removed === null ? newest : minorOf(row.removed) + 1;
  const around = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return around.includes(newest) ? around : [...around, newest];
}

describe.each(apiRows.map((row) => [`${row.group}/${row.version} ${row.kind}`, row] as const))('%s', (_name, row) => {
  test.each(minorsAround(row))('1.%i', (minor) => {
    const target = KubeVersion.parse(`1.${minor}`);
    expect(apiRow(row.group, row.version, row.kind)).toBe(row);
    expect(statusAt(row, target)).toBe(expectedStatus(row, minor));
    const replacement = replacementAt(row, target);
    const name = replacement && `${replacement.group}/${replacement.version} ${replacement.kind}`;
    expect(name).toBe(expectedReplacement(row, minor));
  });
});

test('every row that clusters served by default is among them: 60 at the last count', () => {
  expect(apiRows.filter(({ servedByDefault }) => servedByDefault)).toHaveLength(60);
});
