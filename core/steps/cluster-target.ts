import { errorMessage, errorName } from '../contracts/errors.ts';
import { quoted, type Reason } from '../contracts/step-result.ts';
import { type ClusterAccessError, type ClusterTarget, isAccessErrorName } from '../ports/cluster-access.ts';
import type { StepContext } from './context.ts';

/** How to reach the cluster's API server; undefined while EKS does not say (a cluster being created). */
export function clusterTarget(context: Pick<StepContext, 'scope' | 'name' | 'cluster'>): ClusterTarget | undefined {
  const { endpoint, certificateAuthority } = context.cluster;
  if (endpoint === undefined || certificateAuthority?.data === undefined) return undefined;
  return { scope: context.scope, name: context.name, endpoint, certificateAuthority: certificateAuthority.data };
}

export const isAccessError = (error: unknown): error is ClusterAccessError => isAccessErrorName(errorName(error));

/** What could not be read of a cluster, said once and as it is: denied is not clean. */
export function accessReason(error: unknown, what: string): Reason {
  return quoted(errorName(error), `${what} could not be read: ${errorMessage(error)} Run: liftlock access check`);
}
