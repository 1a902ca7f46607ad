import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';
import { allPods, type Wanted } from './daemon-pods.ts';
import { isBudget } from './disruption/budget.ts';
import type { WorkloadState } from './kubernetes-state.ts';
import { podDisruptionBudgetObject, withBudgetStatus } from './objects/budget-object.ts';
import { withJobStatus } from './objects/job-object.ts';
import { namespaceNames, namespaceObject } from './objects/namespace-object.ts';
import { nodeBasis, nodeObject } from './objects/node-object.ts';
import { type KubernetesObject, type ObjectMeta, timestamp, uidOf } from './objects/object-metadata.ts';
import { podBasis, podObject } from './objects/pod-object.ts';
import { replicaSetObject } from './objects/replica-set-object.ts';
import { asWritten, daemonSetObject, deploymentObject, statefulSetObject } from './objects/workload-object.ts';
import type { ResourceType } from './resource-types.ts';
import { storageGroup } from './resources/storage-group.ts';
import { groupOf, type StoredObject } from './resources/stored-object.ts';

/** An object that can be made on demand. Objects with the same basis are equal, so one of them is enough. */
export interface Source {
  readonly key: string;
  readonly basis?: string | undefined;
  readonly make: () => KubernetesObject;
}

type Build = (cluster: ClusterRecord, now: number, wanted: Wanted) => readonly (KubernetesObject | Source)[];

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

/** The objects that follow from the model, by `storage` of their type. */
const builds: Readonly<Record<string, Build>> = {
  '/namespaces': (cluster) => namespaceNames(cluster).map((name) => namespaceObject(cluster, name)),
  '/nodes': (cluster, now, { name }) =>
    cluster.kubernetes.nodes
      .filter((node) => name === undefined || node.name === name)
      .map((node) => ({
        key: node.name,
        basis: nodeBasis(cluster, node, now),
        make: () => nodeObject(cluster, node, now),
      })),
  '/pods': (cluster, now, wanted) =>
    allPods(cluster.kubernetes, wanted).map((pod) => ({
      key: `${pod.namespace}/${pod.name}`,
      basis: podBasis(cluster, pod, now),
      make: () => podObject(cluster, pod, now),
    })),
  'apps/daemonsets': workloads('DaemonSet', written(daemonSetObject)),
  'apps/deployments': workloads('Deployment', written(deploymentObject)),
  'apps/replicasets': workloads('Deployment', replicaSetObject),
  'apps/statefulsets': workloads('StatefulSet', written(statefulSetObject)),
  'policy/poddisruptionbudgets': (cluster, now) =>
    cluster.kubernetes.podDisruptionBudgets.map((budget) => podDisruptionBudgetObject(cluster, budget, now)),
};

/**
 * All objects of a resource in a list, in the order of their keys in etcd: by namespace, then by name. A raw object replaces one of the model with
 * its name. Some unwanted objects may be included.
 */
export function sourcesOf(cluster: ClusterRecord, type: ResourceType, now: number, wanted: Wanted = {}): Source[] {
  const found = new Map<string, Source>();
  const modelled = builds[type.storage]?.(cluster, now, wanted) ?? [];
  for (const one of [...modelled, ...storedObjects(cluster, type, now)]) {
    const source = 'make' in one ? one : { key: keyOf(one), make: () => one };
    found.set(source.key, source);
  }
  return [...found.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
}

export const objectsOf = (...asked: Parameters<typeof sourcesOf>): KubernetesObject[] =>
  sourcesOf(...asked).map(({ make }) => make());

/** `kube-system/coredns-…`; `ip-10-0-0-1.…` for an object without namespace. */
export function keyOf({ metadata: { namespace, name } }: KubernetesObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/**
 * The raw objects of a resource as in a list, whatever version they were written at: reading converts only `apiVersion`, which lists and answers add.
 */
function storedObjects(cluster: ClusterRecord, type: ResourceType, now: number): KubernetesObject[] {
  const wanted = storageGroup(type.group, type.kind);
  return (cluster.kubernetes.objects ?? [])
    .filter((object) => object.kind === type.kind && storageGroup(groupOf(object), object.kind) === wanted)
    .map((object) =>
      readable(
        cluster,
        isBudget(object) ? withBudgetStatus(cluster, object, now) : withJobStatus(cluster, object, now),
      ),
    );
}

function readable(cluster: ClusterRecord, object: StoredObject): KubernetesObject {
  const { apiVersion: _written, kind, metadata, ...body } = object;
  const { name, namespace, uid, creationTimestamp, ...rest } = metadata;
  const identity = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const complete: ObjectMeta = {
    ...rest,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: typeof uid === 'string' ? uid : uidOf(cluster, identity),
    creationTimestamp: typeof creationTimestamp === 'string' ? creationTimestamp : timestamp(cluster.createdAt),
  };
  return { metadata: complete, ...body };
}
