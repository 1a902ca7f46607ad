import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { ResourceType } from './resource-types.ts';
import { customTypes } from './resources/custom-types.ts';
import { servedBuiltIns } from './resources/served-built-ins.ts';

/** A resource at a version. */
export type ResourceName = Pick<ResourceType, 'group' | 'version' | 'resource'>;

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
