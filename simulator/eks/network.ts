import type { Ec2Reader, InstanceType, SecurityGroup, Subnet } from '../../core/ports/ec2.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { FakeEksState } from './state/fake-eks-state.ts';

/** Of a subnet that the scenario says nothing of: a /20 with next to nothing in it. */
const PLENTY = 4_000;
const ZONES = 'abc';
/** IPv4 addresses of each interface, of the types that the example and the simulation run (amazon-vpc-cni-k8s, misc/eni-max-pods.txt). */
const TYPES: Readonly<Record<string, number>> = { 't3.medium': 6, 'm5.large': 10, 'm6i.large': 10, 'r6i.xlarge': 15 };

/** What EC2 has in an account and Region: what its clusters name, but for what the scenario has taken away. */
export function networkIn(state: FakeEksState, { account, region }: Scope) {
  const clusters = Object.values(state.clusters).filter(({ arn }) => arn.includes(`:${region}:${account}:`));
  const gone = new Set(state.goneNetwork);
  const there = (ids: Iterable<string>): string[] => [...new Set(ids)].filter((id) => !gone.has(id));
  const vpcs = clusters.map(({ description }) => description.resourcesVpcConfig ?? {});
  const lists = clusters.flatMap(({ nodegroups }, index) => [
    vpcs[index]?.subnetIds ?? [],
    ...nodegroups.map(({ description }) => description.subnets ?? []),
  ]);
  const zones = new Map<string, string>();
  for (const ids of lists)
    for (const [index, id] of ids.entries())
      if (!zones.has(id)) zones.set(id, `${region}${ZONES[index % ZONES.length]}`);
  return {
    subnets: there(zones.keys()).map(
      (subnetId): Subnet => ({
        subnetId,
        availabilityZone: zones.get(subnetId) ?? '',
        availableIpAddressCount: state.freeAddresses?.[subnetId] ?? PLENTY,
      }),
    ),
    securityGroups: there(
      vpcs.flatMap(({ securityGroupIds = [], clusterSecurityGroupId: own }) =>
        own === undefined ? securityGroupIds : [...securityGroupIds, own],
      ),
    ).map((groupId): SecurityGroup => ({ groupId })),
    instanceTypes: Object.entries(TYPES).map(
      ([instanceType, ipv4AddressesPerInterface]): InstanceType => ({ instanceType, ipv4AddressesPerInterface }),
    ),
  };
}

/** The port of core on it, in this process. */
export const createInMemoryEc2 = (state: FakeEksState): Ec2Reader => ({
  describeSubnets: async (scope, ids) => networkIn(state, scope).subnets.filter((one) => ids.includes(one.subnetId)),
  describeSecurityGroups: async (scope, ids) =>
    networkIn(state, scope).securityGroups.filter((one) => ids.includes(one.groupId)),
  describeInstanceTypes: async (scope, names) =>
    networkIn(state, scope).instanceTypes.filter((one) => names.includes(one.instanceType)),
});
