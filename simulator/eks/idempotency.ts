import { canonical } from '../kubernetes/canonical.ts';
import { FakeEksError } from './errors.ts';
import type { ClusterRecord, UpdateRecord } from './state/fake-eks-state.ts';

/**
 * The update an earlier call with the same clientRequestToken started on this cluster, or undefined. The same token with
 * other parameters is InvalidParameterException. How long EKS keeps tokens is not documented (facts: eks.md §2.4):
 * here they are kept for ever, per cluster and operation.
 */
export function earlierUpdate(
  operation: string,
  cluster: ClusterRecord,
  input: { clientRequestToken?: string | undefined },
): UpdateRecord | undefined {
  const token = input.clientRequestToken;
  if (token === undefined) return undefined;
  const earlier = cluster.updates.find(
    (update) => update.request?.operation === operation && update.request.input.clientRequestToken === token,
  );
  if (earlier?.request !== undefined) requireSameParameters(earlier.request.input, input);
  return earlier;
}

/** Refuses a second request with the same token and other parameters. For other operations EKS's answer is not known (facts: eks.md §2.4). */
export function requireSameParameters(earlier: object, input: { clientRequestToken?: string | undefined }): void {
  if (canonical(earlier) === canonical(input)) return;
  throw new FakeEksError(
    'InvalidParameterException',
    `clientRequestToken ${input.clientRequestToken} was already used with different parameters`,
  );
}
