import { cordon, drainPass, terminateNode } from '../../kubernetes/drain.ts';
import { launchNode } from '../../kubernetes/launch-node.ts';
import { schedulePods } from '../../kubernetes/schedule-pods.ts';
import { nodeImage, nodeImageLabel } from '../node-image.ts';
import type { World } from '../operation-context.ts';
import type { ClusterRecord, NodegroupRecord } from '../state/fake-eks-state.ts';
import { reportedVersion } from '../support-calendar.ts';
import { draw } from '../timing.ts';
import { endUpdate, laterForNodegroup } from '../updates.ts';

/** EKS waits this long for pods of a deleted group; it says "a few minutes" (EKS user guide, delete-managed-node-group). */
const drainMilliseconds = 5 * 60_000;

/** One step in the creation or deletion of a node group. */
export function stepNodegroup(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  if (nodegroup.status === 'CREATING') create(world, cluster, nodegroup);
  else if (nodegroup.status === 'DELETING') takeDown(world, cluster, nodegroup);
}

/** The nodes are launched first; the group is ACTIVE when all have joined. */
function create(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const { kubernetes } = cluster;
  const missing = nodegroup.scalingConfig.desiredSize - nodesOf(cluster, nodegroup).length;
  if (missing <= 0) {
    Object.assign(nodegroup, { status: 'ACTIVE', modifiedAt: world.now });
    schedulePods(kubernetes, world.now);
    return;
  }
  let slowest = 0;
  for (let count = missing; count > 0; count--) {
    const join = draw(world.random, world.timing.nodeJoin);
    slowest = Math.max(slowest, join);
    launchNode(kubernetes, {
      nodegroupName: nodegroup.name,
      kubeletVersion: reportedVersion(world.state.supportCalendar, nodegroup.version),
      readyAt: world.now + join,
      region: cluster.region,
      zones: Math.max(1, nodegroup.description.subnets?.length ?? 1),
      labels: { ...nodegroup.labels, [nodeImageLabel]: nodeImage(nodegroup.releaseVersion, nodegroup.launchTemplate) },
    });
  }
  laterForNodegroup(world, cluster, nodegroup, slowest + 1_000);
}

function takeDown(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const { kubernetes } = cluster;
  const nodes = nodesOf(cluster, nodegroup);
  for (const { name } of nodes) cordon(kubernetes, name);
  const isLate = world.now - (nodegroup.deletedAt ?? world.now) >= drainMilliseconds;
  for (const { name } of nodes)
    if (drainPass(cluster, name, world.now).length === 0 || isLate) terminateNode(kubernetes, name, world.now);
  if (nodesOf(cluster, nodegroup).length === 0) forgetNodegroup(world, cluster, nodegroup);
  else laterForNodegroup(world, cluster, nodegroup, draw(world.random, world.timing.drain));
}

/** It is removed, and its updates can no longer be read, because another one may have its name. */
export function forgetNodegroup(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  cluster.nodegroups = cluster.nodegroups.filter((each) => each !== nodegroup);
  for (const update of cluster.updates) {
    if (update.nodegroupName !== nodegroup.name) continue;
    update.nodegroupName = `${nodegroup.name} of ${new Date(nodegroup.createdAt).toISOString()}`;
    if (update.status === 'InProgress') endUpdate(world, update, 'Cancelled');
  }
}

const nodesOf = ({ kubernetes }: ClusterRecord, { name }: NodegroupRecord) =>
  kubernetes.nodes.filter((node) => node.nodegroupName === name);
