import { KubeVersion } from '../../version/kube-version.ts';
import type { ApiReplacement, ApiRow } from './api-row.ts';
import { apiRows } from './api-rows.ts';

/** What a release does with an API: it serves a `served` API without a warning, and a `deprecated` one with a warning. */
type ApiStatus = 'not-yet' | 'served' | 'deprecated' | 'removed';

const byKind = new Map(apiRows.map((row) => [`${row.group}/${row.version}/${row.kind}`, row]));
const byResource = Map.groupBy(apiRows, ({ group, resource }) => `${group}/${resource}`);

/**
 * The row of a group, version and kind, all compared exactly. A list (`CronJobList`) finds the row of what it lists; a kind that merely ends in
 * "List" does not. Undefined when no release deprecated or removed it, or it is not Kubernetes' own.
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
 * What the API server of `target` does with the row, by the columns of the row. A version that is off by default is `served` too: a cluster could be
 * configured to serve it.
 */
export function statusAt(row: ApiRow, target: KubeVersion): ApiStatus {
  if (isReached(row.removed, target)) return 'removed';
  if (!isReached(row.introduced, target)) return 'not-yet';
  return isReached(row.deprecated, target) ? 'deprecated' : 'served';
}

/** The version to write instead at `target`: of the candidates served there, the one nearest to the final version. Undefined when none is. */
export function replacementAt(row: ApiRow, target: KubeVersion): ApiReplacement | undefined {
  return row.replacements.findLast(
    ({ introduced, removed }) => isReached(introduced, target) && !isReached(removed, target),
  );
}

const byGroup = Map.groupBy(apiRows, ({ group }) => group);

/** All rows of a group, in the order of the table. Empty for groups that are not Kubernetes' own. */
export const apiRowsOfGroup = (group: string): readonly ApiRow[] => byGroup.get(group) ?? [];

/** Every group and version that has a row, like `policy/v1beta1`. An object at any other version needs no further check. */
export const apiVersionsGivenUp: ReadonlySet<unknown> = new Set(
  apiRows.map(({ group, version }) => (group === '' ? version : `${group}/${version}`)),
);

/** Whether `target` is at or past a minor of the tables; a minor that is null is never reached. */
export function isReached(minor: string | null, target: KubeVersion): boolean {
  return minor !== null && !target.isOlderThan(KubeVersion.parse(minor));
}
