import type { KubernetesState, NodeState } from './kubernetes-state.ts';

/** Adds a node that becomes Ready at `readyAt` (epoch milliseconds). Zones alternate, so that each gets its share. */
export function launchNode(
  kubernetes: KubernetesState,
  node: {
    nodegroupName?: string;
    kubeletVersion: string;
    readyAt: number;
    region: string;
    zones: number;
    labels?: Record<string, string>;
  },
): NodeState {
  kubernetes.sequence += 1;
  const number = kubernetes.sequence;
  const zone = `${node.region}${String.fromCharCode(97 + (number % Math.max(1, node.zones)))}`;
  const name = `ip-10-${(number >> 16) & 255}-${(number >> 8) & 255}-${number & 255}.${node.region}.compute.internal`;
  const launched: NodeState = {
    name,
    labels: {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/region': node.region,
      'topology.kubernetes.io/zone': zone,
      ...(node.nodegroupName === undefined ? {} : { 'eks.amazonaws.com/nodegroup': node.nodegroupName }),
      ...node.labels,
    },
    kubeletVersion: node.kubeletVersion,
    readyAt: node.readyAt,
    unschedulable: false,
  };
  if (node.nodegroupName !== undefined) launched.nodegroupName = node.nodegroupName;
  kubernetes.nodes.push(launched);
  return launched;
}
