import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import { type DelegatedVersion, delegatedVersions } from '../resources/api-services.ts';
import { scalePath } from '../resources/scale-path.ts';
import { byPriority } from '../resources/version-priority.ts';
import { resourceTypes } from '../served-types.ts';
import { type Answer, type Call, json } from './call.ts';
import { aggregatedDiscovery } from './media-type.ts';
import { reviewTypes } from './reviews.ts';
import { serviceUnavailable } from './service-unavailable.ts';

/**
 * `/api`, `/apis`, `/api/v1`, `/apis/apps`, `/apis/apps/v1`, …: undefined for a group or version that is not served, 503 for a version
 * whose own server does not answer.
 */
export function discovery(call: Call): Answer | undefined {
  const aggregated = call.cluster.kubernetes.aggregatedDiscovery ?? true;
  return discoveryOf(call, discoveryGroups(call.cluster), { aggregated });
}

/** The same for given groups; `aggregated`: whether one answer can have all of them. */
export function discoveryOf(
  { path, headers }: Pick<Call, 'path' | 'headers'>,
  all: readonly DiscoveryGroup[],
  { aggregated }: { readonly aggregated: boolean },
): Answer | undefined {
  const [root, ...parts] = path.split('/').filter((part) => part !== '');
  const core = root === 'api';
  const groups = all.filter(({ name }) => (name === '') === core);
  if (parts.length === 0) {
    const version = aggregatedDiscovery(headers.accept, aggregated);
    if (version !== undefined) return aggregatedDiscoveryList(version, groups);
    return core ? coreVersions(headers.host ?? '') : groupList(groups);
  }
  const [name, version, ...rest] = core ? ['', ...parts] : parts;
  const group = groups.find((each) => each.name === name);
  if (group === undefined || rest.length > 0) return undefined;
  if (version === undefined) return json(200, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) });
  const found = group.versions.find((each) => each.version === version);
  if (found === undefined) return undefined;
  return found.available ? json(200, resourceList(group.name, found)) : serviceUnavailable();
}

function coreVersions(serverAddress: string): Answer {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress }];
  return json(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs });
}

const groupList = (groups: readonly DiscoveryGroup[]): Answer =>
  json(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(apiGroup) });

function apiGroup({ name, versions }: DiscoveryGroup) {
  const told = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: told, preferredVersion: told[0] };
}

function resourceList(group: string, { version, entries }: DiscoveryVersion): object {
  const resources = entries.map(
    ({ name, singular, namespaced, kind, verbs, shortNames, categories, responseGroup }) => ({
      name,
      singularName: singular,
      namespaced,
      ...(responseGroup === undefined ? {} : { group: responseGroup, version: 'v1' }),
      kind,
      verbs,
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...(categories.length === 0 ? {} : { categories }),
    }),
  );
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf({ group, version }), resources };
}

/**
 * `APIGroupDiscoveryList`: everything in one answer, which clients request first since 1.27. A version whose server does not answer is `Stale`,
 * without its resources.
 */
function aggregatedDiscoveryList(version: 'v2' | 'v2beta1', groups: readonly DiscoveryGroup[]): Answer {
  const items = groups.map(({ name, versions }) => ({
    metadata: { ...(name === '' ? {} : { name }), creationTimestamp: null },
    versions: versions.map(versionOf),
  }));
  const apiVersion = `apidiscovery.k8s.io/${version}`;
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  return json(200, { kind: 'APIGroupDiscoveryList', apiVersion, metadata: {}, items }, contentType);
}

function versionOf({ version, entries, available }: DiscoveryVersion): object {
  return available
    ? { version, resources: resourcesOf(entries), freshness: 'Current' }
    : { version, freshness: 'Stale' };
}

