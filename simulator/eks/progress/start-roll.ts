import type { UpdateParam } from '@aws-sdk/client-eks';
import { noteRoll } from '../../kubernetes/disruption/disruption-counts.ts';
import { nodeImage, nodeImageLabel } from '../node-image.ts';
import { draw, type World } from '../operation-context.ts';
import type { RollTarget } from '../operations/roll-target.ts';
import type { ClusterRecord, NodegroupRecord, UpdateRecord } from '../state/fake-eks-state.ts';
import { acceptUpdate, becomeVisibleSoon, later } from '../updates.ts';

/** Accepts a node group's VersionUpdate; its nodes are replaced in a random order (facts: eks.md §5.1). */
export function startRoll(
  world: World,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  target: RollTarget & { force: boolean; principal: string; request: NonNullable<UpdateRecord['request']> },
): UpdateRecord {
  const { principal, request, force, ...aim } = target;
  const update = acceptUpdate(world, cluster, {
    type: 'VersionUpdate',
    nodegroupName: nodegroup.name,
    params: parameters(aim),
    toVersion: aim.version,
    principal,
    request,
  });
  const nodes = cluster.kubernetes.nodes.filter((node) => node.nodegroupName === nodegroup.name);
  const image = nodeImage(aim.releaseVersion, aim.launchTemplate ?? nodegroup.launchTemplate);
  // Nodes that an earlier, failed update has replaced are not replaced again.
  const old = nodes.filter((node) => node.labels[nodeImageLabel] !== image);
  const parallel = parallelNodes(nodegroup, nodes.length);
  const { clientRequestToken: token } = request.input;
  if (old.length > 0) noteRoll(cluster, { name: nodegroup.name, parallel }, { token, by: principal, now: world.now });
  nodegroup.roll = {
    updateId: update.id,
    ...aim,
    image,
    force,
    phase: 'setup',
    parallel,
    remaining: shuffled(
      old.map((node) => node.name),
      world.random,
    ),
    draining: [],
  };
  becomeVisibleSoon(world, cluster, update);
  const visible = world.timing.visibility[1] * 1000;
  later(world, cluster, Math.max(visible, draw(world.random, world.timing.setup)), 'roll', update.id);
  return update;
}

/** `updateConfig` as a number of nodes: percentages round down, at least 1, at most 100 (facts: eks.md §5.1). */
export function parallelNodes(nodegroup: NodegroupRecord, nodes: number): number {
  const { maxUnavailable, maxUnavailablePercentage } = nodegroup.updateConfig;
  const wanted =
    maxUnavailablePercentage === undefined
      ? (maxUnavailable ?? 1)
      : Math.floor((maxUnavailablePercentage * nodes) / 100);
  return Math.min(100, Math.max(1, wanted));
}

function parameters(target: RollTarget): UpdateParam[] {
  const parameters: UpdateParam[] = [];
  if (target.launchTemplate !== undefined) {
    if (target.launchTemplate.name !== undefined) {
      parameters.push({ type: 'LaunchTemplateName', value: target.launchTemplate.name });
    }
    parameters.push({ type: 'LaunchTemplateVersion', value: target.launchTemplate.version ?? '$Default' });
  }
  // A custom AMI has neither (facts: eks.md §5.2).
  if (!target.releaseVersion.startsWith('ami-')) {
    parameters.push({ type: 'Version', value: target.version });
    parameters.push({ type: 'ReleaseVersion', value: target.releaseVersion });
  }
  return parameters;
}

function shuffled(names: string[], random: () => number): string[] {
  for (let index = names.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    const [left, right] = [names[index], names[other]];
    if (left !== undefined && right !== undefined) {
      names[index] = right;
      names[other] = left;
    }
  }
  return names;
}
