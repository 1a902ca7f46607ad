import type { CancelUpdateRequest, CancelUpdateResponse } from '@aws-sdk/client-eks';
import { findCluster } from '../clusters.ts';
import { FakeEksError } from '../errors.ts';
import type { OperationContext } from '../operation-context.ts';
import { endUpdate, renderUpdate } from '../updates.ts';

/** Only a VersionRollback on Auto Mode can be cancelled, while its nodes are replaced (facts: eks.md §2.1, §3.5). */
export function cancelUpdate(context: OperationContext, input: CancelUpdateRequest): CancelUpdateResponse {
  const cluster = findCluster(context.state, context.caller, input.name);
  const update = cluster.updates.find((each) => each.id === input.updateId);
  if (update === undefined) {
    throw new FakeEksError('ResourceNotFoundException', `No update found for ID: ${input.updateId}`);
  }
  if (update.type !== 'VersionRollback') {
    throw new FakeEksError('InvalidRequestException', `Updates of type ${update.type} cannot be cancelled`);
  }
  if (update.cancellation?.status === 'Successful') return { update: renderUpdate(update) };
  if (update.status !== 'InProgress' || update.phase !== 'nodes') {
    throw new FakeEksError(
      'InvalidRequestException',
      'The update cannot be cancelled: its control plane phase has begun or it has ended',
    );
  }
  update.cancellation = { status: 'Successful', reason: `Cancelled by ${context.caller.principal}` };
  endUpdate(context, update, 'Cancelled');
  return { update: renderUpdate(update) };
}
