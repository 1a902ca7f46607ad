import { createHash } from 'node:crypto';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { NodeState } from '../kubernetes-state.ts';

/** `status.nodeInfo`: what the kubelet tells of its machine. The image follows from the node group's AMI type. */
export function nodeInfo(node: NodeState, amiType: string, uid: string) {
  const digits = createHash('sha256').update(uid).digest('hex');
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

/** The kubelet told its own version for that of kube-proxy until 1.33, and nothing since (KEP-4004). */
function kubeProxyVersion({ kubeletVersion }: NodeState): string {
  return KubeVersion.parse(kubeletVersion).isOlderThan(KubeVersion.parse('1.33')) ? kubeletVersion : '';
}

export const architectureOf = (amiType: string): string => (/ARM|ARM_64/.test(amiType) ? 'arm64' : 'amd64');

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
