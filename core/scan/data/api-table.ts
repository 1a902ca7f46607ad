import type { KubeVersion } from '../../version/kube-version.ts';
import type { ApiReplacement, ApiRow } from './api-row.ts';
import { apiRows } from './api-rows.ts';
import { isReached } from './reached.ts';

export { builtInGroups } from './built-in-groups.ts';

/** What a release does with an API: `served` has no warning, `deprecated` serves with one. */
export type ApiStatus = 'not-yet' | 'served' | 'deprecated' | 'removed';

const byKind = new Map(apiRows.map((row) => [`${row.group}/${row.version}/${row.kind}`, row]));
const byResource = new Map<string, ApiRow[]>();
for (const row of apiRows) {
  const key = `${row.group}/${row.resource}`;
  byResource.set(key, [...(byResource.get(key) ?? []), row]);
}

/**
 * The row of a group, version and kind, all compared exactly. A list (`CronJobList`) finds the row of what it lists; a kind that merely
 * ends in "List" does not. Undefined when no release deprecated or removed it, or it is not Kubernetes' own.
 */
export function apiRow(group: string, version: string, kind: string): ApiRow | undefined {
  const row = byKind.get(`${group}/${version}/${kind}`);
  if (row !== undefined || !kind.endsWith('List')) return row;
  return byKind.get(`${group}/${version}/${kind.slice(0, -'List'.length)}`);
}

/** The rows of all versions of a resource (`policy`, `poddisruptionbudgets`), in the order of the table. */
export function apiRowsOfResource(group: string, resource: string): readonly ApiRow[] {
  return byResource.get(`${group}/${resource}`) ?? [];
}

/**
 * What the API server of `target` does with the row, by its own columns. Says nothing about off-by-default versions: `served` there means
 * that a cluster could have been told to serve it.
 */
export function statusAt(row: ApiRow, target: KubeVersion): ApiStatus {
  if (isReached(row.removed, target)) return 'removed';
  if (!isReached(row.introduced, target)) return 'not-yet';
  return isReached(row.deprecated, target) ? 'deprecated' : 'served';
}

/** What to write instead at `target`: of the candidates served there, the one nearest to the final version. Undefined when none is. */
export function replacementAt(row: ApiRow, target: KubeVersion): ApiReplacement | undefined {
  return row.replacements.findLast(
    ({ introduced, removed }) => isReached(introduced, target) && !isReached(removed, target),
  );
}
