import type { ApiReplacement, ApiRow } from '../../core/scan/data/api-row.ts';
import { replacementAt } from '../../core/scan/data/api-table.ts';
import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { type DataProblem, kindName } from './problem.ts';

/**
 * Reports chains of replacements that lead nowhere. From the minor that removes a row to the newest minor known, some candidate is served,
 * without a gap, unless the row names none. A chain may end early only where its last candidate was removed in turn and a note says so.
 */
export function checkReplacements({ apis, coverage }: DataTables): DataProblem[] {
  const rows = new Map(apis.map((row) => [kindName(row), row]));
  const known = new Map(apis.flatMap(({ replacements }) => replacements).map((one) => [kindName(one), one]));
  return apis.flatMap((row) =>
    [
      ...row.replacements.flatMap((candidate) => unlikeItsRow(candidate, rows.get(kindName(candidate)))),
      ...row.replacements.flatMap((candidate) => unlikeOthers(candidate, known.get(kindName(candidate)))),
      ...unservedMinors(row, coverage),
    ].map((message) => ({ table: 'apis' as const, entry: kindName(row), message })),
  );
}

function unlikeItsRow(candidate: ApiReplacement, row: ApiRow | undefined): string[] {
  const name = kindName(candidate);
  if (row === undefined) {
    return /^v\d+$/.test(candidate.version) ? [] : [`replacement ${name} is neither stable nor a row of the table`];
  }
  return row.introduced === candidate.introduced && row.removed === candidate.removed
    ? []
    : [`replacement ${name} has other minors than its own row`];
}

function unlikeOthers(candidate: ApiReplacement, other: ApiReplacement | undefined): string[] {
  return other === undefined || other.introduced === candidate.introduced
    ? []
    : [
        `replacement ${kindName(candidate)} is introduced in ${candidate.introduced} here, in ${other.introduced} elsewhere`,
      ];
}

function unservedMinors(row: ApiRow, coverage: DataTables['coverage']): string[] {
  if (row.removed === null || row.replacements.length === 0) return [];
  const newest = KubeVersion.parse(coverage.newestMinor);
  const removed = KubeVersion.parse(row.removed);
  if (newest.isOlderThan(removed)) return [];
  const unserved = [removed, ...removed.hopsTo(newest)].filter((minor) => replacementAt(row, minor) === undefined);
  const first = unserved[0];
  if (first === undefined || (row.note !== null && row.replacements.every(({ removed: end }) => isOver(end, first))))
    return [];
  return [`nothing replaces it at ${unserved.join(', ')}`];
}

function isOver(removed: string | null, minor: KubeVersion): boolean {
  return removed !== null && !minor.isOlderThan(KubeVersion.parse(removed));
}
