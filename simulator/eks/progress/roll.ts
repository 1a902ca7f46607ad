import type { ErrorCode } from '@aws-sdk/client-eks';
import { cordon, drainPass, terminateNode } from '../../kubernetes/drain.ts';
import type { NodeState } from '../../kubernetes/kubernetes-state.ts';
import { launchNode } from '../../kubernetes/launch-node.ts';
import { nodeImageLabel } from '../node-image.ts';
import { drainRange, draw, type Range, type World } from '../operation-context.ts';
import type { ClusterRecord, NodegroupRecord, NodegroupRoll } from '../state/fake-eks-state.ts';
import { endUpdate, later } from '../updates.ts';

const drainLimit = 15 * 60_000;
const drainRetry = 60_000;
/** A new node that has not joined by then fails the update (facts: eks.md §5.1). */
const joinLimit = 15 * 60_000;

interface Step {
  world: World;
  cluster: ClusterRecord;
  nodegroup: NodegroupRecord;
  roll: NodegroupRoll;
}

/** One step of a node group's update through its phases (facts: eks.md §5.1). */
export function stepRoll(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord, roll: NodegroupRoll): void {
  const step = { world, cluster, nodegroup, roll };
  if (roll.phase === 'setup') scaleUp(step);
  else if (roll.phase === 'scale-up') beginUpgrade(step);
  else if (roll.phase === 'upgrade') upgradeNodes(step);
  else scaleDown(step);
}

/** DEFAULT launches max(2 × zones, parallel) new nodes first; MINIMAL terminates old ones first. */
function scaleUp(step: Step): void {
  const { world, cluster, nodegroup, roll } = step;
  roll.phase = 'scale-up';
  if (roll.launchTemplate !== undefined) nodegroup.launchTemplate = { ...roll.launchTemplate };
  nodegroup.launches = { kubeletVersion: roll.kubeletVersion, image: roll.image };
  const planned = plannedFailure(step);
  if (planned?.errorCode === 'NodeCreationFailure') {
    later(world, cluster, joinLimit, 'roll', roll.updateId);
    return;
  }
  if (planned !== undefined) {
    failRoll(world, cluster, nodegroup, planned);
    return;
  }
  let slowest = 0;
  if (!isMinimal(nodegroup) && roll.remaining.length > 0) {
    for (let count = Math.max(2 * zonesOf(nodegroup), roll.parallel); count > 0; count--) {
      const join = draw(world.random, world.timing.nodeJoin);
      slowest = Math.max(slowest, join);
      launch(step, join);
    }
  }
  later(world, cluster, slowest + 1_000, 'roll', roll.updateId);
}

/** Old nodes are cordoned once a new node of every zone is Ready. */
function beginUpgrade(step: Step): void {
  const { world, cluster, nodegroup, roll } = step;
  const planned = plannedFailure(step);
  if (planned !== undefined) {
    failRoll(world, cluster, nodegroup, planned);
    return;
  }
  for (const name of roll.remaining) cordon(cluster.kubernetes, name);
  roll.phase = 'upgrade';
  later(world, cluster, 1_000, 'roll', roll.updateId);
}

function upgradeNodes(step: Step): void {
  const { world, cluster, nodegroup, roll } = step;
  const { kubernetes } = cluster;
  for (const drained of [...roll.draining]) {
    const stayed = drainPass(cluster, drained.node, world.now);
    if (stayed.length > 0 && world.now - drained.since >= drainLimit && !roll.force) {
      failRoll(world, cluster, nodegroup, {
        errorCode: 'PodEvictionFailure',
        errorMessage: `Reached max retries while trying to evict pods from nodes in node group ${nodegroup.name}: ${stayed.join('; ')}`,
        resourceIds: [drained.node],
      });
      return;
    }
    if (stayed.length > 0 && world.now - drained.since < drainLimit) continue;
    terminateNode(kubernetes, drained.node, world.now);
    roll.draining = roll.draining.filter((each) => each.node !== drained.node);
    roll.remaining = roll.remaining.filter((each) => each !== drained.node);
    if (newNodes(step).length < nodegroup.scalingConfig.desiredSize) {
      launch(step, draw(world.random, world.timing.nodeJoin));
    }
  }
  if (roll.remaining.length === 0) {
    roll.phase = 'scale-down';
    again(step, world.timing.scaleDown);
    return;
  }
  // Nodes that have not joined yet count as unavailable (https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupUpdateConfig.html).
  const joining = isMinimal(nodegroup) ? newNodes(step).filter(({ readyAt }) => readyAt > world.now).length : 0;
  if (roll.draining.length > 0 || joining >= roll.parallel) {
    later(world, cluster, drainRetry, 'roll', roll.updateId);
    return;
  }
  for (const node of roll.remaining.slice(0, roll.parallel - joining)) {
    roll.draining.push({ node, since: world.now });
    drainPass(cluster, node, world.now);
  }
  const [least, most] = drainRange(world.random, world.timing, roll.draining.length);
  const [leastWait, mostWait] = world.timing.termination;
  again(step, [least + leastWait, most + mostWait]);
}

