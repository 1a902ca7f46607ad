import type { Scope } from './eks.ts';

/**
 * What Liftlock reads from a cluster's own API server. Every call may fail with an error whose `name` is one of `ClusterAccessError`'s. The caller
 * reports what it could not read, and never takes silence for health.
 */
export interface ClusterAccess {
  /** `GET /version`, e.g. `v1.34.2-eks-abc`. */
  serverVersion(server: ApiServer): Promise<string>;
  /** `GET /readyz?verbose`: whether it answered 200, and the checks that failed. */
  ready(server: ApiServer): Promise<{ ok: boolean; failed: string[] }>;
  listNodes(server: ApiServer): Promise<Node[]>;
  /** Deployments and DaemonSets (StatefulSets too) of one namespace. */
  listWorkloads(server: ApiServer, namespace: string): Promise<Workload[]>;
}

/** How to reach one cluster. The certificate authority and the endpoint come from DescribeCluster. */
export interface ApiServer {
  readonly scope: Scope;
  readonly name: string;
  readonly endpoint: string;
  /** Base64, as in `cluster.certificateAuthority.data`. */
  readonly certificateAuthority: string;
}

/** `Unreachable`: no route or timeout. `Unauthorized`: 401. `Forbidden`: 403. `ServerFault`: 5xx or an unreadable answer. */
export type ClusterAccessErrorName = (typeof ACCESS_ERRORS)[number];
export const ACCESS_ERRORS = [
  'ClusterUnreachable',
  'ClusterUnauthorized',
  'ClusterForbidden',
  'ClusterServerFault',
] as const;
export const isAccessErrorName = (name: string): name is ClusterAccessErrorName =>
  ACCESS_ERRORS.some((known) => known === name);

export class ClusterAccessError extends Error {
  constructor(name: ClusterAccessErrorName, message: string) {
    super(message);
    this.name = name;
  }
}

export interface Node {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly kubeletVersion: string;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** Absent for a node that does not terminate. */
  readonly terminating?: boolean;
  /** The upgrade in Liftlock's mark; absent where Liftlock has not cordoned it. */
  readonly cordonedBy?: string | undefined;
  /** `aws:///eu-central-1a/i-0abc`; absent until the cloud provider has set it. */
  readonly providerId?: string;
}

export interface Workload {
  readonly kind: 'Deployment' | 'DaemonSet' | 'StatefulSet';
  readonly namespace: string;
  readonly name: string;
  readonly desired: number;
  readonly available: number;
}
