import { FakeEksError, required } from './errors.ts';
import type { Caller } from './operation-context.ts';
import type { AddonRecord, ClusterRecord, FakeEksState, NodegroupRecord } from './state/fake-eks-state.ts';

export function clusterArn(account: string, region: string, name: string): string {
  return `${arnPrefix(account, region)}cluster/${name}`;
}

/** The beginning of every ARN of EKS in one account and Region. */
export function arnPrefix(account: string, region: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:eks:${region}:${account}:`;
}

/** Accounts that have clusters. */
export const accountsOf = ({ clusters }: FakeEksState): string[] =>
  [...new Set(Object.values(clusters).map(({ account }) => account))].sort();

/** The cluster of that name in the caller's account and Region, or ResourceNotFoundException. */
export function findCluster(state: FakeEksState, caller: Caller, name: string | undefined): ClusterRecord {
  const wanted = required(name, 'name');
  const cluster = state.clusters[clusterArn(caller.account, caller.region, wanted)];
  if (cluster === undefined) {
    throw new FakeEksError('ResourceNotFoundException', `No cluster found for name: ${wanted}.`);
  }
  return cluster;
}

export function findNodegroup(cluster: ClusterRecord, name: string | undefined): NodegroupRecord {
  const wanted = required(name, 'nodegroupName');
  const nodegroup = cluster.nodegroups.find((each) => each.name === wanted);
  if (nodegroup === undefined) {
    throw new FakeEksError('ResourceNotFoundException', `No node group found for name: ${wanted}.`);
  }
  return nodegroup;
}

export function findAddon(cluster: ClusterRecord, name: string | undefined): AddonRecord {
  const wanted = required(name, 'addonName');
  const addon = cluster.addons.find((each) => each.name === wanted);
  if (addon === undefined) {
    throw new FakeEksError('ResourceNotFoundException', `No addon: ${wanted} found in cluster: ${cluster.name}`);
  }
  return addon;
}

/** EKS cannot change a connected cluster (facts: eks.md §6). The name of the error is not known. */
export function requireManaged(cluster: ClusterRecord): void {
  if (cluster.description.connectorConfig === undefined) return;
  throw new FakeEksError('InvalidRequestException', `Cluster ${cluster.name} is connected, not managed by Amazon EKS`);
}

/**
 * Node groups and add-ons can only change on an ACTIVE cluster whose control plane is not updating. EKS knows of a version update from its acceptance
 * on, before the status shows it.
 */
export function requireActive(cluster: ClusterRecord): void {
  const moving = cluster.updates.some(
    (update) =>
      update.status === 'InProgress' &&
      (update.type === 'VersionRollback' || (update.type === 'VersionUpdate' && update.nodegroupName === undefined)),
  );
  if (cluster.status === 'ACTIVE' && !moving) return;
  throw new FakeEksError(
    'InvalidRequestException',
    `Cluster '${cluster.name}' is not in ACTIVE status, it is ${moving ? 'UPDATING' : cluster.status}`,
  );
}
