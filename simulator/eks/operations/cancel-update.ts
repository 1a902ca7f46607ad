import type { CancelUpdateRequest } from '@aws-sdk/client-eks';
import { findCluster } from '../clusters.ts';
import { FakeEksError } from '../errors.ts';
import { requireSameParameters } from '../idempotency.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';
import type { UpdateRecord } from '../state/update-record.ts';
import { endUpdate, renderUpdate } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';

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
