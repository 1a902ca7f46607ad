import type { Cluster, Nodegroup } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { Problem } from '../judge/observation.ts';
import { controlPlaneAddresses, networkGone } from './network-checks.ts';
import type { PreflightCheck, PreflightFacts } from './preflight-check.ts';
import { surgeAddresses } from './surge-addresses.ts';

const web = { name: 'web', arn: 'arn:aws:eks:eu-central-1:111111111111:cluster/web' };
const network = { subnetIds: ['s1', 's2'], securityGroupIds: ['sg1'], clusterSecurityGroupId: 'sg0' };
const subnet = (subnetId: string, availableIpAddressCount: number, availabilityZone = subnetId) => ({
  ...{ subnetId, availableIpAddressCount, availabilityZone },
});
const group = (more: Partial<Nodegroup> = {}): Nodegroup => ({
  ...{ nodegroupName: 'a', clusterName: 'web', version: '1.36', status: 'ACTIVE', amiType: 'AL2023_x86_64_STANDARD' },
  ...{ subnets: ['s1', 's2'], instanceTypes: ['m5.large'], scalingConfig: { desiredSize: 3 } },
  ...more,
});
const cni = (configurationValues?: string): PreflightFacts['addons'] => [
  {
    addon: {
      ...{ addonName: 'vpc-cni', clusterName: 'web', addonVersion: 'v1', status: 'ACTIVE' },
      ...(configurationValues !== undefined && { configurationValues }),
    },
  },
];

const IPV6 = { name: 'web', kubernetesNetworkConfig: { ipFamily: 'ipv6' } } as unknown as Cluster;
const PREFIXED = cni('{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}');

function found(check: PreflightCheck, free: readonly [number, number], more: Partial<PreflightFacts> = {}): Problem[] {
  const facts: PreflightFacts = {
    cluster: { ...web, resourcesVpcConfig: network } as unknown as Cluster,
    ...{ target: KubeVersion.parse('1.37'), isHop: true, hasMoved: false, now: new Date(0) },
    ...{ nodegroups: [group()], addons: cni(), versions: [] },
    capacity: {
      subnets: [subnet('s1', free[0]), subnet('s2', free[1])],
      securityGroups: [{ groupId: 'sg0' }, { groupId: 'sg1' }],
      instanceTypes: [{ instanceType: 'm5.large', vcpus: 2, ipv4AddressesPerInterface: 10 }],
    },
    ...more,
  };
  return check.observe(facts) as Problem[];
}
const severities = (...given: Parameters<typeof found>) => found(...given).map(({ severity }) => severity);

test.each<[string, readonly [number, number], string[]]>([
  ['five in each of the subnets are enough', [5, 5], []],
  ['one that is short of them may be enough to fail', [4, 100], ['warning']],
  ['five together stop nothing', [0, 5], ['warning']],
  ['four together are too few', [4, 0], ['error']],
])('of the addresses that a control plane takes, %s', (_, free, expected) => {
  expect(severities(controlPlaneAddresses, free)).toEqual(expected);
});

test('the addresses of a control plane that has moved, or that nobody could read, are not judged', () => {
  expect(severities(controlPlaneAddresses, [0, 0], { hasMoved: true })).toEqual([]);
  expect(severities(controlPlaneAddresses, [0, 0], { capacity: {} })).toEqual([]);
  const ofGroups = { cluster: { ...web, resourcesVpcConfig: { subnetIds: ['s2'] } } as unknown as Cluster };
  expect(severities(controlPlaneAddresses, [0, 9], ofGroups)).toEqual([]);
});

