import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import { allPods } from './daemon-pods.ts';
import type { WorkloadState } from './kubernetes-state.ts';
import { podDisruptionBudgetObject } from './objects/budget-object.ts';
import { namespaceNames, namespaceObject } from './objects/namespace-object.ts';
import { nodeObject } from './objects/node-object.ts';
import type { KubernetesObject } from './objects/object-metadata.ts';
import { podObject } from './objects/pod-object.ts';
import { replicaSetObject } from './objects/replica-set-object.ts';
import { daemonSetObject, deploymentObject, statefulSetObject } from './objects/workload-object.ts';

/** What the API server answers to a list, as JSON. */
export interface ObjectList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubernetesObject[];
}

type Build = (cluster: ClusterRecord, now: number) => KubernetesObject[];

const workloads =
  (
    kind: WorkloadState['kind'],
    build: (cluster: ClusterRecord, each: WorkloadState, now: number) => KubernetesObject,
  ) =>
  (cluster: ClusterRecord, now: number) =>
    cluster.kubernetes.workloads.filter((each) => each.kind === kind).map((each) => build(cluster, each, now));

const builds: Readonly<Record<string, Build>> = {
  namespaces: (cluster) => namespaceNames(cluster).map((name) => namespaceObject(cluster, name)),
  nodes: (cluster, now) => cluster.kubernetes.nodes.map((node) => nodeObject(cluster, node, now)),
  pods: (cluster, now) => allPods(cluster.kubernetes).map((pod) => podObject(cluster, pod, now)),
  daemonsets: workloads('DaemonSet', daemonSetObject),
  deployments: workloads('Deployment', deploymentObject),
  replicasets: workloads('Deployment', replicaSetObject),
  statefulsets: workloads('StatefulSet', statefulSetObject),
  poddisruptionbudgets: (cluster, now) =>
    cluster.kubernetes.podDisruptionBudgets.map((budget) => podDisruptionBudgetObject(cluster, budget, now)),
};

/**
 * All objects of a resource (of resource-types.ts) as they lie in a list, in the order of their keys in etcd: by namespace,
 * then by name. Undefined for a resource that is not served.
 */
export function objectsOf(cluster: ClusterRecord, resource: string, now: number): KubernetesObject[] | undefined {
  return builds[resource]?.(cluster, now).sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

/** `kube-system/coredns-…`; `ip-10-0-0-1.…` for what is in no namespace. */
export function keyOf({ metadata: { namespace, name } }: KubernetesObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
