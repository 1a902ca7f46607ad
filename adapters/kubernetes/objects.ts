import type { V1DaemonSet, V1Deployment, V1Node, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import type { Node, Pod, Workload } from '../../core/ports/cluster-access.ts';

/** Kubernetes objects as the port's: only what Liftlock judges leaves the adapter, no environment, no arguments, no annotations. */
export function toNode(node: V1Node): Node {
  return {
    name: node.metadata?.name ?? '',
    labels: node.metadata?.labels ?? {},
    kubeletVersion: node.status?.nodeInfo?.kubeletVersion ?? '',
    ready:
      node.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false,
    unschedulable: node.spec?.unschedulable ?? false,
  };
}

export function toPod(pod: V1Pod): Pod {
  const { spec, status, metadata } = pod;
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    phase: status?.phase ?? 'Unknown',
    waitingReasons: statuses.flatMap((one) => one.state?.waiting?.reason ?? []),
    ...(spec?.nodeName === undefined ? {} : { nodeName: spec.nodeName }),
    labels: metadata?.labels ?? {},
    images: containers.flatMap((container) => container.image ?? []),
  };
}

export const fromDeployment = (deployment: V1Deployment): Workload => ({
  kind: 'Deployment',
  ...named(deployment),
  desired: deployment.spec?.replicas ?? 1,
  available: deployment.status?.availableReplicas ?? 0,
});

export const fromStatefulSet = (set: V1StatefulSet): Workload => ({
  kind: 'StatefulSet',
  ...named(set),
  desired: set.spec?.replicas ?? 1,
  available: set.status?.availableReplicas ?? 0,
});

/** A DaemonSet whose status was never written has not been looked at: it wants at least one and has none. */
export const fromDaemonSet = (set: V1DaemonSet): Workload => ({
  kind: 'DaemonSet',
  ...named(set),
  desired: set.status?.desiredNumberScheduled ?? 1,
  available: set.status?.numberAvailable ?? 0,
});

function named({ metadata }: V1Deployment | V1DaemonSet | V1StatefulSet): { namespace: string; name: string } {
  return { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
}
