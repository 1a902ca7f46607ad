import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { traitsOf } from './traits.ts';

const group = (name: string, more: object = {}) => ({ name, status: 'ACTIVE', issues: [], ...more });
const addon = (name: string, version: string) => ({ name, version, status: 'ACTIVE', issues: [] });

test('an ordinary cluster has its version, and a network of its own where no add-on brings one', () => {
  expect(traitsOf(clusterRecord())).toStrictEqual(['cni/self-managed', 'version/1.34']);
});

test.each<[string, Parameters<typeof clusterRecord>[0], readonly string[]]>([
  [
    'add-ons, and the network of one of them',
    { addons: [addon('coredns', 'v1.11.4'), addon('vpc-cni', 'v1.18.1')] },
    ['add-on/coredns/v1.11.4', 'add-on/vpc-cni/v1.18.1', 'cni/vpc-cni', 'version/1.34'],
  ],
  [
    'add-ons of which none is a network',
    { addons: [addon('coredns', 'v1.11.4')] },
    ['add-on/coredns/v1.11.4', 'cni/self-managed', 'version/1.34'],
  ],
  ['Auto Mode, whose network is built in', { autoMode: true }, ['cni/vpc-cni', 'compute/auto-mode', 'version/1.34']],
  ['Fargate', { fargateProfiles: ['fp'] }, ['cni/self-managed', 'compute/fargate', 'version/1.34']],
  [
    'what its node groups run, each once',
    {
      nodegroups: [
        group('a', { amiType: 'AL2_x86_64', version: '1.33' }),
        group('b', { amiType: 'AL2_x86_64' }),
        group('c', { version: '1.34' }),
      ],
    },
    [
      'ami/AL2_x86_64',
      'cni/self-managed',
      'compute/managed-node-groups',
      'node-version/1.33',
      'node-version/1.34',
      'version/1.34',
    ],
  ],
  [
    'how people get in and who else manages it',
    { authenticationMode: 'API', managedBy: ['Terraform', 'eksctl'] },
    ['authentication/API', 'cni/self-managed', 'managed-by/Terraform', 'managed-by/eksctl', 'version/1.34'],
  ],
])('a cluster has by its inventory: %s', (_, given, traits) => {
  expect(traitsOf(clusterRecord(given))).toStrictEqual(traits);
});
