/** What a node of an instance type has: vCPUs, memory, and the pods for which its network interfaces have addresses. */
export interface NodeCapacity {
  readonly cpu: number;
  readonly memoryKibibytes: number;
  readonly pods: number;
}

const processors: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4, metal: 96 };
const podsOfSizes: Readonly<Record<string, number>> = { medium: 17, large: 29, xlarge: 58, '2xlarge': 58 };
const gibibytesPerProcessor: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8, t: 4, x: 16 };

/** By the naming of EC2: `m6i.2xlarge` has twice the vCPUs of `m6i.xlarge`, and 4 GiB for each. */
export function nodeCapacity(instanceType: string): NodeCapacity {
  const [family = 'm', size = 'large'] = instanceType.split('.');
  const times = /^(\d+)xlarge$/.exec(size)?.[1];
  const cpu = times === undefined ? (processors[size] ?? 2) : 4 * Number(times);
  const gibibytes = cpu * (gibibytesPerProcessor[family.charAt(0)] ?? 4);
  return { cpu, memoryKibibytes: gibibytes * 1_048_576 - 262_144, pods: podsOfSizes[size] ?? 110 };
}

/** `capacity` and `allocatable` of a node's status; the kubelet and the system keep a part. */
export function nodeResources(instanceType: string): Record<'capacity' | 'allocatable', Record<string, string>> {
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
