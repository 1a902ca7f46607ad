import { ClusterAccessError } from '../../core/ports/cluster-access.ts';
import type { AccessEntryRecord, ClusterRecord } from '../eks/state/fake-eks-state.ts';
import { StatusError } from './status-error.ts';

/**
 * Whether a caller outside the cluster's network reaches the API server: only through a public endpoint that is open to
 * every address, since the caller has no fixed one (facts: eks.md §10.3).
 */
export function requireReachable(cluster: ClusterRecord): void {
  const { network } = cluster.kubernetes.access;
  if (network === 'reachable') return;
  const vpc = cluster.description.resourcesVpcConfig;
  const open = vpc?.endpointPublicAccess !== false && (vpc?.publicAccessCidrs?.includes('0.0.0.0/0') ?? true);
  if (network === 'cluster-endpoint' && open && cluster.status !== 'CREATING') return;
  throw new ClusterAccessError(
    'ClusterUnreachable',
    `connect ETIMEDOUT ${cluster.description.endpoint ?? cluster.name}`,
  );
}

/** 401 unless the caller's role has an access entry; sessions count as their role (facts: eks.md §10.1). */
export function requireAuthenticated(cluster: ClusterRecord, principal: string): void {
  if (cluster.kubernetes.access.authentication === 'any-principal') return;
  if (entryOf(cluster, principal) === undefined) throw unauthorized();
}

export const unauthorized = (): StatusError =>
  new StatusError(401, { reason: 'Unauthorized', message: 'Unauthorized' });

/** The access entry of the caller; none where aws-auth decides. */
export function entryOf(cluster: ClusterRecord, principal: string): AccessEntryRecord | undefined {
  if (cluster.description.accessConfig?.authenticationMode === 'CONFIG_MAP') return undefined;
  const role = roleArn(principal);
  return cluster.accessEntries.find(({ principalArn }) => withoutPath(principalArn) === withoutPath(role));
}

/** A session's ARN does not contain the path of its role. */
const withoutPath = (arn: string): string => arn.replace(/:role\/.*\//, ':role/');

/** `arn:aws:sts::1:assumed-role/Name/session` → `arn:aws:iam::1:role/Name`; other ARNs unchanged. */
export function roleArn(principal: string): string {
  const match = /^arn:(aws[^:]*):sts::(\d+):assumed-role\/([^/]+)\//.exec(principal);
  return match === null ? principal : `arn:${match[1]}:iam::${match[2]}:role/${match[3]}`;
}
