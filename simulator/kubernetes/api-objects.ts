import type { Node, Pod, Workload } from '../../core/ports/cluster-access.ts';
import type { budgetStatus } from './disruption-budget.ts';
import type { PodDisruptionBudgetState } from './kubernetes-state.ts';

/** What the API server answers to a list, as JSON; `resourceVersion` is the same for all, since nothing is watched. */
export interface ObjectList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly object[];
}

export function objectList(apiVersion: string, kind: string, items: readonly object[]): ObjectList {
  return { apiVersion, kind: `${kind}List`, metadata: { resourceVersion: '1' }, items };
}

export function nodeObject(node: Node): object {
  const status = node.ready ? 'True' : 'False';
  return {
    metadata: { name: node.name, labels: node.labels },
    spec: node.unschedulable ? { unschedulable: true } : {},
    status: {
      conditions: [{ type: 'Ready', status, reason: node.ready ? 'KubeletReady' : 'KubeletNotReady' }],
      nodeInfo: { kubeletVersion: node.kubeletVersion, operatingSystem: 'linux' },
    },
  };
}

export function podObject(pod: Pod): object {
  const ready = pod.phase === 'Running' && pod.waitingReasons.length === 0;
  const [reason] = pod.waitingReasons;
  const containers = pod.images.map((image, index) => ({ name: `container-${index}`, image }));
  return {
    metadata: { namespace: pod.namespace, name: pod.name, labels: pod.labels },
    spec: { containers, ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }) },
    status: {
      phase: pod.phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: containers.map((container) => ({
        ...container,
        ready,
        state: ready ? { running: {} } : { waiting: { reason: reason ?? 'ContainerCreating' } },
      })),
    },
  };
}

export function workloadObject(workload: Workload): object {
  const { kind, namespace, name, desired, available } = workload;
  const metadata = { namespace, name };
  if (kind !== 'DaemonSet') {
    return {
      metadata,
      spec: { replicas: desired },
      status: { replicas: desired, readyReplicas: available, availableReplicas: available },
    };
  }
  const status = { desiredNumberScheduled: desired, numberReady: available, numberAvailable: available };
  return { metadata, spec: {}, status };
}

export function podDisruptionBudgetObject(budget: PodDisruptionBudgetState & ReturnType<typeof budgetStatus>): object {
  const { namespace, name, matchLabels, minAvailable, maxUnavailable, ...status } = budget;
  return {
    metadata: { namespace, name },
    spec: {
      selector: { matchLabels },
      ...(minAvailable === undefined ? {} : { minAvailable }),
      ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
    },
    status,
  };
}
