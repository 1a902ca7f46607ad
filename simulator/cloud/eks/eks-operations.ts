import { UnmodelledOperation } from '../../eks/errors.ts';
import type { FakeEks } from '../../eks/fake-eks.ts';
import type { MutationRecord } from '../../eks/log/mutation-record.ts';
import { operations } from '../../eks/operations/catalog.ts';
import { roleArn } from '../../kubernetes/access.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';

/** The addresses of clusters' API servers on this machine, with their certificate authority. */
export interface ClusterEndpoints {
  endpointOf(clusterArn: string): string;
  readonly certificateAuthority: string;
}

/** EKS over the fake model, with clusters whose API server is on this machine. */
export function eksOperations(
  eks: FakeEks,
  endpoints: ClusterEndpoints,
  /** Called after each call, accepted or not, before its answer is sent. */
  afterCall: () => void,
): Operations {
  const names = Object.keys(operations);
  return Object.fromEntries(
    names.map((name) => [
      name,
      (input: object, { account, region, now, principalArn }: OperationContext) => {
        // A session acts as its role, which access entries and the log of mutations name.
        const caller = { account, region, principal: roleArn(principalArn), session: principalArn };
        try {
          return withEndpoint(eks.operation(name, input, caller, now), endpoints);
        } catch (error) {
          if (error instanceof UnmodelledOperation)
            throw new AwsFault('NotImplemented', error.message, { status: 501 });
          throw error;
        } finally {
          afterCall();
        }
      },
    ]),
  );
}

function withEndpoint(output: object, { endpointOf, certificateAuthority }: ClusterEndpoints): object {
  if (!('cluster' in output)) return output;
  const cluster = output.cluster as { arn: string; endpoint?: string };
  if (cluster.endpoint === undefined) return output;
  return {
    ...output,
    cluster: { ...cluster, endpoint: endpointOf(cluster.arn), certificateAuthority: { data: certificateAuthority } },
  };
}

/** The CloudTrail event of a mutation, as EventBridge gets it. Source: facts: eks.md §9. */
export function cloudTrailDetail(mutation: MutationRecord): object {
  const arn = mutation.session ?? mutation.principal;
  return {
    eventVersion: '1.11',
    eventSource: 'eks.amazonaws.com',
    eventName: mutation.operation,
    eventTime: `${new Date(mutation.at).toISOString().slice(0, 19)}Z`,
    awsRegion: mutation.region,
    recipientAccountId: mutation.account,
    userIdentity: { type: arn.includes(':user/') ? 'IAMUser' : 'AssumedRole', arn },
    requestParameters: mutation.request,
    responseElements: mutation.updateId === undefined ? null : { update: { id: mutation.updateId } },
    readOnly: false,
    managementEvent: true,
    eventCategory: 'Management',
  };
}
