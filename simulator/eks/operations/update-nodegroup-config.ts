import type { UpdateNodegroupConfigRequest, UpdateParam } from '@aws-sdk/client-eks';
import { findCluster, findNodegroup, requireActive } from '../clusters.ts';
import { UnmodelledOperation } from '../errors.ts';
import { earlierUpdate } from '../idempotency.ts';
import { requireNodegroupUpdatable } from '../one-update-at-a-time.ts';
import { draw } from '../timing.ts';
import { acceptUpdate, becomeVisibleSoon, later, renderUpdate } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';
import { checkSettings } from './nodegroup-settings.ts';

export const nodegroupConfigUpdate: EksOperations<'UpdateNodegroupConfig'> = {
  /** Scaling, update settings and labels of a node group, as a ConfigUpdate. Other settings are not modelled. */
  UpdateNodegroupConfig(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const nodegroup = findNodegroup(cluster, input.nodegroupName);
    for (const member of ['taints', 'nodeRepairConfig', 'warmPoolConfig'] as const) {
      if (input[member] !== undefined) throw new UnmodelledOperation(`UpdateNodegroupConfig with ${member}`);
    }
    const earlier = earlierUpdate('UpdateNodegroupConfig', cluster, input);
    if (earlier !== undefined) return { update: renderUpdate(earlier) };
    requireNodegroupUpdatable(cluster, nodegroup);
    checkSettings(nodegroup, input);
    requireActive(cluster);
    const update = acceptUpdate(context, cluster, {
      type: 'ConfigUpdate',
      nodegroupName: nodegroup.name,
      params: parameters(input),
      principal: context.caller.principal,
      request: { operation: 'UpdateNodegroupConfig', input: { ...input } },
    });
    becomeVisibleSoon(context, cluster, update);
    later(context, cluster, draw(context.random, context.timing.config), 'config-ends', update.id);
    return { update: renderUpdate(update) };
  },
};

function parameters(input: UpdateNodegroupConfigRequest): UpdateParam[] {
  const { scalingConfig, updateConfig, labels } = input;
  const all: [UpdateParam['type'], unknown][] = [
    ['MinSize', scalingConfig?.minSize],
    ['MaxSize', scalingConfig?.maxSize],
    ['DesiredSize', scalingConfig?.desiredSize],
    ['MaxUnavailable', updateConfig?.maxUnavailable],
    ['MaxUnavailablePercentage', updateConfig?.maxUnavailablePercentage],
    ['UpdateStrategy', updateConfig?.updateStrategy],
    ['LabelsToAdd', labels?.addOrUpdateLabels && JSON.stringify(labels.addOrUpdateLabels)],
    ['LabelsToRemove', labels?.removeLabels && JSON.stringify(labels.removeLabels)],
  ];
  return all.filter(([, value]) => value !== undefined).map(([type, value]) => ({ type, value: String(value) }));
}
