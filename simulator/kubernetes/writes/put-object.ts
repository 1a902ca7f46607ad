import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { canonical } from '../canonical.ts';
import { budgetOfObject, isBudget } from '../disruption/budget.ts';
import { budgetStatus } from '../disruption/disruption-controller.ts';
import type { KubernetesState, PodState, WorkloadState } from '../kubernetes-state.ts';
import { isJob, jobPod } from '../objects/job-object.ts';
import { nodeAnnotations } from '../objects/node-object.ts';
import { podImages, templateImages, templateOf } from '../pod-template.ts';
import { removePod } from '../remove-pod.ts';
import type { ResourceType } from '../resource-types.ts';
import { storageGroup } from '../resources/storage-group.ts';
import { groupOf, list, record, type StoredObject } from '../resources/stored-object.ts';
import { ownerOf, schedulePods, startupMilliseconds } from '../schedule-pods.ts';

interface ObjectName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Stores an object, and updates what follows from it: pods of a workload, what a budget allows. `before` is the present object with its name. */
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
  if (isJob(object) && before === undefined)
    kubernetes.objects = [...(kubernetes.objects ?? []), jobPod(cluster, object)];
  schedulePods(kubernetes, now);
}

const callsNoMore = (before: StoredObject, { spec }: StoredObject): boolean =>
  record(spec).replicas === 0 || canonical(record(before.spec).template) !== canonical(record(spec).template);

/** The object that was written; undefined for one of the model. */
export function findStored({ objects = [] }: KubernetesState, type: ResourceType, name: ObjectName) {
  return objects.find((object) => isNamed(object, type, name));
}