test.each<[string, readonly [number, number], Partial<PreflightFacts>, string[]]>([
  // Two zones make four new nodes. Each m5.large may take two interfaces of ten addresses.
  ['fewer addresses than new nodes are proved too few', [2, 1], {}, ['error']],
  ['as many as new nodes prove nothing', [2, 2], {}, ['warning']],
  ['a zone without any is proved, since EKS waits for a node in each', [0, 400], {}, ['error']],
  ['one in a zone is enough for its first node', [1, 400], {}, ['warning']],
  ['what one zone has too much does not help the other', [39, 400], {}, ['warning']],
  ['subnets of one zone help each other', [0, 40], { capacity: oneZone(0, 40) }, []],
  ['one fewer than nodes and pods may take is near', [40, 39], {}, ['warning']],
  ['as many as they may take are enough', [40, 40], {}, []],
  ['subnets of one zone have two new nodes', [20, 20], { capacity: oneZone(20, 20) }, []],
  ['more that may be away together come together', [3, 3], withUpdate({ maxUnavailable: 7 }), ['error']],
  ['a percentage is of the size, rounded down', [7, 7], withUpdate({ maxUnavailablePercentage: 100 }, 15), ['error']],
  [
    'a percentage that is nothing yet leaves two for each zone',
    [2, 2],
    withUpdate({ maxUnavailablePercentage: 10 }),
    ['warning'],
  ],
  ['MINIMAL has no new nodes first', [0, 0], withUpdate({ updateStrategy: 'MINIMAL' }), []],
  ['an AMI of its own is rolled by its owner', [0, 0], { nodegroups: [group({ amiType: 'CUSTOM' })] }, []],
  ['a group at the target is not rolled', [0, 0], { nodegroups: [group({ version: '1.37' })] }, []],
  ['a group without nodes is not rolled', [0, 0], withUpdate({}, 0), []],
  ['prefixes take 33 of each', [66, 66], { addons: cni('{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}') }, []],
  [
    'prefixes take 33 of each, and no fewer',
    [66, 65],
    { addons: cni('env:\n  ENABLE_PREFIX_DELEGATION: "true"') },
    ['warning'],
  ],
  ['prefixes that are off take none', [40, 40], { addons: cni('{"env":{"ENABLE_PREFIX_DELEGATION":"false"}}') }, []],
  [
    'pods of custom networking are elsewhere, and where is not known by the add-on',
    [2, 2],
    { addons: cni('{"env":{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true"}}') },
    ['info'],
  ],
  [
    'types that nobody knows are taken for the largest',
    [200, 199],
    { nodegroups: [group({ instanceTypes: ['x9.huge'] })] },
    ['warning'],
  ],
  ['so are those of a launch template', [200, 200], { nodegroups: [group({ instanceTypes: [] })] }, []],
  ['pods of IPv6 take none', [2, 2], { cluster: IPV6, addons: PREFIXED }, []],
  ['nodes of IPv6 take one each all the same', [2, 1], { cluster: IPV6, addons: PREFIXED }, ['error']],
  ['what could not be read is judged by nobody', [0, 0], { capacity: {} }, []],
  ['a control plane that has moved is past it', [0, 0], { hasMoved: true }, []],
])('of the new nodes of a roll, %s', (_, free, more, expected) => {
  expect(severities(surgeAddresses, free, more)).toEqual(expected);
});

function oneZone(one: number, other: number): NonNullable<PreflightFacts['capacity']> {
  const instanceTypes = [{ instanceType: 'm5.large', vcpus: 2, ipv4AddressesPerInterface: 10 }];
  return { subnets: [subnet('s1', one, 'z'), subnet('s2', other, 'z')], instanceTypes };
}

const LABEL = { ENI_CONFIG_LABEL_DEF: 'a/b' };
const PREFIXES = { ENABLE_PREFIX_DELEGATION: 'true' };
const labelled = (labels: Nodegroup['labels']) => ({ nodegroups: [group({ labels: labels ?? {} })] });

// Free addresses of the nodes' subnets s1 and s2, each in a zone of its name; of those in the ENIConfigs s1 and s2; settings; the rest.
test.each<
  [string, [number, number], (number | undefined)[], Record<string, string>, Partial<PreflightFacts>, string[]]
>([
  ['take none of the nodes’ subnets', [2, 2], [40, 40], {}, {}, []],
  ['leave nodes theirs to take', [2, 1], [40, 40], {}, {}, ['error']],
  ['may find too few where their own subnets are too full', [400, 400], [40, 39], {}, {}, ['warning']],
  ['take 33 with prefixes', [2, 2], [66, 66], PREFIXES, {}, []],
  ['take no fewer with prefixes', [400, 400], [66, 65], PREFIXES, {}, ['warning']],
  ['have no known room in a zone without ENIConfig', [400, 400], [40], {}, {}, ['info']],
  ['have no known room where the subnet of one is gone', [400, 400], [40, undefined], {}, {}, ['info']],
  ['have too little in one zone, whatever is known of the other', [400, 400], [39], {}, {}, ['warning']],
  ['are nobody knows where by a label that EKS does not set', [400, 400], [40, 40], LABEL, {}, ['info']],
  ['follow a label of the group', [400, 400], [40, 0], LABEL, labelled({ 'a/b': 's1' }), []],
  [
    'follow the label that stands above all others',
    [400, 400],
    [40, 0],
    {},
    labelled({ 'vpc.amazonaws.com/externalEniConfig': 's1' }),
    [],
  ],
  [
    'follow what runs, not what the add-on was given',
    [2, 2],
    [40, 40],
    {},
    { addons: cni('{"env":{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"false"}}') },
    [],
  ],
])('pods of custom networking %s', (_, free, ofPods, settings, more, expected) => {
  expect(severities(surgeAddresses, free, { capacity: elsewhere(free, ofPods, settings), ...more })).toEqual(expected);
});

