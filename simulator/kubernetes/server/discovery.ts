import { apiVersionOf } from '../resource-types.ts';
import { aggregatedDiscoveryList } from './aggregated-discovery.ts';
import { type Answer, json } from './answer.ts';
import type { Call } from './call.ts';
import { type DiscoveryGroup, type DiscoveryVersion, discoveryGroups } from './discovery-groups.ts';
import { aggregatedDiscovery } from './media-type.ts';
import { serviceUnavailable } from './service-unavailable.ts';

/**
 * `/api`, `/apis`, `/api/v1`, `/apis/apps`, `/apis/apps/v1`, …: undefined for a group or version that is not served, 503 for a version
 * whose own server does not answer.
 */
export function discovery(call: Call): Answer | undefined {
  const [root, ...parts] = call.path.split('/').filter((part) => part !== '');
  const core = root === 'api';
  const groups = discoveryGroups(call.cluster).filter(({ name }) => (name === '') === core);
  if (parts.length === 0) return core ? coreVersions(call, groups) : groupList(call, groups);
  const [name, version, ...rest] = core ? ['', ...parts] : parts;
  const group = groups.find((each) => each.name === name);
  if (group === undefined || rest.length > 0) return undefined;
  if (version === undefined) return json(200, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) });
  const found = group.versions.find((each) => each.version === version);
  if (found === undefined) return undefined;
  return found.available ? json(200, resourceList(group.name, found)) : serviceUnavailable();
}

function coreVersions(call: Call, groups: readonly DiscoveryGroup[]): Answer {
  const version = aggregatedVersion(call);
  if (version !== undefined) return aggregatedDiscoveryList(version, groups);
  const address = call.headers.host ?? '';
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }];
  return json(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs });
}

function groupList(call: Call, groups: readonly DiscoveryGroup[]): Answer {
  const version = aggregatedVersion(call);
  if (version !== undefined) return aggregatedDiscoveryList(version, groups);
  return json(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(apiGroup) });
}

const aggregatedVersion = ({ headers, cluster }: Call) =>
  aggregatedDiscovery(headers.accept, cluster.kubernetes.aggregatedDiscovery ?? true);

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
