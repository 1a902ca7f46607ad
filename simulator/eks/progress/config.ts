import { terminateNode } from '../../kubernetes/drain.ts';
import { launchNode } from '../../kubernetes/launch-node.ts';
import { nodeImage, nodeImageLabel } from '../node-image.ts';
import type { World } from '../operation-context.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';
import type { NodegroupRecord } from '../state/nodegroup-record.ts';
import type { UpdateRecord } from '../state/update-record.ts';
import { reportedVersion } from '../support-calendar.ts';
import { draw } from '../timing.ts';
import { endUpdate } from '../updates.ts';
import { scheduleAutoUpgrade } from './auto-upgrade.ts';

/** Applies a change of the upgrade policy or of a node group's settings. */
export function endConfigUpdate(world: World, cluster: ClusterRecord, update: UpdateRecord): void {
  const nodegroup = cluster.nodegroups.find((each) => each.name === update.nodegroupName);
  if (nodegroup === undefined) cluster.status = 'ACTIVE';
  else nodegroup.status = 'ACTIVE';
  if (update.plannedFailure !== undefined) {
    update.errors.push({ ...update.plannedFailure, resourceIds: [nodegroup?.name ?? cluster.name] });
    endUpdate(world, update, 'Failed');
    return;
  }
  const value = (type: string) => update.params.find((parameter) => parameter.type === type)?.value;
  const policy = value('UpgradePolicy');
  if (policy !== undefined) {
    cluster.supportType = policy.includes('STANDARD') ? 'STANDARD' : 'EXTENDED';
    scheduleAutoUpgrade(world, cluster);
  }
  if (nodegroup !== undefined) applySettings(world, cluster, nodegroup, value);
  endUpdate(world, update, 'Successful');
}

function applySettings(
  world: World,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  value: (type: string) => string | undefined,
): void {
  const number = (type: string) => (value(type) === undefined ? undefined : Number(value(type)));
  const { scalingConfig } = nodegroup;
  nodegroup.scalingConfig = {
    minSize: number('MinSize') ?? scalingConfig.minSize,
    maxSize: number('MaxSize') ?? scalingConfig.maxSize,
    desiredSize: number('DesiredSize') ?? scalingConfig.desiredSize,
  };
  const maxUnavailable = number('MaxUnavailable');
  const maxUnavailablePercentage = number('MaxUnavailablePercentage');
  const updateStrategy = value('UpdateStrategy') ?? nodegroup.updateConfig.updateStrategy;
  const strategy = updateStrategy === undefined ? {} : { updateStrategy: updateStrategy as 'DEFAULT' | 'MINIMAL' };
  if (maxUnavailable !== undefined) nodegroup.updateConfig = { maxUnavailable, ...strategy };
  if (maxUnavailablePercentage !== undefined) nodegroup.updateConfig = { maxUnavailablePercentage, ...strategy };
  Object.assign(nodegroup.labels, JSON.parse(value('LabelsToAdd') ?? '{}'));
  for (const label of JSON.parse(value('LabelsToRemove') ?? '[]') as string[]) delete nodegroup.labels[label];
  nodegroup.modifiedAt = world.now;
  resize(world, cluster, nodegroup);
}

/** A change of the size ignores PodDisruptionBudgets (facts: eks.md §5.1). */
function resize(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const { kubernetes } = cluster;
  const nodes = kubernetes.nodes.filter((node) => node.nodegroupName === nodegroup.name);
  for (const node of nodes.slice(nodegroup.scalingConfig.desiredSize)) terminateNode(kubernetes, node.name, world.now);
  const image = nodegroup.launches?.image ?? nodeImage(nodegroup.releaseVersion, nodegroup.launchTemplate);
  for (let missing = nodegroup.scalingConfig.desiredSize - nodes.length; missing > 0; missing--) {
    launchNode(kubernetes, {
      nodegroupName: nodegroup.name,
      kubeletVersion:
        nodegroup.launches?.kubeletVersion ??
        nodes[0]?.kubeletVersion ??
        reportedVersion(world.state.supportCalendar, nodegroup.version),
      readyAt: world.now + draw(world.random, world.timing.nodeJoin),
      region: cluster.region,
      zones: nodegroup.description.subnets?.length ?? 1,
      labels: { ...nodegroup.labels, [nodeImageLabel]: image },
    });
  }
}
