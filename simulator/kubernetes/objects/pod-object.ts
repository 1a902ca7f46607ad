import { hash } from 'node:crypto';
import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { KubernetesState, PodState } from '../kubernetes-state.ts';
import { podTemplateHash } from '../pod-names.ts';
import { isNodeReady, isPodReady, podPhase } from '../pod-status.ts';
import { list, record, texts } from '../resources/stored-object.ts';
import { startupMilliseconds } from '../schedule-pods.ts';
import { type Container, containersOf } from './containers.ts';
import { nodeAddress } from './node-object.ts';
import { controllerReference, type OwnerReference, timestamp, uidOf } from './object-metadata.ts';

export type PodObject = ReturnType<typeof podObject>;

/**
 * The input of a pod's object beside its cluster, with the time as far as it matters; undefined where the object depends on the time in more ways.
 */
export function podBasis({ kubernetes }: ClusterRecord, pod: PodState, now: number): string | undefined {
  const changesByItself = pod.nodeName === undefined || pod.waitingReason !== undefined || pod.createdAt === undefined;
  if (changesByItself) return undefined;
  return JSON.stringify([pod, podPhase(pod, now), isPodReady(kubernetes, pod, now)]);
}

export function podObject(cluster: ClusterRecord, pod: PodState, now: number) {
  const { kubernetes } = cluster;
  const { namespace, name, nodeName } = pod;
  const { labels, ...owner } = podOwner(cluster, pod);
  const uid = uidOf(cluster, { kind: 'Pod', namespace, name, incarnation: pod.incarnation });
  const { metadata: { annotations, finalizers, ownerReferences, managedFields } = {}, spec: written } =
    pod.written ?? {};
  const containers = writtenContainers(pod) ?? containersOf(pod.images, pod.owner?.split('/')[2]);
  const createdAt = pod.createdAt ?? Math.min(now, pod.readyAt - startupMilliseconds);
  const running = podPhase(pod, now) === 'Running';
  const addresses = nodeName === undefined ? {} : { hostIP: nodeAddress({ name: nodeName }) };
  return {
    metadata: {
      namespace,
      name,
      uid,
      creationTimestamp: timestamp(createdAt),
      labels: { ...pod.labels, ...labels },
      ...owner,
      ...(annotations === undefined ? {} : { annotations: record(annotations) as Record<string, string> }),
      ...(managedFields === undefined ? {} : { managedFields: list(managedFields) as object[] }),
      ...(finalizers === undefined ? {} : { finalizers: texts(finalizers) }),
      ...(pod.owner !== undefined || ownerReferences === undefined
        ? {}
        : { ownerReferences: list(ownerReferences) as OwnerReference[] }),
      ...(pod.deletedAt === undefined
        ? {}
        : { deletionTimestamp: timestamp(pod.deletedAt + 30_000), deletionGracePeriodSeconds: 30 }),
    },
    spec: {
      containers,
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      ...(nodeName === undefined ? {} : { nodeName }),
      preemptionPolicy: 'PreemptLowerPriority',
      priority: 0,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      serviceAccount: 'default',
      serviceAccountName: 'default',
      terminationGracePeriodSeconds: 30,
      ...written,
      ...(nodeName === undefined ? {} : { nodeName }),
    },
    status: {
      phase: podPhase(pod, now),
      conditions: conditionsOf(kubernetes, pod, createdAt, now),
      ...(nodeName === undefined ? {} : { startTime: timestamp(createdAt) }),
      ...addresses,
      ...(running ? { podIP: podAddress(uid), podIPs: [{ ip: podAddress(uid) }] } : {}),
      qosClass: 'BestEffort',
      ...(nodeName === undefined
        ? {}
        : { containerStatuses: containers.map((container) => containerStatus(pod, container, uid, now)) }),
    },
  };
}

function writtenContainers({ written }: PodState): Container[] | undefined {
  const containers = list(written?.spec.containers);
  return containers.length === 0 ? undefined : (containers as Container[]);
}

function podAddress(uid: string): string {
  const [second = 0, third = 0] = hash('sha256', uid, 'buffer');
  return `10.${128 + (second % 128)}.${third}.${Number.parseInt(uid.slice(0, 2), 16)}`;
}

