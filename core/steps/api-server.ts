import { errorMessage, errorName } from '../contracts/errors.ts';
import { quoted, type Reason } from '../contracts/step-result.ts';
import { type ApiServer, ClusterAccessError, isAccessErrorName } from '../ports/cluster-access.ts';
import type { Tier } from '../queries/access-manifest.ts';
import type { StepContext } from './context.ts';

/** How to reach the cluster's API server; undefined while EKS does not tell it, as for a cluster that is being created. */
export function findApiServer(context: Pick<StepContext, 'scope' | 'name' | 'cluster'>): ApiServer | undefined {
  const { endpoint, certificateAuthority } = context.cluster;
  if (endpoint === undefined || certificateAuthority?.data === undefined) return undefined;
  return { scope: context.scope, name: context.name, endpoint, certificateAuthority: certificateAuthority.data };
}

export const isAccessError = (error: unknown): error is ClusterAccessError => isAccessErrorName(errorName(error));

export const isDeniedAccess = ({ name }: ClusterAccessError): boolean =>
  name === 'ClusterForbidden' || name === 'ClusterUnauthorized';

/** A list has more objects than a look reads, and the next look reads no more of them. */
export class TooManyObjects extends ClusterAccessError {}

/** Whether another look may succeed: a fault passes, while a permission or a limit stays. */
export const mayPass = (error: unknown): boolean =>
  ['ClusterServerFault', 'ClusterUnreachable'].includes(errorName(error)) && !(error instanceof TooManyObjects);

/** Says what could not be done at a cluster's API server. A denied read proves nothing about the cluster. */
export function accessReason(
  error: unknown,
  { name, cluster }: Pick<StepContext, 'name' | 'cluster'>,
  tier: Tier = 'look',
): Reason {
  const isClosed = errorName(error) === 'ClusterUnreachable';
  const closed = isClosed ? closedTo(cluster) : '';
  const could = tier === 'look' ? 'be read' : 'be worked with';
  const said = `The API server of ${name} could not ${could}: ${errorMessage(error).replace(/[.\s]*$/, '.')}`;
  const run = tier === 'look' || isClosed ? 'access check' : `access manifest ${name} --tier ${tier}`;
  const next = !isClosed && mayPass(error) ? 'It may pass.' : `Run: liftlock ${run}`;
  return quoted(errorName(error), `${said}${closed} ${next}`);
}

/** Why requests may not arrive, which a time-out does not tell. */
function closedTo({ resourcesVpcConfig: vpc }: StepContext['cluster']): string {
  if (vpc?.endpointPublicAccess === false)
    return ' Its endpoint is private: only its VPC, and networks with a way there, reach it.';
  const open = vpc?.publicAccessCidrs ?? [];
  return open.length === 0 || open.includes('0.0.0.0/0') ? '' : ` Its endpoint is open to ${open.join(', ')} only.`;
}