function isNamed(object: StoredObject, { group, kind }: ResourceType, { namespace, name }: ObjectName): boolean {
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
 * A budget of the model becomes a written one. The disruption controller notes the generation that it has seen, unless it cannot compute what that
 * allows.
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

const doNotDisrupt = 'karpenter.sh/do-not-disrupt';

/** Taints that follow from the state of the node. */
const ownTaints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unschedulable'];

/** Applies a user's changes of a node: labels, annotations, taints, and whether it is schedulable. */
function putNode(kubernetes: KubernetesState, { metadata, spec }: StoredObject): void {
  const node = kubernetes.nodes.find((each) => each.name === metadata.name);
  if (node === undefined) return;
  const { unschedulable, taints } = record(spec);
  const { [doNotDisrupt]: protectedBy, ...annotations } = record(metadata.annotations) as Record<string, string>;
  for (const own of Object.keys(nodeAnnotations)) delete annotations[own];
  const others = list(taints).filter((taint) => !ownTaints.includes(String(record(taint).key)));
  node.labels = { ...(record(metadata.labels) as Record<string, string>) };
  node.unschedulable = unschedulable === true;
  // A value that was set and removed leaves nothing behind.
  for (const member of ['annotations', 'doNotDisrupt', 'managedFields', 'taints'] as const) delete node[member];
  if (Object.keys(annotations).length > 0) node.annotations = annotations;
  const managers = list(metadata.managedFields) as object[];
  if (managers.length > 0) node.managedFields = managers;
  if (protectedBy === 'true') node.doNotDisrupt = true;
  if (others.length > 0) node.taints = others as NonNullable<typeof node.taints>;
}

/** A pod without a controller; it is scheduled like any other. */
function createPod(kubernetes: KubernetesState, { metadata }: StoredObject): PodState {
  kubernetes.sequence += 1;
  const pod: PodState = {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    labels: {},
    images: [],
    readyAt: Number.MAX_SAFE_INTEGER,
    incarnation: kubernetes.sequence,
  };
  kubernetes.pods.push(pod);
  return pod;
}

/** Applies a user's changes of a pod. */
function putPod(pod: PodState, { metadata, spec }: StoredObject): void {
  const { annotations, finalizers, ownerReferences, managedFields } = metadata;
  pod.labels = record(metadata.labels) as Record<string, string>;
  pod.images = podImages(spec);
  pod.written = { metadata: { annotations, finalizers, ownerReferences, managedFields }, spec: record(spec) };
}

const kinds = ['Deployment', 'DaemonSet', 'StatefulSet'] as const;

const isWorkloadKind = (kind: string): kind is WorkloadState['kind'] => kinds.some((workload) => workload === kind);

/**
 * Applies a written workload. Its running pods take a new template at once, like those of add-ons, because rollouts take no time here. A new image
 * does not crash. Surplus pods after a smaller scale are removed.
 */
function putWorkload(
  kubernetes: KubernetesState,
  kind: WorkloadState['kind'],
  object: StoredObject,
  { before, now }: { readonly before: StoredObject | undefined; readonly now: number },
): void {
  const { status: _status, ...written } = object;
  const { namespace = 'default', name } = object.metadata;
  const spec = record(object.spec);
  const template = record(spec.template);
  const [image = ''] = podImages(template.spec);
  const labels = record(record(template.metadata).labels) as Record<string, string>;
  const replicas = typeof spec.replicas === 'number' ? spec.replicas : 1;
  const known = kubernetes.workloads.find(
    (each) => each.kind === kind && each.namespace === namespace && each.name === name,
  );
  const workload: WorkloadState = known ?? { kind, namespace, name, replicas, labels, image };
  if (known === undefined) kubernetes.workloads.push(workload);
  if (workload.image !== image) delete workload.crashesFromKubelet;
  Object.assign(workload, { replicas, labels, image, written });
  const pods = kubernetes.pods.filter((pod) => pod.owner === ownerOf(workload));
  if (canonical(record(before?.spec).template) !== canonical(template))
    for (const pod of pods) takeTemplate(pod, workload, now);
  const surplus = new Set(inOrderOfLoss(pods).slice(0, Math.max(0, pods.length - replicas)));
  if (kind !== 'DaemonSet') kubernetes.pods = kubernetes.pods.filter((pod) => !surplus.has(pod));
}

function takeTemplate(pod: PodState, workload: WorkloadState, now: number): void {
  Object.assign(pod, { labels: workload.labels, images: templateImages(workload), ...templateOf(workload) });
  if (pod.waitingReason === undefined || workload.crashesFromKubelet !== undefined) return;
  delete pod.waitingReason;
  pod.readyAt = now + startupMilliseconds;
}

/** Pods without a node first, then the youngest: in a StatefulSet that is the highest ordinal. */
function inOrderOfLoss(pods: readonly PodState[]): PodState[] {
  return [...pods].sort((left, right) => {
    const waiting = Number(right.nodeName === undefined) - Number(left.nodeName === undefined);
    return waiting !== 0 ? waiting : right.name.localeCompare(left.name, 'en', { numeric: true });
  });
}

/** Removes an object at once, with its dependents unless `orphans` stay. */
export function takeAway(
  cluster: ClusterRecord,
  type: ResourceType,
  { namespace, name, uid }: ObjectName & { readonly uid: string },
  { orphans, now }: { readonly orphans: boolean; readonly now: number },
): void {
  const { kubernetes } = cluster;
  const isIt = (each: { namespace: string; name: string }) => each.namespace === namespace && each.name === name;
  if (type.storage === '/pods') removePod(kubernetes, { namespace: namespace ?? 'default', name }, now);
  if (type.storage === '/namespaces') emptyNamespace(kubernetes, name);
  if (type.storage === 'policy/poddisruptionbudgets')
    kubernetes.podDisruptionBudgets = kubernetes.podDisruptionBudgets.filter((budget) => !isIt(budget));
  const workload = kubernetes.workloads.find((each) => each.kind === type.kind && isIt(each));
  if (workload !== undefined) {
    kubernetes.workloads = kubernetes.workloads.filter((each) => each !== workload);
    retireClients(cluster, name, now);
    const owner = ownerOf(workload);
    if (orphans) for (const pod of kubernetes.pods) if (pod.owner === owner) delete pod.owner;
    kubernetes.pods = kubernetes.pods.filter((pod) => pod.owner !== owner);
  }
  kubernetes.objects = (kubernetes.objects ?? []).filter((object) => !isNamed(object, type, { namespace, name }));
  if (!orphans) collectGarbage(kubernetes, uid);
  schedulePods(kubernetes, now);
}

function emptyNamespace(kubernetes: KubernetesState, name: string): void {
  const stays = (each: { namespace: string }) => each.namespace !== name;
  kubernetes.workloads = kubernetes.workloads.filter(stays);
  kubernetes.pods = kubernetes.pods.filter(stays);
  kubernetes.podDisruptionBudgets = kubernetes.podDisruptionBudgets.filter(stays);
  kubernetes.objects = (kubernetes.objects ?? []).filter(({ metadata }) => metadata.namespace !== name);
}

/** Objects that name it as their owner are removed with it, and so are their dependents. */
function collectGarbage(kubernetes: KubernetesState, uid: string): void {
  const { objects = [] } = kubernetes;
  const orphaned = objects.filter((object) => isOwnedBy(object, uid));
  kubernetes.objects = objects.filter((object) => !orphaned.includes(object));
  for (const { metadata } of orphaned) if (typeof metadata.uid === 'string') collectGarbage(kubernetes, metadata.uid);
}

const isOwnedBy = ({ metadata }: StoredObject, uid: string): boolean =>
  list(metadata.ownerReferences).some((reference) => record(reference).uid === uid);

/**
 * A client of an API with the name of a workload is that workload. After a new version, or its removal, it no longer calls deprecated APIs. EKS
 * continues to report its last calls, which were a moment before.
 */
function retireClients({ insights }: ClusterRecord, workload: string, now: number): void {
  for (const client of insights.apiUsage.flatMap(({ clients }) => clients)) {
    const product = client.userAgent.split('/')[0]?.toLowerCase();
    if (client.active && product === workload.toLowerCase())
      Object.assign(client, { active: false, lastRequestTime: now - 60_000 });
  }
}
