import type { UpdateType } from '@aws-sdk/client-eks';
import { FakeEksError } from './errors.ts';
import type { AddonRecord, ClusterRecord } from './state/cluster-record.ts';
import type { NodegroupRecord } from './state/nodegroup-record.ts';
import { updateInProgress } from './updates.ts';

/**
 * One update of a control plane, node group or add-on at a time (facts: eks.md §2.1, §5.4), as ResourceInUseException. The facts know no
 * name for it; what clients have printed does: rancher/eks-operator#547 and aws/aws-cdk#33452 for clusters, aws/containers-roadmap#2204
 * for node groups, eksctl-io/eksctl#8091 for add-ons.
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
 * Nor while the group comes or goes, or after it failed to. A DEGRADED one may be updated: that is how a failed update is taken up again
 * (facts: eks.md §5.4).
 */
export function requireNodegroupUpdatable(cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const atRest = nodegroup.status === 'ACTIVE' || nodegroup.status === 'DEGRADED';
  if (atRest && updateInProgress(cluster, { nodegroupName: nodegroup.name }) === undefined) return;
  throw new FakeEksError(
    'ResourceInUseException',
    'Nodegroup cannot be updated as it is currently not in Active State',
  );
}

/** Nor while the add-on comes or goes; one that is degraded, or whose creation or update failed, may be updated. */
export function requireAddonUpdatable(cluster: ClusterRecord, addon: AddonRecord): void {
  const running = updateInProgress(cluster, { addonName: addon.name }) !== undefined;
  const busy = addon.status === 'CREATING' || addon.status === 'DELETING' || addon.status === 'UPDATING';
  if (!running && !busy) return;
  throw new FakeEksError(
    'ResourceInUseException',
    `Addon ${addon.name} cannot be updated as it is currently in ${busy ? addon.status : 'UPDATING'} state`,
  );
}
