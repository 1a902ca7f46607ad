import type { UpdateType } from '@aws-sdk/client-eks';
import { FakeEksError } from './errors.ts';
import type { AddonRecord, ClusterRecord, NodegroupRecord } from './state/fake-eks-state.ts';
import { updateInProgress } from './updates.ts';

/**
 * One update of a control plane, node group or add-on at a time (facts: eks.md §2.1, §5.4), as ResourceInUseException. The facts have no name for it,
 * but the output of clients does: rancher/eks-operator#547 and aws/aws-cdk#33452 for clusters, aws/containers-roadmap#2204 for node groups,
 * eksctl-io/eksctl#8091 for add-ons.
 */
export function refuseWhileClusterUpdates(cluster: ClusterRecord, type: UpdateType): void {
  const running = updateInProgress(cluster);
  if (running === undefined) return;
  throw new FakeEksError(
    'ResourceInUseException',
    `Cannot ${type} because cluster ${cluster.name} currently has update ${running.id} in progress`,
  );
}

/**
 * The group cannot be updated while it is created or deleted, or after that has failed. A DEGRADED one may be updated, which continues a failed
 * update (facts: eks.md §5.4).
 */
export function requireNodegroupUpdatable(cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const atRest = nodegroup.status === 'ACTIVE' || nodegroup.status === 'DEGRADED';
  if (atRest && updateInProgress(cluster, { nodegroupName: nodegroup.name }) === undefined) return;
  throw new FakeEksError(
    'ResourceInUseException',
    'Nodegroup cannot be updated as it is currently not in Active State',
  );
}

/** The add-on cannot be updated while it is created or deleted. A degraded one, or one whose creation or update failed, may be updated. */
export function requireAddonUpdatable(cluster: ClusterRecord, addon: AddonRecord): void {
  const running = updateInProgress(cluster, { addonName: addon.name }) !== undefined;
  const busy = addon.status === 'CREATING' || addon.status === 'DELETING' || addon.status === 'UPDATING';
  if (!running && !busy) return;
  throw new FakeEksError(
    'ResourceInUseException',
    `Addon ${addon.name} cannot be updated as it is currently in ${busy ? addon.status : 'UPDATING'} state`,
  );
}
