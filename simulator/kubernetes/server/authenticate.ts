import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { requireAuthenticated, unauthorized } from '../access.ts';
import type { User } from '../permissions.ts';
import { healthPaths } from './health.ts';

/** The identity of a bearer token; undefined for a token that is not valid for that cluster. */
export type Authenticate = (token: string, clusterArn: string) => Promise<{ readonly principal: string } | undefined>;

/** From this version on anonymous callers reach only the health endpoints (facts: eks.md §1.6). */
const anonymousRestrictedFrom = KubeVersion.parse('1.32');

export function bearerToken(authorization = ''): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization)?.[1];
}

/** The identity of the token; anonymous without one. @throws StatusError 401 for an invalid one. */
export async function userOf(authenticate: Authenticate, clusterArn: string, authorization?: string): Promise<User> {
  const token = bearerToken(authorization);
  if (token === undefined) return {};
  const user = await authenticate(token, clusterArn);
  if (user === undefined) throw unauthorized();
  return { principal: user.principal };
}

/** 401 for a principal that the cluster does not know, and for anonymous callers on other paths. */
export function requireKnown(cluster: ClusterRecord, { principal }: User, path: string): void {
  if (principal !== undefined) requireAuthenticated(cluster, principal);
  else if (!isOldEnoughForAnonymous(cluster) && !healthPaths.includes(path)) throw unauthorized();
}

const isOldEnoughForAnonymous = ({ version }: ClusterRecord): boolean =>
  KubeVersion.parse(version).isOlderThan(anonymousRestrictedFrom);
