import type { UpdateClusterConfigRequest, UpdateClusterConfigResponse } from '@aws-sdk/client-eks';
import { findCluster, requireActive } from '../clusters.ts';
import { FakeEksError, UnmodelledOperation } from '../errors.ts';
import { earlierUpdate } from '../idempotency.ts';
import type { OperationContext } from '../operation-context.ts';
import { supportStatus } from '../support-calendar.ts';
import { draw } from '../timing.ts';
import { acceptUpdate, becomeVisibleSoon, later, refuseWhileUpdating, renderUpdate } from '../updates.ts';

/**
 * Changes the upgrade policy, as an UpgradePolicyUpdate which takes the control plane's one slot. A cluster that is in
 * extended support cannot leave it (facts: eks.md §1.3). Other settings are not modelled.
 */
export function updateClusterConfig(
  context: OperationContext,
  input: UpdateClusterConfigRequest,
): UpdateClusterConfigResponse {
  const cluster = findCluster(context.state, context.caller, input.name);
  const { name: _name, clientRequestToken: _token, upgradePolicy, ...others } = input;
  const other = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
  if (other !== undefined) throw new UnmodelledOperation(`UpdateClusterConfig with ${other}`);
  const earlier = earlierUpdate('UpdateClusterConfig', cluster, input);
  if (earlier !== undefined) return { update: renderUpdate(earlier) };
  const supportType = upgradePolicy?.supportType;
  if (supportType !== 'STANDARD' && supportType !== 'EXTENDED') {
    throw new FakeEksError('InvalidParameterException', 'upgradePolicy.supportType must be STANDARD or EXTENDED');
  }
  refuseWhileUpdating(context, 'UpdateClusterConfig', cluster);
  requireActive(cluster);
  if (supportType === cluster.supportType) {
    throw new FakeEksError('InvalidParameterException', `The upgrade policy is already ${supportType}`);
  }
  const status = supportStatus(context.state.supportCalendar, cluster.version, context.now);
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
}
