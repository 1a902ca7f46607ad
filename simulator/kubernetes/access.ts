import { ClusterAccessError } from '../../core/ports/cluster-access.ts';
import type { ClusterRecord } from '../eks/state/cluster-record.ts';

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
  const entriesCount = cluster.description.accessConfig?.authenticationMode !== 'CONFIG_MAP';
  if (entriesCount && cluster.accessEntries.some((entry) => entry.principalArn === roleArn(principal))) return;
  throw new ClusterAccessError('ClusterUnauthorized', 'Unauthorized');
}

/** Whether the caller may read that resource; AmazonEKSViewPolicy alone shows no nodes (facts: eks.md §10.1). */
export function mayRead(cluster: ClusterRecord, principal: string, resource: string): boolean {
  const { authentication, forbiddenResources } = cluster.kubernetes.access;
  if (forbiddenResources.includes(resource)) return false;
  if (authentication === 'any-principal') return true;
  const entry = cluster.accessEntries.find((each) => each.principalArn === roleArn(principal));
  if (entry === undefined) return false;
  if (entry.kubernetesGroups.length > 0) return true;
  const policies = entry.policies.map((policy) => policy.policyArn.split('/').at(-1));
  if (policies.some((name) => name === 'AmazonEKSClusterAdminPolicy' || name === 'AmazonEKSAdminViewPolicy'))
    return true;
  return policies.includes('AmazonEKSViewPolicy') && !['nodes', 'secrets'].includes(resource);
}

/** 403 unless the caller may read that resource. */
export function requireMayRead(cluster: ClusterRecord, principal: string, resource: string): void {
  if (mayRead(cluster, principal, resource)) return;
  throw new ClusterAccessError(
    'ClusterForbidden',
    `${resource} is forbidden: User "${roleArn(principal)}" cannot list resource "${resource}" at the cluster scope`,
  );
}

/** `arn:aws:sts::1:assumed-role/Name/session` → `arn:aws:iam::1:role/Name`; other ARNs as they are. */
export function roleArn(principal: string): string {
  const match = /^arn:(aws[^:]*):sts::(\d+):assumed-role\/([^/]+)\//.exec(principal);
  return match === null ? principal : `arn:${match[1]}:iam::${match[2]}:role/${match[3]}`;
}
