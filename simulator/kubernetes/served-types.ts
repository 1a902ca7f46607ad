import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';
import type { Deprecation, ResourceType } from './resource-types.ts';
import { readsAndWrites } from './resources/built-in-resources.ts';
import { servedBuiltIns } from './resources/served-built-ins.ts';
import { groupOf, list, record, type StoredObject, texts } from './resources/stored-object.ts';
import { byPriority } from './resources/version-priority.ts';

/** A resource at a version. */
type ResourceName = Pick<ResourceType, 'group' | 'version' | 'resource'>;

/** All types of a cluster: those of its minor, and those of its CustomResourceDefinitions. */
export function resourceTypes({ version, kubernetes }: ClusterRecord): readonly ResourceType[] {
  const { objects = [], servedApis = [] } = kubernetes;
  const custom = customTypes(objects);
  const builtIn = servedBuiltIns(version, servedApis);
  return custom.length === 0 ? builtIn : [...builtIn, ...custom];
}

/** Undefined for a type that the cluster does not serve. */
export function findType(cluster: ClusterRecord, { group, version, resource }: ResourceName): ResourceType | undefined {
  return resourceTypes(cluster).find(
    (type) => type.resource === resource && type.version === version && type.group === group,
  );
}

const verbs = readsAndWrites;

/** The types of CustomResourceDefinitions: their served versions, once they are Established. */
export function customTypes(objects: readonly StoredObject[]): ResourceType[] {
  return objects.filter(isEstablished).flatMap(typesOf);
}

/** A definition without conditions is Established, so that tests need not write them. */
function isEstablished(object: StoredObject): boolean {
  if (object.kind !== 'CustomResourceDefinition' || groupOf(object) !== 'apiextensions.k8s.io') return false;
  const conditions = list(record(object.status).conditions).map(record);
  return conditions.length === 0 || conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}

interface Definition {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly Readonly<Record<string, unknown>>[];
}

function typesOf({ spec }: StoredObject): ResourceType[] {
  const { group: givenGroup, scope, names: givenNames, versions: given } = record(spec);
  const names = record(givenNames);
  const [group, kind, resource] = [String(givenGroup), String(names.kind), String(names.plural)];
  const versions = list(given).map(record);
  const served = versions
    .filter(({ served }) => served === true)
    .sort((left, right) => byPriority(String(left.name), String(right.name)));
  return served.map((version) => {
    const deprecation = deprecationOf({ group, kind, versions }, version);
    return {
      ...{ group, kind, resource, version: String(version.name), namespaced: scope !== 'Cluster' },
      singular: typeof names.singular === 'string' ? names.singular : kind.toLowerCase(),
      shortNames: texts(names.shortNames),
      categories: texts(names.categories),
      verbs,
      storage: `${group}/${resource}`,
      custom: true,
      ...(deprecation === undefined ? {} : { deprecation }),
    };
  });
}

/** A deprecated version without its own warning names the best newer version that is served and not deprecated, as upstream. */
function deprecationOf(
  { group, kind, versions }: Definition,
  { name, deprecated, deprecationWarning }: Readonly<Record<string, unknown>>,
): Deprecation | undefined {
  if (deprecated !== true) return undefined;
  if (typeof deprecationWarning === 'string') return { warning: deprecationWarning, removedRelease: '' };
  const [instead] = versions
    .filter((each) => each.served === true && each.deprecated !== true)
    .map((each) => String(each.name))
    .filter((each) => byPriority(each, String(name)) < 0)
    .sort(byPriority);
  const use = instead === undefined ? '' : `; use ${group}/${instead} ${kind}`;
  return { warning: `${group}/${String(name)} ${kind} is deprecated${use}`, removedRelease: '' };
}