/** Removes surplus nodes one at a time, the emptiest first; a node that cannot be drained stays (facts: eks.md §5.1). */
function scaleDown(step: Step): void {
  const { world, cluster, nodegroup, roll } = step;
  const { kubernetes } = cluster;
  const load = (node: NodeState) => kubernetes.pods.filter((pod) => pod.nodeName === node.name).length;
  const candidates = newNodes(step).sort((left, right) => load(left) - load(right));
  const surplus = candidates.length > nodegroup.scalingConfig.desiredSize;
  const node = surplus ? candidates.find((each) => roll.force || isDrained(each)) : undefined;
  if (node === undefined) {
    finishRoll(world, cluster, nodegroup);
    return;
  }
  terminateNode(kubernetes, node.name, world.now);
  again(step, world.timing.scaleDown);

  function isDrained(each: NodeState): boolean {
    each.unschedulable = true;
    const drained = drainPass(cluster, each.name, world.now).length === 0;
    each.unschedulable = drained;
    return drained;
  }
}

const isMinimal = ({ updateConfig }: NodegroupRecord): boolean => updateConfig.updateStrategy === 'MINIMAL';

function plannedFailure({ cluster, roll }: Step) {
  return cluster.updates.find((each) => each.id === roll.updateId)?.plannedFailure;
}

function newNodes({ cluster, nodegroup, roll }: Step): NodeState[] {
  const { nodes } = cluster.kubernetes;
  return nodes.filter((node) => node.nodegroupName === nodegroup.name && !roll.remaining.includes(node.name));
}

function launch({ world, cluster, nodegroup, roll }: Step, joinMilliseconds: number): void {
  launchNode(cluster.kubernetes, {
    nodegroupName: nodegroup.name,
    kubeletVersion: roll.kubeletVersion,
    readyAt: world.now + joinMilliseconds,
    region: cluster.region,
    zones: zonesOf(nodegroup),
    labels: { ...nodegroup.labels, [nodeImageLabel]: roll.image },
  });
}

function zonesOf(nodegroup: NodegroupRecord): number {
  return Math.max(1, nodegroup.description.subnets?.length ?? 1);
}

function again({ world, cluster, roll }: Step, range: Range): void {
  later(world, cluster, draw(world.random, range), 'roll', roll.updateId);
}

/** All nodes are new, and only now the node group reports the new version. */
function finishRoll(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const { roll } = nodegroup;
  const update = cluster.updates.find((each) => each.id === roll?.updateId);
  if (roll === undefined || update === undefined) return;
  nodegroup.version = roll.version;
  nodegroup.releaseVersion = roll.releaseVersion;
  nodegroup.healthIssues = [];
  nodegroup.status = 'ACTIVE';
  nodegroup.modifiedAt = world.now;
  delete nodegroup.roll;
  endUpdate(world, update, 'Successful');
}

/**
 * The update failed, and nothing is undone. Replaced nodes stay new, the others stay old, the launch template is the new one and old nodes take pods
 * again (facts: eks.md §5.4). Another update may continue from there.
 */
function failRoll(
  world: World,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  failure: { errorCode: ErrorCode; errorMessage: string; resourceIds?: string[] },
): void {
  const { roll } = nodegroup;
  const update = cluster.updates.find((each) => each.id === roll?.updateId);
  if (roll === undefined || update === undefined) return;
  const { errorCode, errorMessage, resourceIds = [nodegroup.name] } = failure;
  for (const node of cluster.kubernetes.nodes) {
    if (roll.remaining.includes(node.name)) node.unschedulable = false;
  }
  update.errors.push({ errorCode, errorMessage, resourceIds });
  nodegroup.status = errorCode === 'NodeCreationFailure' ? 'DEGRADED' : 'ACTIVE';
  nodegroup.healthIssues =
    errorCode === 'PodEvictionFailure' || errorCode === 'NodeCreationFailure'
      ? [{ code: errorCode, message: errorMessage, resourceIds }]
      : [];
  nodegroup.modifiedAt = world.now;
  delete nodegroup.roll;
  endUpdate(world, update, 'Failed');
}
