import type { Node, Workload } from '../../core/ports/cluster-access.ts';
import { ClusterAccessError } from '../../core/ports/cluster-access.ts';
import type { FakeEks } from '../eks/fake-eks.ts';
import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import { reportedVersion } from '../eks/support-calendar.ts';
import { requireAuthenticated, requireReachable } from './access.ts';
import { type ObjectList, objectsOf } from './api-objects.ts';
import { budgetOfState } from './disruption/budget.ts';
import { type BudgetStatus, budgetStatus } from './disruption/disruption-controller.ts';
import { noteDown } from './disruption/disruption-counts.ts';
import type { PodDisruptionBudgetState } from './kubernetes-state.ts';
import { noteCreation } from './note-creation.ts';
import { requireAllowed } from './permissions.ts';
import { listNodes, listWorkloads } from './read-objects.ts';
import { apiVersionOf, type ResourceType } from './resource-types.ts';
import { schedulePods } from './schedule-pods.ts';
import { resourceTypes } from './served-types.ts';
import { StatusError } from './status-error.ts';

/** Who asks which cluster, and when. */
export interface KubernetesRequest {
  readonly clusterArn: string;
  /** ARN of the role, or of a session of it, whose token the request carries. */
  readonly principal: string;
  readonly now: Date;
}

/**
 * The API servers of all clusters of a fake EKS: their nodes follow its node groups, their versions its control planes.
 * Every answer may instead be a `ClusterAccessError`: Unreachable, Unauthorized, Forbidden or ServerFault; those that the
 * API server itself gives are `StatusError`s.
 */
export class FakeKubernetes {
  readonly #eks: FakeEks;

  constructor(eks: FakeEks) {
    this.#eks = eks;
  }

  /** `v1.34.4-eks-b3126f4` */
  serverVersion(request: KubernetesRequest): string {
    return this.gitVersion(this.#authenticate(request));
  }

  ready(request: KubernetesRequest): { ok: boolean; failed: string[] } {
    const { failedReadyChecks } = this.#authenticate(request).kubernetes;
    return { ok: failedReadyChecks.length === 0, failed: [...failedReadyChecks] };
  }

  listNodes(request: KubernetesRequest): Node[] {
    return listNodes(this.#list(request, 'nodes'), request.now.getTime());
  }

  listWorkloads(request: KubernetesRequest, namespace: string): Workload[] {
    for (const resource of ['daemonsets', 'statefulsets']) this.#list(request, resource, namespace);
    const { kubernetes } = this.#list(request, 'deployments', namespace);
    return listWorkloads(kubernetes, request.now.getTime(), namespace);
  }

  /** A list as the API server sends it, of one namespace or all. Undefined for a resource that is not served. */
  listObjects(request: KubernetesRequest, resource: string, namespace?: string): ObjectList | undefined {
    const cluster = this.#list(request, resource, namespace);
    const type = typeOf(cluster, resource);
    if (type === undefined) return undefined;
    const objects = objectsOf(cluster, type, request.now.getTime());
    const items = objects.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
    return { apiVersion: apiVersionOf(type), kind: `${type.kind}List`, metadata: { resourceVersion: '1' }, items };
  }

  listPodDisruptionBudgets(
    request: KubernetesRequest,
    namespace?: string,
  ): (PodDisruptionBudgetState & BudgetStatus)[] {
    const cluster = this.#list(request, 'poddisruptionbudgets', namespace);
    return cluster.kubernetes.podDisruptionBudgets
      .filter((budget) => namespace === undefined || budget.namespace === namespace)
      .map((budget) => ({ ...budget, ...budgetStatus(cluster, budgetOfState(budget), request.now.getTime()) }));
  }

  /**
   * The cluster as its API server knows it at that time, before anybody is asked who they are.
   *
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
    noteDown(cluster.kubernetes, now.getTime());
    return cluster;
  }

  clusterArns(): string[] {
    return Object.keys(this.#eks.state.clusters);
  }

  /** As `/version` tells it. */
  gitVersion(cluster: ClusterRecord): string {
    return reportedVersion(this.#eks.state.supportCalendar, cluster.version);
  }

  #list(request: KubernetesRequest, resource: string, namespace?: string): ClusterRecord {
    const cluster = this.#authenticate(request);
    const group = typeOf(cluster, resource)?.group ?? '';
    const attributes = { verb: 'list', group, resource, ...(namespace === undefined ? {} : { namespace }) };
    requireAllowed(cluster, request, attributes);
    return cluster;
  }

  #authenticate(request: KubernetesRequest): ClusterRecord {
    const cluster = this.reach(request.clusterArn, request.now);
    requireAuthenticated(cluster, request.principal);
    return cluster;
  }
}

/** The first of that name at its best version: `events` are those of the core group. */
function typeOf(cluster: ClusterRecord, resource: string): ResourceType | undefined {
  return resourceTypes(cluster).find((each) => each.resource === resource);
}

function requireCapacity({ kubernetes: { overload } }: ClusterRecord): void {
  if (overload === undefined) return;
  throw new StatusError(429, {
    reason: 'TooManyRequests',
    message: 'Too many requests, please try again later.',
    details: overload,
  });
}
