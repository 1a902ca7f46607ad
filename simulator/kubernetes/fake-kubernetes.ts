import type { AccessReview, Node, Pod, Workload } from '../../core/ports/cluster-access.ts';
import { ClusterAccessError } from '../../core/ports/cluster-access.ts';
import type { FakeEks } from '../eks/fake-eks.ts';
import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import { reportedVersion } from '../eks/support-calendar.ts';
import { mayRead, requireAuthenticated, requireMayRead, requireReachable } from './access.ts';
import {
  nodeObject,
  type ObjectList,
  objectList,
  podDisruptionBudgetObject,
  podObject,
  workloadObject,
} from './api-objects.ts';
import { budgetStatus, evictionRefusal } from './disruption-budget.ts';
import type { PodDisruptionBudgetState, PodState } from './kubernetes-state.ts';
import { listNodes, listPods, listWorkloads } from './read-objects.ts';
import { schedulePods } from './schedule-pods.ts';

const workloadKinds: Readonly<Record<string, Workload['kind']>> = {
  deployments: 'Deployment',
  daemonsets: 'DaemonSet',
  statefulsets: 'StatefulSet',
};

/** Who asks which cluster, and when. */
export interface KubernetesRequest {
  readonly clusterArn: string;
  /** ARN of the role, or of a session of it, whose token the request carries. */
  readonly principal: string;
  readonly now: Date;
}

/**
 * The API servers of all clusters of a fake EKS: their nodes follow its node groups, their versions its control planes.
 * Every answer may instead be a `ClusterAccessError`: Unreachable, Unauthorized or Forbidden.
 */
export class FakeKubernetes {
  readonly #eks: FakeEks;

  constructor(eks: FakeEks) {
    this.#eks = eks;
  }

  /** `v1.34.4-eks-b3126f4` */
  serverVersion(request: KubernetesRequest): string {
    const cluster = this.#reach(request);
    return reportedVersion(this.#eks.state.supportCalendar, cluster.version);
  }

  ready(request: KubernetesRequest): { ok: boolean; failed: string[] } {
    const { failedReadyChecks } = this.#reach(request).kubernetes;
    return { ok: failedReadyChecks.length === 0, failed: [...failedReadyChecks] };
  }

  listNodes(request: KubernetesRequest): Node[] {
    return listNodes(this.#read(request, 'nodes').kubernetes, request.now.getTime());
  }

  /** DaemonSet pods included, one per node. */
  listPods(request: KubernetesRequest, namespace?: string): Pod[] {
    return listPods(this.#read(request, 'pods').kubernetes, request.now.getTime(), namespace);
  }

  listWorkloads(request: KubernetesRequest, namespace: string): Workload[] {
    for (const resource of ['daemonsets', 'statefulsets']) this.#read(request, resource);
    return listWorkloads(this.#read(request, 'deployments').kubernetes, request.now.getTime(), namespace);
  }

  /**
   * A list as the API server sends it, for the HTTP face: nodes, pods, deployments, daemonsets, statefulsets or
   * poddisruptionbudgets, of one namespace or all. Undefined for any other resource.
   */
  listObjects(request: KubernetesRequest, resource: string, namespace?: string): ObjectList | undefined {
    if (resource === 'nodes') return objectList('v1', 'Node', this.listNodes(request).map(nodeObject));
    if (resource === 'pods') return objectList('v1', 'Pod', this.listPods(request, namespace).map(podObject));
    if (resource === 'poddisruptionbudgets') {
      const budgets = this.listPodDisruptionBudgets(request, namespace);
      return objectList('policy/v1', 'PodDisruptionBudget', budgets.map(podDisruptionBudgetObject));
    }
    const kind = workloadKinds[resource];
    if (kind === undefined) return undefined;
    const { kubernetes } = this.#read(request, resource);
    const workloads = listWorkloads(kubernetes, request.now.getTime(), namespace);
    return objectList('apps/v1', kind, workloads.filter((each) => each.kind === kind).map(workloadObject));
  }

  listPodDisruptionBudgets(
    request: KubernetesRequest,
    namespace?: string,
  ): (PodDisruptionBudgetState & ReturnType<typeof budgetStatus>)[] {
    const { kubernetes } = this.#read(request, 'poddisruptionbudgets');
    return kubernetes.podDisruptionBudgets
      .filter((budget) => namespace === undefined || budget.namespace === namespace)
      .map((budget) => ({ ...budget, ...budgetStatus(kubernetes, budget, request.now.getTime()) }));
  }

  mayI(request: KubernetesRequest, review: AccessReview): boolean {
    const cluster = this.#reach(request);
    return mayRead(cluster, request.principal, review.resource ?? review.nonResourceUrl ?? '');
  }

  /**
   * The eviction API. Undefined: the pod is gone and its workload makes another. Else the message of the 429 (or of the
   * 500 for a pod under several budgets). An unknown pod is `ClusterServerFault`.
   */
  evict(request: KubernetesRequest, pod: { namespace: string; name: string }): string | undefined {
    const { kubernetes } = this.#read(request, 'pods');
    const now = request.now.getTime();
    const found = kubernetes.pods.find((each) => each.namespace === pod.namespace && each.name === pod.name);
    if (found === undefined) throw new ClusterAccessError('ClusterServerFault', `pods "${pod.name}" not found`);
    const refusal = evictionRefusal(kubernetes, found, now);
    if (refusal !== undefined) return refusal;
    kubernetes.pods = kubernetes.pods.filter((each: PodState) => each !== found);
    schedulePods(kubernetes, now);
    return undefined;
  }

  #read(request: KubernetesRequest, resource: string): ClusterRecord {
    const cluster = this.#reach(request);
    requireMayRead(cluster, request.principal, resource);
    return cluster;
  }

  #reach(request: KubernetesRequest): ClusterRecord {
    this.#eks.advance(request.now);
    const cluster = this.#eks.state.clusters[request.clusterArn];
    if (cluster === undefined) {
      throw new ClusterAccessError('ClusterUnreachable', `getaddrinfo ENOTFOUND ${request.clusterArn}`);
    }
    requireReachable(cluster);
    requireAuthenticated(cluster, request.principal);
    schedulePods(cluster.kubernetes, request.now.getTime());
    return cluster;
  }
}
