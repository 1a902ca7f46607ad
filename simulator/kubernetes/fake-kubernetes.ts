import { ClusterAccessError } from '../../core/ports/cluster-access.ts';
import type { FakeEks } from '../eks/fake-eks.ts';
import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';
import { reportedVersion } from '../eks/support-calendar.ts';
import { requireReachable } from './access.ts';
import type { KubernetesState } from './kubernetes-state.ts';
import { schedulePods, startupMilliseconds } from './schedule-pods.ts';
import { StatusError } from './status-error.ts';

/** The API servers of all clusters of a fake EKS: their nodes follow its node groups, their versions its control planes. */
export class FakeKubernetes {
  readonly #eks: FakeEks;

  constructor(eks: FakeEks) {
    this.#eks = eks;
  }

  /**
   * The cluster at that time, before any authentication.
   * @throws ClusterAccessError `ClusterUnreachable`; StatusError 429 where it has too many requests.
   */
  reach(clusterArn: string, now: Date): ClusterRecord {
    this.#eks.advance(now);
    const cluster = this.#eks.state.clusters[clusterArn];
    if (cluster === undefined) {
      throw new ClusterAccessError('ClusterUnreachable', `getaddrinfo ENOTFOUND ${clusterArn}`);
    }
    requireReachable(cluster);
    requireCapacity(cluster);
    schedulePods(cluster.kubernetes, now.getTime());
    noteCreation(cluster.kubernetes, now.getTime());
    return cluster;
  }

  clusterArns(): string[] {
    return Object.keys(this.#eks.state.clusters);
  }

  /** The version in `/version`. */
  gitVersion(cluster: ClusterRecord): string {
    return reportedVersion(this.#eks.state.supportCalendar, cluster.version);
  }
}

function requireCapacity({ kubernetes: { overload } }: ClusterRecord): void {
  if (overload === undefined) return;
  throw new StatusError(429, {
    reason: 'TooManyRequests',
    message: 'Too many requests, please try again later.',
    details: overload,
  });
}

/** From a node's registration to Ready. */
const joinMilliseconds = 30_000;

/**
 * Sets the creation time of nodes and pods at the first request. It follows from the time when they were or will be ready; an object that is not
 * ready for long was created by now at the latest.
 */
function noteCreation(kubernetes: KubernetesState, now: number): void {
  for (const node of kubernetes.nodes) node.createdAt ??= Math.min(now, node.readyAt - joinMilliseconds);
  for (const pod of kubernetes.pods) pod.createdAt ??= Math.min(now, pod.readyAt - startupMilliseconds);
}
