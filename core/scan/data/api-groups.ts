import type { ApiRow } from './api-row.ts';
import { apiRows } from './api-rows.ts';

const byGroup = Map.groupBy(apiRows, ({ group }) => group);

/** All rows of a group, in the order of the table. Empty for groups that are not Kubernetes' own. */
export const apiRowsOfGroup = (group: string): readonly ApiRow[] => byGroup.get(group) ?? [];

/** `policy/v1beta1`: every group and version that has a row. What is written at another one needs no further look. */
export const apiVersionsGivenUp: ReadonlySet<unknown> = new Set(
  apiRows.map(({ group, version }) => (group === '' ? version : `${group}/${version}`)),
);
