import { apiVersionOf, type ResourceType, resourceTypes } from '../resource-types.ts';
import { type Answer, json } from './answer.ts';
import type { Call } from './call.ts';
import { aggregatedDiscovery } from './media-type.ts';
import { reviewTypes } from './reviews.ts';

/** What discovery tells of a resource, a subresource or a review. */
interface Entry extends Pick<ResourceType, 'kind' | 'group' | 'version' | 'namespaced' | 'verbs'> {
  /** `pods/eviction` for a subresource. */
  readonly name: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Where it differs from that of the path: an Eviction is of policy/v1. */
  readonly responseGroup?: string;
}

const eviction: Entry = {
  ...{ name: 'pods/eviction', singular: '', kind: 'Eviction', group: '', version: 'v1', responseGroup: 'policy' },
  ...{ namespaced: true, verbs: ['create'], shortNames: [], categories: [] },
};

const entries: readonly Entry[] = [
  ...resourceTypes.map((type) => ({ ...type, name: type.resource })),
  eviction,
  ...reviewTypes.map(({ resource, ...type }) => ({
    ...{ ...type, name: resource, singular: type.kind.toLowerCase() },
    ...{ namespaced: false, verbs: ['create'], shortNames: [], categories: [] },
  })),
];

const groups = [...new Set(entries.map(({ group }) => group))].filter((group) => group !== '').sort();

/** `/api`, `/apis`, `/api/v1`, `/apis/apps`, `/apis/apps/v1`, …: undefined for a group or version that is not served. */
export function discovery(call: Call): Answer | undefined {
  const [root, group, version, ...rest] = call.path.split('/').filter((part) => part !== '');
  if (rest.length > 0) return undefined;
  if (group === undefined) return root === 'api' ? coreVersions(call) : groupList(call);
  if (root === 'api') return group === 'v1' && version === undefined ? json(200, resourceList('')) : undefined;
  if (!groups.includes(group)) return undefined;
  if (version === undefined) return json(200, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) });
  return version === 'v1' ? json(200, resourceList(group)) : undefined;
}

function coreVersions(call: Call): Answer {
  const version = aggregatedDiscovery(call.headers.accept);
  if (version !== undefined) return aggregated(version, ['']);
  const address = call.headers.host ?? '';
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }];
  return json(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs });
}

function groupList(call: Call): Answer {
  const version = aggregatedDiscovery(call.headers.accept);
  if (version !== undefined) return aggregated(version, groups);
  return json(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(apiGroup) });
}

function apiGroup(name: string) {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function resourceList(wanted: string): object {
  const resources = entries
    .filter(({ group }) => group === wanted)
    .map(({ name, singular, namespaced, kind, verbs, shortNames, categories, responseGroup }) => ({
      name,
      singularName: singular,
      namespaced,
      ...(responseGroup === undefined ? {} : { group: responseGroup, version: 'v1' }),
      kind,
      verbs,
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...(categories.length === 0 ? {} : { categories }),
    }));
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group: wanted, version: 'v1' }),
    resources,
  };
}

/** Everything in one answer, which clients ask for first since 1.27. */
function aggregated(version: 'v2' | 'v2beta1', names: readonly string[]): Answer {
  const items = names.map((name) => ({
    metadata: { ...(name === '' ? {} : { name }), creationTimestamp: null },
    versions: [{ version: 'v1', resources: aggregatedResources(name), freshness: 'Current' }],
  }));
  const apiVersion = `apidiscovery.k8s.io/${version}`;
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  return json(200, { kind: 'APIGroupDiscoveryList', apiVersion, metadata: {}, items }, contentType);
}

function aggregatedResources(wanted: string): object[] {
  const own = entries.filter(({ group }) => group === wanted);
  return own
    .filter(({ name }) => !name.includes('/'))
    .map((entry) => {
      const subresources = own
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

const responseKind = ({ kind, group, responseGroup = group }: Entry) => ({ group: responseGroup, version: 'v1', kind });
