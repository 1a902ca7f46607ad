import { hash } from 'node:crypto';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { NodeState } from '../kubernetes-state.ts';
import { isNodeReady } from '../pod-status.ts';
import { timestamp, uidOf } from './object-metadata.ts';

/** The kubelet writes its node's status at this interval, if nothing changes. */
const heartbeatMilliseconds = 300_000;

/** Annotations of every node. */
export const nodeAnnotations = {
  'node.alpha.kubernetes.io/ttl': '0',
  'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
};

export type NodeObject = ReturnType<typeof nodeObject>;

/** The input of a node's object beside its cluster, with the time as far as it matters. */
export function nodeBasis({ nodegroups }: ClusterRecord, node: NodeState, now: number): string | undefined {
  if (node.createdAt === undefined) return undefined;
  const group = nodegroups.find((each) => each.name === node.nodegroupName);
  const heartbeat = lastHeartbeatOf(node.createdAt, now);
  return JSON.stringify([node, isNodeReady(node, now), heartbeat, group?.amiType, group?.description.instanceTypes]);
}

const lastHeartbeatOf = (createdAt: number, now: number): number =>
  now - (Math.max(0, now - createdAt) % heartbeatMilliseconds);

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
        ...nodeAnnotations,
      },
      ...(node.managedFields === undefined ? {} : { managedFields: node.managedFields }),
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
  return `10.${[...hash('sha256', name, 'buffer').subarray(0, 3)].join('.')}`;
}

/** Fargate nodes have one too, because they are instances of AWS; a hybrid node is none. */
function providerIdOf(cluster: ClusterRecord, node: NodeState): string {
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
  const lastHeartbeat = lastHeartbeatOf(createdAt, now);
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

/** The capacity of an instance type: vCPUs, memory, and the pods for which its network interfaces have addresses. */
const processors: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4, metal: 96 };
const podsOfSizes: Readonly<Record<string, number>> = { medium: 17, large: 29, xlarge: 58, '2xlarge': 58 };
const gibibytesPerProcessor: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8, t: 4, x: 16 };

/** By the naming of EC2: `m6i.2xlarge` has twice the vCPUs of `m6i.xlarge`, and 4 GiB for each. */
function nodeCapacity(instanceType: string) {
  const [family = 'm', size = 'large'] = instanceType.split('.');
  const times = /^(\d+)xlarge$/.exec(size)?.[1];
  const cpu = times === undefined ? (processors[size] ?? 2) : 4 * Number(times);
  const gibibytes = cpu * (gibibytesPerProcessor[family.charAt(0)] ?? 4);
  return { cpu, memoryKibibytes: gibibytes * 1_048_576 - 262_144, pods: podsOfSizes[size] ?? 110 };
}

/** `capacity` and `allocatable` of a node's status; the kubelet and the system keep a part. */
function nodeResources(instanceType: string): Record<'capacity' | 'allocatable', Record<string, string>> {
  const { cpu, memoryKibibytes, pods } = nodeCapacity(instanceType);
  const storage = 20_893_676;
  const shared = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', pods: String(pods) };
  const reserved = (255 + 11 * pods + 100) * 1_024;
  return {
    capacity: { cpu: String(cpu), 'ephemeral-storage': `${storage}Ki`, memory: `${memoryKibibytes}Ki`, ...shared },
    allocatable: {
      cpu: `${cpu * 1_000 - 70}m`,
      'ephemeral-storage': String(Math.floor((storage * 1_024 * 9) / 10) - 1_073_741_824),
      memory: `${memoryKibibytes - reserved}Ki`,
      ...shared,
    },
  };
}

/** `status.nodeInfo`: the kubelet's facts about its machine. The image follows from the node group's AMI type. */
function nodeInfo(node: NodeState, amiType: string, uid: string) {
  const digits = hash('sha256', uid, 'hex');
  return {
    architecture: architectureOf(amiType),
    bootID: uid,
    containerRuntimeVersion: `containerd://${runtimeOf(node)}`,
    ...imageOf(node, amiType),
    kubeProxyVersion: kubeProxyVersion(node),
    kubeletVersion: node.kubeletVersion,
    machineID: `ec2${digits.slice(3, 32)}`,
    operatingSystem: node.labels['kubernetes.io/os'] ?? 'linux',
    systemUUID: uid,
    ...node.nodeInfo,
  };
}

/** The kubelet reported its own version as that of kube-proxy until 1.33, and none since (KEP-4004). */
function kubeProxyVersion({ kubeletVersion }: NodeState): string {
  return KubeVersion.parse(kubeletVersion).isOlderThan(KubeVersion.parse('1.33')) ? kubeletVersion : '';
}

const architectureOf = (amiType: string): string => (/ARM|ARM_64/.test(amiType) ? 'arm64' : 'amd64');

/** containerd 2.1 came with 1.34 (facts: eks.md §1.6). */
function runtimeOf({ kubeletVersion }: NodeState): string {
  return KubeVersion.parse(kubeletVersion).isOlderThan(KubeVersion.parse('1.34')) ? '1.7.28' : '2.1.4';
}

function imageOf(node: NodeState, amiType: string): { kernelVersion: string; osImage: string } {
  const machine = architectureOf(amiType) === 'arm64' ? 'aarch64' : 'x86_64';
  const minor = KubeVersion.parse(node.kubeletVersion).toString();
  if (amiType.startsWith('BOTTLEROCKET'))
    return { kernelVersion: '6.12.53', osImage: `Bottlerocket OS 1.50.0 (aws-k8s-${minor})` };
  if (amiType.startsWith('WINDOWS')) {
    const year = amiType.includes('2025') ? '2025' : amiType.includes('2019') ? '2019' : '2022';
    return { kernelVersion: '10.0.20348.4294', osImage: `Windows Server ${year} Datacenter` };
  }
  if (amiType.startsWith('AL2_'))
    return { kernelVersion: `5.10.245-241.978.amzn2.${machine}`, osImage: 'Amazon Linux 2' };
  return { kernelVersion: `6.12.53-69.119.amzn2023.${machine}`, osImage: 'Amazon Linux 2023.9.20261101' };
}
