import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import { allPods } from './daemon-pods.ts';
import type { PodState, WorkloadState } from './kubernetes-state.ts';
import { podDisruptionBudgetObject } from './objects/budget-object.ts';
import { namespaceNames, namespaceObject } from './objects/namespace-object.ts';
import { nodeObject } from './objects/node-object.ts';
import type { KubernetesObject } from './objects/object-metadata.ts';
import { podObject } from './objects/pod-object.ts';
import { replicaSetObject } from './objects/replica-set-object.ts';
import { storedObjects } from './objects/stored-objects.ts';
import { asWritten, daemonSetObject, deploymentObject, statefulSetObject } from './objects/workload-object.ts';
import type { ResourceType } from './resource-types.ts';

/** What the API server answers to a list, as JSON. */
export interface ObjectList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubernetesObject[];
}

type IsWanted = (pod: PodState) => boolean;

type Build = (cluster: ClusterRecord, now: number, isWanted: IsWanted) => KubernetesObject[];

const workloads =
  (
    kind: WorkloadState['kind'],
    build: (cluster: ClusterRecord, each: WorkloadState, now: number) => KubernetesObject,
  ) =>
  (cluster: ClusterRecord, now: number) =>
    cluster.kubernetes.workloads.filter((each) => each.kind === kind).map((each) => build(cluster, each, now));

const written =
  (build: (cluster: ClusterRecord, each: WorkloadState, now: number) => KubernetesObject) =>
  (cluster: ClusterRecord, each: WorkloadState, now: number) =>
    asWritten(build(cluster, each, now), each);

/** What follows from the model, by `storage` of its type. */
const builds: Readonly<Record<string, Build>> = {
  '/namespaces': (cluster) => namespaceNames(cluster).map((name) => namespaceObject(cluster, name)),
  '/nodes': (cluster, now) => cluster.kubernetes.nodes.map((node) => nodeObject(cluster, node, now)),
  '/pods': (cluster, now, isWanted) =>
    allPods(cluster.kubernetes)
      .filter(isWanted)
      .map((pod) => podObject(cluster, pod, now)),
  'apps/daemonsets': workloads('DaemonSet', written(daemonSetObject)),
  'apps/deployments': workloads('Deployment', written(deploymentObject)),
  'apps/replicasets': workloads('Deployment', replicaSetObject),
  'apps/statefulsets': workloads('StatefulSet', written(statefulSetObject)),
  'policy/poddisruptionbudgets': (cluster, now) =>
    cluster.kubernetes.podDisruptionBudgets.map((budget) => podDisruptionBudgetObject(cluster, budget, now)),
};

/**
 * All objects of a resource as they lie in a list, in the order of their keys in etcd: by namespace, then by name. A raw object
 * stands in the place of one that follows from the model and has its name. Pods of the model that are not wanted are not made at all.
 */
export function objectsOf(
  cluster: ClusterRecord,
  type: ResourceType,
  now: number,
  isWanted: IsWanted = () => true,
): KubernetesObject[] {
  const found = new Map<string, KubernetesObject>();
  for (const object of builds[type.storage]?.(cluster, now, isWanted) ?? []) found.set(keyOf(object), object);
  for (const object of storedObjects(cluster, type, now)) found.set(keyOf(object), object);
  return [...found].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, object]) => object);
}

/** `kube-system/coredns-…`; `ip-10-0-0-1.…` for what is in no namespace. */
export function keyOf({ metadata: { namespace, name } }: KubernetesObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
