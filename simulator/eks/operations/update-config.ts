import type { UpdateClusterConfigRequest, UpdateNodegroupConfigRequest, UpdateParam } from '@aws-sdk/client-eks';
import { findCluster, findNodegroup, requireActive, requireManaged } from '../clusters.ts';
import { FakeEksError, UnmodelledOperation } from '../errors.ts';
import { earlierUpdate } from '../idempotency.ts';
import { refuseWhileClusterUpdates, requireNodegroupUpdatable } from '../one-update-at-a-time.ts';
import { draw } from '../operation-context.ts';
import { supportStatus } from '../support-calendar.ts';
import { acceptUpdate, becomeVisibleSoon, later, renderUpdate } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';
import { checkSettings } from './nodegroup-settings.ts';

export const clusterConfigUpdate: EksOperations<'UpdateClusterConfig'> = {
  /**
   * Changes the upgrade policy, as an UpgradePolicyUpdate which occupies the control plane's only slot. A cluster in extended support cannot leave it
   * (facts: eks.md §1.3). Other settings are not modelled.
   */
  UpdateClusterConfig(context, input) {
    const cluster = findCluster(context.state, context.caller, input.name);
    const supportType = supportTypeOf(input);
    const earlier = earlierUpdate('UpdateClusterConfig', cluster, input);
    if (earlier !== undefined) return { update: renderUpdate(earlier) };
    requireManaged(cluster);
    refuseWhileClusterUpdates(cluster, 'UpgradePolicyUpdate');
    requireActive(cluster);
    if (supportType === cluster.supportType) {
      throw new FakeEksError(
        'InvalidParameterException',
        `Cluster is already at the desired configuration with supportType: ${supportType}`,
      );
    }
    const status = supportStatus(context.state.supportCalendar, cluster.version, context.now);
    // The facts have no name for this error.
    if (supportType === 'STANDARD' && status !== 'STANDARD_SUPPORT') {
      throw new FakeEksError(
        'InvalidRequestException',
        `Extended support cannot be disabled for cluster ${cluster.name}: version ${cluster.version} is in extended support`,
      );
    }
    const update = acceptUpdate(context, cluster, {
      type: 'UpgradePolicyUpdate',
      params: [{ type: 'UpgradePolicy', value: JSON.stringify({ supportType }) }],
      principal: context.caller.principal,
      request: { operation: 'UpdateClusterConfig', input: { ...input } },
    });
    becomeVisibleSoon(context, cluster, update);
    later(context, cluster, draw(context.random, context.timing.config), 'config-ends', update.id);
    return { update: renderUpdate(update) };
  },
};

/** One kind of change per call; the text is EKS's (kubernetes-sigs/cluster-api-provider-aws#3553, aws-controllers-k8s/community#2995). */
function supportTypeOf(input: UpdateClusterConfigRequest): 'STANDARD' | 'EXTENDED' {
  const { name: _name, clientRequestToken: _token, upgradePolicy, ...others } = input;
  const other = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
  const supportType = upgradePolicy?.supportType;
  if (upgradePolicy !== undefined && other !== undefined) {
    throw new FakeEksError('InvalidParameterException', 'Only one type of update can be allowed.');
  }
  if (other !== undefined) throw new UnmodelledOperation(`UpdateClusterConfig with ${other}`);
  if (supportType === undefined) {
    throw new FakeEksError('InvalidParameterException', 'The type for cluster update was not provided.');
  }
  return supportType;
}

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
