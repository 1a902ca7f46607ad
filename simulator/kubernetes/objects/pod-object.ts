import { createHash } from 'node:crypto';
import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import type { KubernetesState, PodState } from '../kubernetes-state.ts';
import { isNodeReady, isPodReady, podPhase } from '../pod-status.ts';
import { list, record, texts } from '../resources/stored-object.ts';
import { startupMilliseconds } from '../schedule-pods.ts';
import { containerStatus } from './container-statuses.ts';
import { type Container, containersOf } from './containers.ts';
import { nodeAddress } from './node-object.ts';
import { type OwnerReference, timestamp, uidOf } from './object-metadata.ts';
import { podOwner } from './pod-owner.ts';

export type PodObject = ReturnType<typeof podObject>;

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
        : { deletionTimestamp: timestamp(pod.deletedAt), deletionGracePeriodSeconds: 30 }),
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
  const [second = 0, third = 0] = createHash('sha256').update(uid).digest();
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

/** What the scheduler says of the nodes that it could not take. */
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