function elsewhere(
  free: readonly [number, number],
  ofPods: readonly (number | undefined)[],
  settings: Readonly<Record<string, string>> = {},
): NonNullable<PreflightFacts['capacity']> {
  const named = ofPods.map((left, index) => ({ name: `s${index + 1}`, subnet: `pods${index + 1}`, left }));
  const there = named.flatMap(({ subnet: id, left }) => (left === undefined ? [] : subnet(id, left)));
  const set = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' };
  return {
    subnets: [subnet('s1', free[0]), subnet('s2', free[1]), ...there],
    instanceTypes: [{ instanceType: 'm5.large', vcpus: 2, ipv4AddressesPerInterface: 10 }],
    podNetwork: { settings: { ...set, ...settings }, eniConfigs: named },
  };
}

function withUpdate(updateConfig: NonNullable<Nodegroup['updateConfig']>, desiredSize = 3): Partial<PreflightFacts> {
  return { nodegroups: [group({ updateConfig, scalingConfig: { desiredSize } })] };
}

test('what is not proved is said in these words, with the numbers and where they come from', () => {
  const [near] = found(surgeAddresses, [30, 30], { addons: [] });
  expect(near?.message).toBe(
    'The roll of the node group a begins with 4 new nodes, and its subnets have 60 free addresses (s1 30, s2 30): with their pods they may take 40 in each zone (20 for each node: two interfaces full, as the VPC CNI keeps one whole interface warm; the mode of the CNI is not known), so capacity is not proved.',
  );
  expect(found(surgeAddresses, [30, 30], { capacity: elsewhere([30, 30], [39]) })[0]?.message).toMatch(
    /: their pods may take 40 in each zone of the subnets of their ENIConfigs, pods1 39 in s1, one in s2 that is not known \(20 for each node: two interfaces full, as the VPC CNI keeps one whole interface warm\), so capacity is not proved\.$/,
  );
  expect(found(surgeAddresses, [0, 400])[0]?.message).toMatch(
    /400 free addresses .*: EKS waits for one in each zone, and s1 has none left\.$/,
  );
  expect(found(surgeAddresses, [1, 1])[0]?.message).toMatch(
    /2 free addresses .*: each of them needs one for itself\.$/,
  );
});

test('groups that share subnets roll one after the other, so that each finds all the room there is', () => {
  const nodegroups = ['a', 'b'].map((nodegroupName) => group({ nodegroupName }));
  expect(severities(surgeAddresses, [40, 40], { nodegroups })).toEqual([]);
  expect(severities(surgeAddresses, [1, 1], { nodegroups })).toEqual(['error', 'error']);
});

test('subnets and security groups that are gone are named with who names them; what is unread is not gone', () => {
  const capacity = { subnets: [subnet('s1', 9)], securityGroups: [{ groupId: 'sg1' }] };
  const told = found(networkGone, [0, 0], { capacity });
  expect(told.map(({ message, severity }) => `${severity}: ${message}`)).toEqual([
    'error: The cluster names the subnet s2, which does not exist any more.',
    'error: The cluster names the security group sg0, which does not exist any more.',
    'error: The node group a names the subnet s2, which does not exist any more.',
  ]);
  expect(told[2]?.subject).toEqual({ kind: 'Nodegroup', name: 'a' });
  expect(severities(networkGone, [0, 0])).toEqual([]);
  expect(severities(networkGone, [0, 0], { capacity: {} })).toEqual([]);
  expect(severities(networkGone, [0, 0], { capacity, hasMoved: true })).toEqual([]);
});
