import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { ResourceType } from './resource-types.ts';
import { customTypes } from './resources/custom-types.ts';
import { servedBuiltIns } from './resources/served-built-ins.ts';

/** Which resource, at which version. */
export type ResourceName = Pick<ResourceType, 'group' | 'version' | 'resource'>;

/** Everything that a cluster serves: what its minor has, and what its CustomResourceDefinitions add. */
export function resourceTypes({ version, kubernetes }: ClusterRecord): readonly ResourceType[] {
  const { objects = [], servedApis = [] } = kubernetes;
  const custom = customTypes(objects);
  const builtIn = servedBuiltIns(version, servedApis);
  return custom.length === 0 ? builtIn : [...builtIn, ...custom];
}

/** Undefined for what the cluster does not serve. */
export function findType(cluster: ClusterRecord, { group, version, resource }: ResourceName): ResourceType | undefined {
  return resourceTypes(cluster).find(
    (type) => type.resource === resource && type.version === version && type.group === group,
  );
}
