import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { builtInGroups } from '../material/scan/built-in-groups.ts';
import { type DataProblem, kindName } from './problem.ts';

/** Reports rows of Kubernetes' own APIs in a group that a CRD owns, and rows of custom resources in a group that Kubernetes owns. */
export function checkGroups({ apis, unservedKinds, customResources }: DataTables): DataProblem[] {
  const own = (table: 'apis' | 'unservedKinds', rows: readonly { group: string; version: string; kind: string }[]) =>
    rows
      .filter(({ group }) => !builtInGroups.has(group))
      .map((row) => ({ table, entry: kindName(row), message: `${row.group} is no API group of Kubernetes itself` }));
  const foreign = customResources
    .filter(({ group }) => builtInGroups.has(group))
    .map((row) => ({
      table: 'customResources' as const,
      entry: kindName(row),
      message: `${row.group} belongs to Kubernetes itself`,
    }));
  return [...own('apis', apis), ...own('unservedKinds', unservedKinds), ...foreign];
}
