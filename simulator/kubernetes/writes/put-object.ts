import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import { canonical } from '../canonical.ts';
import { budgetOfObject, isBudget } from '../disruption/budget.ts';
import { budgetStatus } from '../disruption/disruption-controller.ts';
import type { KubernetesState, PodState } from '../kubernetes-state.ts';
import type { ResourceType } from '../resource-types.ts';
import { storageGroup } from '../resources/storage-group.ts';
import { groupOf, record, type StoredObject } from '../resources/stored-object.ts';
import { schedulePods } from '../schedule-pods.ts';
import { putNode } from './put-node.ts';
import { createPod, putPod } from './put-pod.ts';
import { isWorkloadKind, putWorkload } from './put-workload.ts';
import { retireClients } from './retire-clients.ts';

export interface ObjectName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/**
 * Puts an object where those of its kind lie, and lets what follows from it follow: pods of a workload, what a budget allows.
 * `before` is what lies there under its name.
 */
export function putObject(
  cluster: ClusterRecord,
  type: ResourceType,
  object: StoredObject,
  { before, now }: { readonly before: StoredObject | undefined; readonly now: number },
): void {
  const { kubernetes } = cluster;
  if (findStored(kubernetes, type, object.metadata) !== undefined) storeAsItIs(kubernetes, type, object);
  else if (type.storage === '/nodes') putNode(kubernetes, object);
  else if (type.storage === '/pods') {
    const pod = before === undefined ? createPod(kubernetes, object) : findPodState(kubernetes, object.metadata);
    if (pod !== undefined) putPod(pod, object);
  } else if (isWorkloadKind(type.kind) && type.storage.startsWith('apps/')) {
    putWorkload(kubernetes, type.kind, object, { before, now });
    if (before !== undefined && callsNoMore(before, object)) retireClients(cluster, object.metadata.name, now);
  } else storeAsItIs(kubernetes, type, object);
  if (isBudget(object)) noteBudget(cluster, object, now);
  schedulePods(kubernetes, now);
}

const callsNoMore = (before: StoredObject, { spec }: StoredObject): boolean =>
  record(spec).replicas === 0 || canonical(record(before.spec).template) !== canonical(record(spec).template);

/** The object as it was written down; undefined for one of the model. */
export function findStored({ objects = [] }: KubernetesState, type: ResourceType, name: ObjectName) {
  return objects.find((object) => isNamed(object, type, name));
}

export function isNamed(object: StoredObject, { group, kind }: ResourceType, { namespace, name }: ObjectName): boolean {
  return (
    object.kind === kind &&
    object.metadata.name === name &&
    object.metadata.namespace === namespace &&
    storageGroup(groupOf(object), kind) === storageGroup(group, kind)
  );
}

export const findPodState = ({ pods }: KubernetesState, { namespace, name }: ObjectName): PodState | undefined =>
  pods.find((pod) => pod.namespace === namespace && pod.name === name);

function storeAsItIs(kubernetes: KubernetesState, type: ResourceType, object: StoredObject): void {
  const { objects = [] } = kubernetes;
  const others = objects.filter((each) => !isNamed(each, type, object.metadata));
  kubernetes.objects = [...others, object];
}

/**
 * One of the model becomes one that was written down. The disruption controller notes which generation it has seen, unless it cannot
 * work out what that allows.
 */
function noteBudget(cluster: ClusterRecord, object: StoredObject, now: number): void {
  const { kubernetes } = cluster;
  const { namespace, name } = object.metadata;
  kubernetes.podDisruptionBudgets = kubernetes.podDisruptionBudgets.filter(
    (each) => each.namespace !== namespace || each.name !== name,
  );
  const { observedGeneration } = budgetStatus(cluster, budgetOfObject(object), now);
  const status = { ...record(object.status), observedGeneration };
  kubernetes.objects = (kubernetes.objects ?? []).map((each) => (each === object ? { ...object, status } : each));
}