function resourcesOf(entries: readonly DiscoveryEntry[]): object[] {
  return entries
    .filter(({ name }) => !name.includes('/'))
    .map((entry) => {
      const subresources = entries
        .filter(({ name }) => name.startsWith(`${entry.name}/`))
        .map((each) => ({ subresource: each.name.split('/')[1], responseKind: responseKind(each), verbs: each.verbs }));
      return {
        resource: entry.name,
        responseKind: responseKind(entry),
        scope: entry.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: entry.singular,
        verbs: entry.verbs,
        ...(entry.shortNames.length === 0 ? {} : { shortNames: entry.shortNames }),
        ...(entry.categories.length === 0 ? {} : { categories: entry.categories }),
        ...(subresources.length === 0 ? {} : { subresources }),
      };
    });
}

/** Kinds of other groups are those of v1. */
const responseKind = ({ kind, group, version, responseGroup }: DiscoveryEntry) =>
  responseGroup === undefined ? { group, version, kind } : { group: responseGroup, version: 'v1', kind };

/** A resource, a subresource or a review in discovery. */
interface DiscoveryEntry
  extends Pick<ResourceType, 'kind' | 'group' | 'version' | 'namespaced' | 'verbs' | 'shortNames' | 'categories'> {
  /** `pods/eviction` for a subresource. */
  readonly name: string;
  readonly singular: string;
  /** The group of the answer where it differs from that of the path: an Eviction is of policy/v1. */
  readonly responseGroup?: string;
}

interface DiscoveryGroup {
  /** Empty for the core group. */
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly DiscoveryVersion[];
}

interface DiscoveryVersion {
  readonly version: string;
  readonly entries: readonly DiscoveryEntry[];
  /** False where the other server that serves it does not answer. */
  readonly available: boolean;
}

const eviction: DiscoveryEntry = {
  ...{ name: 'pods/eviction', singular: '', kind: 'Eviction', group: '', version: 'v1', responseGroup: 'policy' },
  ...{ namespaced: true, verbs: ['create'], shortNames: [], categories: [] },
};

const fixed: readonly DiscoveryEntry[] = [
  eviction,
  ...reviewTypes.map(({ resource, ...type }) => ({
    ...{ ...type, name: resource, singular: type.kind.toLowerCase() },
    ...{ namespaced: false, verbs: ['create'], shortNames: [], categories: [] },
  })),
];

const scaleOf = ({ resource, group, version, namespaced }: ResourceType): DiscoveryEntry => ({
  ...{ name: `${resource}/scale`, singular: '', kind: 'Scale', group, version, responseGroup: 'autoscaling' },
  ...{ namespaced, verbs: ['get', 'patch', 'update'], shortNames: [], categories: [] },
});

/** All types of a cluster by group, the core group first, the others by name. */
function discoveryGroups(cluster: ClusterRecord): DiscoveryGroup[] {
  const types = resourceTypes(cluster);
  const scales = types.filter((type) => scalePath(cluster.kubernetes, type) !== undefined).map(scaleOf);
  return groupsOf(types, delegatedVersions(cluster.kubernetes.objects ?? []), scales);
}

/** The groups of those types, with reviews, evictions and other subresources. */
export function groupsOf(
  types: readonly ResourceType[],
  delegated: readonly DelegatedVersion[] = [],
  subresources: readonly DiscoveryEntry[] = [],
): DiscoveryGroup[] {
  const entries = [...types.map((type) => ({ ...type, name: type.resource })), ...subresources, ...fixed];
  const names = [...new Set([...entries, ...delegated].map(({ group }) => group))].sort();
  return names.map((name) => {
    const own = entries.filter(({ group }) => group === name);
    const others = delegated.filter(({ group }) => group === name);
    const versions = [...new Set([...own, ...others].map(({ version }) => version))].sort(byPriority);
    return {
      name,
      versions: versions.map((version) => ({
        version,
        entries: own.filter((entry) => entry.version === version),
        available: others.find((each) => each.version === version)?.available ?? true,
      })),
    };
  });
}
