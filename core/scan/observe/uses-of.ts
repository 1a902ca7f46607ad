import { apiRow } from '../data/api-table.ts';
import { customResource, unservedKind } from '../data/custom-resources.ts';
import type { ApiUse, ListedUse } from '../judge/observation.ts';
import type { KindList } from '../listed/kind-list.ts';
import type { ObjectType } from '../manifest/manifest-object.ts';
import { groupVersion } from './api-version.ts';

/** The entries of the tables and of a user's own lists about a kind at a version. For most kinds there is none, and nothing to judge. */
export function usesOf(
  type: ObjectType,
  lists: readonly KindList[] = [],
): (Pick<ApiUse, 'type'> | Pick<ListedUse, 'type' | 'list' | 'row'>)[] {
  const { group, version } = groupVersion(type.apiVersion);
  const isKnown = [apiRow, customResource, unservedKind].some((row) => row(group, version, type.kind) !== undefined);
  return [...(isKnown ? [{ type: 'api' } as const] : []), ...listedUses(type, lists)];
}

/** Every list that names the kind at this version, each by its first row for it. */
export function listedUses(
  { apiVersion, kind }: ObjectType,
  lists: readonly KindList[],
): Pick<ListedUse, 'type' | 'list' | 'row'>[] {
  const { group, version } = groupVersion(apiVersion);
  return lists.flatMap(({ metadata, spec }) => {
    const row = spec.kinds.find(
      (one) => one.group === group && one.version === version && (one.kind === kind || one.kind === '*'),
    );
    return row === undefined ? [] : [{ type: 'listed', list: metadata.name, row }];
  });
}