function conditionsOf(kubernetes: KubernetesState, pod: PodState, createdAt: number, now: number) {
  const scheduled = pod.nodeName !== undefined;
  const ready = isPodReady(kubernetes, pod, now);
  const condition = (type: string, held: boolean, since: number, why: { reason?: string; message?: string } = {}) => ({
    type,
    status: held ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: timestamp(since),
    ...why,
  });
  if (!scheduled) {
    const why = { reason: 'Unschedulable', message: unschedulableMessage(kubernetes, now) };
    return [condition('PodScheduled', false, createdAt, why)];
  }
  const unready = pod.waitingReason !== undefined || pod.readyAt > now;
  const why = unready ? { reason: 'ContainersNotReady', message: 'containers with unready status' } : {};
  const since = pod.readyAt <= now ? pod.readyAt : createdAt;
  return [
    condition('PodReadyToStartContainers', pod.readyAt <= now, since),
    condition('Initialized', true, createdAt),
    condition('Ready', ready, since, why),
    condition('ContainersReady', !unready, since, why),
    condition('PodScheduled', true, createdAt),
  ];
}

/** The scheduler's message about the nodes that it could not use. */
function unschedulableMessage({ nodes }: KubernetesState, now: number): string {
  const cordoned = nodes.filter((node) => node.unschedulable).length;
  const unready = nodes.filter((node) => !node.unschedulable && !isNodeReady(node, now)).length;
  const reasons = [
    ...(cordoned === 0 ? [] : [`${cordoned} node(s) were unschedulable`]),
    ...(unready === 0 ? [] : [`${unready} node(s) had untolerated taint(s)`]),
  ];
  return nodes.length === 0
    ? 'no nodes available to schedule pods'
    : `0/${nodes.length} nodes are available: ${reasons.join(', ')}.`;
}

/** `status.containerStatuses[]`: `running`, or `waiting` with the pod's reason while it starts or crashes. */
function containerStatus(pod: PodState, container: Container, uid: string, now: number) {
  const { waitingReason } = pod;
  const started = pod.readyAt <= now && waitingReason === undefined;
  const crash = waitingReason === 'CrashLoopBackOff' && pod.readyAt <= now ? lastCrash(pod, now) : undefined;
  return {
    name: container.name,
    image: container.image,
    imageID: `${container.image.split(':')[0]}@sha256:${digest(container.image)}`,
    ...(started ? { containerID: `containerd://${digest(uid + container.name)}` } : {}),
    ready: started,
    started,
    restartCount: crash?.restarts ?? 0,
    lastState: crash === undefined ? {} : { terminated: crash.terminated },
    state: started
      ? { running: { startedAt: timestamp(pod.readyAt) } }
      : { waiting: waiting(pod, waitingReason ?? 'ContainerCreating', container.name) },
  };
}

function waiting(pod: PodState, reason: string, container: string): { reason: string; message?: string } {
  if (reason !== 'CrashLoopBackOff') return { reason };
  const message = `back-off 5m0s restarting failed container=${container} pod=${pod.name}_${pod.namespace}`;
  return { reason, message };
}

/** The kubelet waits 10 s, 20 s, 40 s … and at most five minutes before it starts a crashed container again. */
function lastCrash(pod: PodState, now: number) {
  let at = pod.readyAt - startupMilliseconds;
  let restarts = 0;
  for (let wait = 10_000; at + wait <= now && restarts < 100; wait = Math.min(2 * wait, 300_000)) {
    at += wait;
    restarts += 1;
  }
  // From here on every wait is the longest one, so years need not be counted one by one.
  const more = Math.floor((now - at) / 300_000);
  if (restarts === 100) {
    at += more * 300_000;
    restarts += more;
  }
  const times = { startedAt: timestamp(at), finishedAt: timestamp(at + 1_000) };
  return { restarts, terminated: { exitCode: 1, reason: 'Error', ...times } };
}

const digest = (text: string): string => hash('sha256', text, 'hex');

/** The part of a pod's `metadata` about its owner. */
interface PodOwner {
  readonly generateName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

/** The owner of a Deployment's pods is its ReplicaSet, that of others their workload; bare pods have none. */
function podOwner(cluster: ClusterRecord, pod: PodState): PodOwner {
  const [kind, namespace = pod.namespace, name] = pod.owner?.split('/') ?? [];
  if (kind === undefined || name === undefined) return { labels: {} };
  if (kind !== 'Deployment') {
    const labels = kind === 'StatefulSet' ? statefulLabels(pod) : { 'controller-revision-hash': '6c8d9f7b54' };
    const ownerReferences = controllerReference(cluster, { kind, namespace, name });
    return { generateName: `${name}-`, labels, ownerReferences };
  }
  const hash = podTemplateHash({ kind, namespace, name });
  const replicaSet = { kind: 'ReplicaSet', namespace, name: `${name}-${hash}` };
  return {
    generateName: `${replicaSet.name}-`,
    labels: { 'pod-template-hash': hash },
    ownerReferences: controllerReference(cluster, replicaSet),
  };
}

function statefulLabels({ name }: PodState): Record<string, string> {
  const ordinal = name.slice(name.lastIndexOf('-') + 1);
  return { 'apps.kubernetes.io/pod-index': ordinal, 'statefulset.kubernetes.io/pod-name': name };
}
