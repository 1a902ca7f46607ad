import type { CancelUpdateRequest } from '@aws-sdk/client-eks';
import { findAddon, findCluster, findNodegroup } from '../clusters.ts';
import { FakeEksError } from '../errors.ts';
import { requireSameParameters } from '../idempotency.ts';
import { paginate } from '../pagination.ts';
import type { ClusterRecord, UpdateRecord } from '../state/fake-eks-state.ts';
import { endUpdate, isAbout, renderUpdate } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';

export const updates: EksOperations<'ListUpdates' | 'DescribeUpdate'> = {
  /** Ids of one subject only, in no order: none is documented (facts: eks.md §2.4). */
  ListUpdates(context, input) {
    const cluster = findCluster(context.state, context.caller, input.name);
    checkSubject(cluster, input);
    const listedUntil = context.now - (context.state.listLagSeconds ?? 0) * 1000;
    const ids = cluster.updates
      .filter((update) => isAbout(update, input) && update.createdAt <= listedUntil)
      .map((update) => update.id);
    const { page, ...rest } = paginate(ids.sort(), input);
    return { updateIds: page, ...rest };
  },

  /** A node group's or add-on's update is found only with its subject's name (facts: eks.md §5.2, §7). */
  DescribeUpdate(context, input) {
    const cluster = findCluster(context.state, context.caller, input.name);
    checkSubject(cluster, input);
    const update = cluster.updates.find((each) => each.id === input.updateId && isAbout(each, input));
    if (update === undefined) {
      throw new FakeEksError('ResourceNotFoundException', `No update found for ID: ${input.updateId}`);
    }
    return { update: renderUpdate(update) };
  },
};

function checkSubject(
  cluster: ClusterRecord,
  input: { nodegroupName?: string | undefined; addonName?: string | undefined; capabilityName?: string | undefined },
): void {
  const named = [input.nodegroupName, input.addonName, input.capabilityName].filter((name) => name !== undefined);
  if (named.length > 1) {
    throw new FakeEksError(
      'InvalidParameterException',
      'Only one of nodegroupName, addonName and capabilityName may be given',
    );
  }
  if (input.nodegroupName !== undefined) findNodegroup(cluster, input.nodegroupName);
  if (input.addonName !== undefined) findAddon(cluster, input.addonName);
  if (input.capabilityName !== undefined) {
    throw new FakeEksError('ResourceNotFoundException', `No capability found for name: ${input.capabilityName}.`);
  }
}

export const cancellation: EksOperations<'CancelUpdate'> = {
  /**
   * Only a VersionRollback on Auto Mode can be cancelled, while its nodes are replaced (facts: eks.md §2.1, §3.5). The error for other updates is not
   * documented: it is InvalidRequestException, the one for a wrong state.
   */
  CancelUpdate(context, input) {
    const cluster = findCluster(context.state, context.caller, input.name);
    const earlier = earlierCancellation(cluster, input);
    if (earlier !== undefined) return { update: renderUpdate(earlier) };
    const update = cluster.updates.find((each) => each.id === input.updateId);
    if (update === undefined) {
      throw new FakeEksError('ResourceNotFoundException', `No update found for ID: ${input.updateId}`);
    }
    if (update.type !== 'VersionRollback') {
      throw new FakeEksError('InvalidRequestException', `Updates of type ${update.type} cannot be cancelled`);
    }
    if (update.status !== 'InProgress') {
      throw new FakeEksError('InvalidRequestException', `The update cannot be cancelled: it is ${update.status}`);
    }
    if (update.phase !== 'nodes') {
      throw new FakeEksError(
        'InvalidRequestException',
        'The update cannot be cancelled: its control plane phase has begun',
      );
    }
    update.cancellation = { status: 'Successful', reason: `Cancelled by ${context.caller.principal}` };
    update.cancelRequest = { ...input };
    endUpdate(context, update, 'Cancelled');
    return { update: renderUpdate(update) };
  },
};

/** The update that an earlier call with the same token has cancelled. */
function earlierCancellation(cluster: ClusterRecord, input: CancelUpdateRequest): UpdateRecord | undefined {
  const token = input.clientRequestToken;
  if (token === undefined) return undefined;
  const earlier = cluster.updates.find((each) => each.cancelRequest?.clientRequestToken === token);
  if (earlier?.cancelRequest !== undefined) requireSameParameters(earlier.cancelRequest, input);
  return earlier;
}
