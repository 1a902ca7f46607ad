import type { UpdateNodegroupConfigRequest, UpdateNodegroupConfigResponse, UpdateParam } from '@aws-sdk/client-eks';
import { findCluster, findNodegroup, requireActive } from '../clusters.ts';
import { FakeEksError, UnmodelledOperation } from '../errors.ts';
import { earlierUpdate } from '../idempotency.ts';
import type { OperationContext } from '../operation-context.ts';
import { draw } from '../timing.ts';
import { acceptUpdate, becomeVisibleSoon, later, refuseWhileUpdating, renderUpdate } from '../updates.ts';

/** Scaling, update settings and labels of a node group, as a ConfigUpdate. Other settings are not modelled. */
export function updateNodegroupConfig(
  context: OperationContext,
  input: UpdateNodegroupConfigRequest,
): UpdateNodegroupConfigResponse {
  const cluster = findCluster(context.state, context.caller, input.clusterName);
  const nodegroup = findNodegroup(cluster, input.nodegroupName);
  for (const member of ['taints', 'nodeRepairConfig', 'warmPoolConfig'] as const) {
    if (input[member] !== undefined) throw new UnmodelledOperation(`UpdateNodegroupConfig with ${member}`);
  }
  const earlier = earlierUpdate('UpdateNodegroupConfig', cluster, input);
  if (earlier !== undefined) return { update: renderUpdate(earlier) };
  refuseWhileUpdating(context, 'UpdateNodegroupConfig', cluster, { nodegroupName: nodegroup.name });
  requireActive(cluster);
  checkScaling({ ...nodegroup.scalingConfig, ...input.scalingConfig });
  checkUpdateConfig(input.updateConfig);
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
}

function checkScaling(scaling: {
  minSize?: number | undefined;
  maxSize?: number | undefined;
  desiredSize?: number | undefined;
}): void {
  const { minSize = 0, maxSize = 0, desiredSize = 0 } = scaling;
  if (maxSize < 1) refuse('Maximum size must be at least 1');
  if (minSize > maxSize) refuse(`Minimum capacity ${minSize} can't be greater than maximum capacity ${maxSize}`);
  if (desiredSize < minSize || desiredSize > maxSize) {
    refuse(`desired capacity ${desiredSize} must be between minimum ${minSize} and maximum ${maxSize}`);
  }
}

function checkUpdateConfig(config: UpdateNodegroupConfigRequest['updateConfig']): void {
  const { maxUnavailable, maxUnavailablePercentage } = config ?? {};
  if (maxUnavailable !== undefined && maxUnavailablePercentage !== undefined) {
    refuse('Only one of maxUnavailable and maxUnavailablePercentage may be set');
  }
  const value = maxUnavailable ?? maxUnavailablePercentage;
  if (value !== undefined && (value < 1 || value > 100)) refuse('maxUnavailable must be between 1 and 100');
}

function parameters(input: UpdateNodegroupConfigRequest): UpdateParam[] {
  const { scalingConfig, updateConfig, labels } = input;
  const all: [UpdateParam['type'], unknown][] = [
    ['MinSize', scalingConfig?.minSize],
    ['MaxSize', scalingConfig?.maxSize],
    ['DesiredSize', scalingConfig?.desiredSize],
    ['MaxUnavailable', updateConfig?.maxUnavailable],
    ['MaxUnavailablePercentage', updateConfig?.maxUnavailablePercentage],
    ['LabelsToAdd', labels?.addOrUpdateLabels && JSON.stringify(labels.addOrUpdateLabels)],
    ['LabelsToRemove', labels?.removeLabels && JSON.stringify(labels.removeLabels)],
  ];
  return all.filter(([, value]) => value !== undefined).map(([type, value]) => ({ type, value: String(value) }));
}

function refuse(message: string): never {
  throw new FakeEksError('InvalidParameterException', message);
}
