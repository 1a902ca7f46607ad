import { createHash } from 'node:crypto';
import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import type { NodeState } from '../kubernetes-state.ts';
import { isNodeReady } from '../pod-status.ts';
import { nodeResources } from './node-capacity.ts';
import { nodeInfo } from './node-system.ts';
import { timestamp, uidOf } from './object-metadata.ts';

/** The kubelet writes its node's status anew that often, if nothing changes. */
const heartbeatMilliseconds = 300_000;

export type NodeObject = ReturnType<typeof nodeObject>;

export function nodeObject(cluster: ClusterRecord, node: NodeState, now: number) {
  const nodegroup = cluster.nodegroups.find((each) => each.name === node.nodegroupName);
  const instanceType =
    node.labels['node.kubernetes.io/instance-type'] ?? nodegroup?.description.instanceTypes?.[0] ?? 'm6i.large';
  const createdAt = node.createdAt ?? now;
  const uid = uidOf(cluster, { kind: 'Node', name: node.name });
  const taints = taintsOf(node, now);
  return {
    metadata: {
      name: node.name,
      uid,
      creationTimestamp: timestamp(createdAt),
      labels: node.labels,
      annotations: {
        ...node.annotations,
        ...(node.doNotDisrupt === true ? { 'karpenter.sh/do-not-disrupt': 'true' } : {}),
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
    },
    spec: {
      providerID: providerIdOf(cluster, node),
      ...(taints.length === 0 ? {} : { taints }),
      ...(node.unschedulable ? { unschedulable: true } : {}),
    },
    status: {
      addresses: [
        { type: 'InternalIP', address: nodeAddress(node) },
        { type: 'InternalDNS', address: node.name },
        { type: 'Hostname', address: node.name },
      ],
      ...nodeResources(instanceType),
      conditions: conditionsOf(node, createdAt, now),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: nodeInfo(node, nodegroup?.amiType ?? 'AL2023_x86_64_STANDARD', uid),
    },
  };
}

/** `ip-10-0-3-7.eu-central-1.compute.internal` → `10.0.3.7`; a name of another kind gets an address made from it. */
export function nodeAddress({ name }: { readonly name: string }): string {
  const named = /^ip-(\d+)-(\d+)-(\d+)-(\d+)\b/.exec(name);
  if (named !== null) return named.slice(1).join('.');
  return `10.${[...createHash('sha256').update(name).digest().subarray(0, 3)].join('.')}`;
}

/** Also of Fargate, whose pods are nodes of AWS; a hybrid node is no instance of it. */
export function providerIdOf(cluster: ClusterRecord, node: NodeState): string {
  const uid = uidOf(cluster, { kind: 'Node', name: node.name });
  if (node.labels['eks.amazonaws.com/compute-type'] === 'hybrid')
    return `eks-hybrid:///${cluster.region}/${cluster.name}/${node.name}`;
  const zone = node.labels['topology.kubernetes.io/zone'] ?? cluster.region;
  return `aws:///${zone}/i-0${uid.replaceAll('-', '').slice(0, 16)}`;
}

function taintsOf(node: NodeState, now: number): { key: string; effect: string }[] {
  const taints: { key: string; effect: string }[] = [...(node.taints ?? [])];
  if (!isNodeReady(node, now)) taints.push({ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' });
  if (node.unschedulable) taints.push({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' });
  return taints;
}

function conditionsOf(node: NodeState, createdAt: number, now: number) {
  const ready = isNodeReady(node, now);
  const lastHeartbeat = now - (Math.max(0, now - createdAt) % heartbeatMilliseconds);
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string) => ({
    type,
    status,
    lastHeartbeatTime: timestamp(lastHeartbeat),
    lastTransitionTime: timestamp(status === 'True' ? node.readyAt : createdAt),
    reason,
    message,
  });
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    ready
      ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
      : condition(
          'Ready',
          'False',
          'KubeletNotReady',
          'container runtime network not ready: cni plugin not initialized',
        ),
  ];
}
