import type { ApiRow } from '../../../core/scan/data/api-row.ts';
import { apiRows } from '../../../core/scan/data/api-rows.ts';
import { isReached } from '../../../core/scan/data/api-table.ts';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { apiVersionOf, type Deprecation, type ResourceType } from '../resource-types.ts';
import { type BuiltInResource, builtInResources } from './built-in-resources.ts';
import { storageGroup } from './storage-group.ts';
import { byPriority } from './version-priority.ts';

const known = new Map<string, readonly ResourceType[]>();

/**
 * Kubernetes' own resources in a minor, each at every served version. `turnedOn` are versions that are off by default: `scheduling.k8s.io/v1beta1`.
 */
export function servedBuiltIns(minor: string, turnedOn: readonly string[]): readonly ResourceType[] {
  const key = [minor, ...turnedOn].join();
  const found = known.get(key) ?? builtInResources.flatMap((each) => typesOf(each, KubeVersion.parse(minor), turnedOn));
  known.set(key, found);
  return found;
}

function typesOf(resource: BuiltInResource, minor: KubeVersion, turnedOn: readonly string[]): ResourceType[] {
  const { group, kind } = resource;
  return versionsOf(resource)
    .filter(({ version, introduced, row }) => {
      if (!isReached(introduced, minor) || isReached(row?.removed ?? null, minor)) return false;
      const onByDefault = row?.servedByDefault !== false || isReached(row.eksServedFrom, minor);
      return onByDefault || turnedOn.includes(apiVersionOf({ group, version }));
    })
    .map(({ version, row }) => ({
      ...resource,
      version,
      singular: kind.toLowerCase(),
      storage: `${storageGroup(group, kind)}/${resource.resource}`,
      ...(row !== undefined && isReached(row.deprecated, minor) ? { deprecation: deprecationOf(row) } : {}),
    }));
}

interface KnownVersion {
  readonly version: string;
  readonly introduced: string;
  /** The row of a version that some release deprecates, removes or leaves off. */
  readonly row?: ApiRow;
}

const nameOf = ({ group, kind }: { readonly group: string; readonly kind: string }): string => `${group}/${kind}`;
const rowsOfKind = Map.groupBy(apiRows, nameOf);
const replacementsOfKind = Map.groupBy(
  apiRows.flatMap(({ replacements }) => replacements),
  nameOf,
);

/**
 * All versions that any minor serves, in the order in which an API server prefers them: those with a row, the replacements in rows, and `v1` of a
 * kind that the table does not have. The table has no autoscaling/v1 either, which replaced nothing and stays.
 */
function versionsOf(resource: BuiltInResource): KnownVersion[] {
  const name = nameOf(resource);
  const rows = rowsOfKind.get(name)?.map((row) => ({ version: row.version, introduced: row.introduced, row })) ?? [];
  const kept = replacementsOfKind.get(name) ?? [];
  const versions = new Map([...kept, ...rows].map((each): [string, KnownVersion] => [each.version, each]));
  if (versions.size === 0 || resource.group === 'autoscaling') versions.set('v1', { version: 'v1', introduced: '1.0' });
  return [...versions.values()].sort((one, other) => byPriority(one.version, other.version));
}

/** The text of k8s.io/apiserver, `pkg/endpoints/deprecation`. */
function deprecationOf({ group, version, kind, deprecated, removed, replacements }: ApiRow): Deprecation {
  const best = replacements.at(-1);
  const warning = [
    `${apiVersionOf({ group, version })} ${kind} is deprecated in v${deprecated}+`,
    ...(removed === null ? [] : [`, unavailable in v${removed}+`]),
    ...(best === undefined ? [] : [`; use ${apiVersionOf(best)} ${best.kind}`]),
  ].join('');
  return { warning, removedRelease: removed ?? '' };
}
