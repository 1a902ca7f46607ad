import type { GateReading } from '../../contracts/items/gate.ts';
import { reason } from '../../contracts/step-result.ts';
import type { Addon, Cluster, Nodegroup } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { judgeAll } from '../judge/judge.ts';
import { isOfRoll, observePreflight, PREFLIGHT_CHECKS } from './checks.ts';
import type { PreflightFacts } from './preflight-check.ts';

const cluster = {
  name: 'web',
  arn: 'arn:aws:eks:eu-central-1:111111111111:cluster/web',
  version: '1.36',
  status: 'ACTIVE',
} as Cluster;
const group = (more: Partial<Nodegroup> = {}): Nodegroup =>
  ({ nodegroupName: 'a', version: '1.36', status: 'ACTIVE', amiType: 'AL2023_x86_64_STANDARD', ...more }) as Nodegroup;
const offered = (...minors: string[]) =>
  minors.map((clusterVersion) => ({ clusterVersion, versionStatus: 'STANDARD_SUPPORT' })) as PreflightFacts['versions'];
const quiet = { ready: { ok: true, failed: [] }, workloads: [], nodes: [] };
const node = (name: string, kubeletVersion: string, labels = {}) => ({
  ...{ name, labels, kubeletVersion, ready: true, unschedulable: false },
});
const coredns = {
  addonName: 'coredns',
  addonVersions: [
    ['v1.11.0-eksbuild.1', '1.36'],
    ['v1.12.0-eksbuild.1', '1.36', '1.37'],
    ['v1.13.0-eksbuild.1', '1.37', '1.38'],
  ].map(([addonVersion = '', ...minors]) => ({
    addonVersion,
    compatibilities: minors.map((clusterVersion) => ({ clusterVersion, defaultVersion: true })),
  })),
};
const dnsAt = (addonVersion: string, more: Partial<Addon> = {}): PreflightFacts['addons'][number] => ({
  addon: { addonName: 'coredns', addonVersion, clusterName: 'web', status: 'ACTIVE', ...more },
  info: coredns,
});
const dns = { identity: 'Deployment kube-system/dns', said: '1 of 2 available', is: 'degraded' } as const;
const helm = { namespace: 'ops', release: 'a' };
const velero = { namespace: 'velero', within: '24h' };
const vault = { vault: 'nightly', within: '24h' };
const OLD_BACKUP = ['error BackupTooOld web'];
const NOW = new Date('2026-11-20T12:00:00Z');
const facts = (more: Partial<PreflightFacts> & { readonly to?: string } = {}): PreflightFacts => ({
  cluster,
  target: KubeVersion.parse(more.to ?? '1.37'),
  isHop: true,
  hasMoved: false,
  nodegroups: [group()],
  addons: [dnsAt('v1.12.0-eksbuild.1')],
  versions: offered('1.35', '1.36', '1.37', '1.38'),
  server: quiet,
  now: NOW,
  ...more,
});
const told = (given: PreflightFacts) =>
  judgeAll(observePreflight(given), {
    target: given.target,
    from: KubeVersion.parse(given.cluster.version),
    isUpgrade: true,
  }).map(({ severity, rule, name }) => `${severity} ${rule} ${name}`);

test('nothing is found in a cluster that is well', () => {
  expect(told(facts())).toEqual([]);
});

const made = { ...cluster, tags: { 'aws:cloudformation:stack-name': 'web', ManagedBy: 'terraform' } };
test('a tool that knows the version is named with what it left in the tags; a policy may have that stop the hop', () => {
  const found = observePreflight(facts({ cluster: made })).find((one) => 'rule' in one);
  expect(found).toMatchObject({
    rule: 'WillBeReverted',
    severity: 'warning',
    message:
      'It carries marks of CloudFormation and Terraform: what runs there with the old version takes the cluster back to it, or fails (tag aws:cloudformation:stack-name: web; tag ManagedBy: terraform).',
  });
  expect(told(facts({ cluster: made }))).toEqual(['warning WillBeReverted web']);
  expect(told(facts({ cluster: made, holdsOwned: true }))).toEqual(['error WillBeReverted web']);
  expect(told(facts({ cluster: made, hasMoved: true }))).toEqual([]);
});

test.each<[string, PreflightFacts, readonly string[]]>([
  ['is FAILED', facts({ cluster: { ...cluster, status: 'FAILED' } }), ['error ClusterStatus web']],
  [
    'has an issue',
    facts({ cluster: { ...cluster, health: { issues: [{ code: 'Ec2SubnetNotFound', message: 'gone' }] } } as Cluster }),
    ['error ClusterHealth web'],
  ],
  ['would have to go two minors at once', facts({ to: '1.38' }), ['error NotOneHop web']],
  ['would have to go down', facts({ to: '1.35' }), ['error NotOneHop web', 'error VersionSkew a']],
  ['is not offered its target', facts({ versions: offered('1.36') }), ['error NotOffered web']],
  ['has a group that failed', facts({ nodegroups: [group({ status: 'CREATE_FAILED' })] }), ['error NodegroupStatus a']],
  [
    'has a group that is degraded',
    facts({ nodegroups: [group({ status: 'DEGRADED' })] }),
    ['warning NodegroupStatus a'],
  ],
  ['has a group that is made', facts({ nodegroups: [group({ status: 'CREATING' })] }), ['warning NodegroupStatus a']],
  [
    'has a group that is being deleted',
    facts({ nodegroups: [group({ status: 'DELETING' })] }),
    ['warning NodegroupStatus a'],
  ],
  [
    'has a group that could not be deleted',
    facts({ nodegroups: [group({ status: 'DELETE_FAILED' })] }),
    ['error NodegroupStatus a'],
  ],
  ['has an add-on that is being deleted', facts({ addons: [dnsAt('v1.12.0-eksbuild.1', { status: 'DELETING' })] }), []],
  ['has a group whose image ends', facts({ nodegroups: [group({ amiType: 'AL2_x86_64' })] }), ['error al2-ami a']],
  ['has a group that is too old', facts({ nodegroups: [group({ version: '1.33' })] }), ['error VersionSkew a']],
  [
    'has nodes that are too old, those of one sort once',
    facts({ server: { ...quiet, nodes: ['n', 'o', 'p'].map((name) => node(name, 'v1.33.1')) } }),
    ['error VersionSkew n and 2 more'],
  ],
  [
    'has an alarm that is red',
    facts({ alarms: ['red', 'green'].map((status) => ({ gate: status, status, message: '' }) as GateReading) }),
    ['error AlarmNotOk red'],
  ],
  [
    'has a URL that does not answer',
    facts({
      urls: [
        { url: 'up', isReady: true, answer: '' },
        { url: 'down', isReady: false, answer: 'no.' },
      ],
    }),
    ['error UrlNotReady down'],
  ],
  ['has a backup that is young enough', facts({ backups: [{ ...velero, newest: '2026-11-19T12:00:00Z' }] }), []],
  ['has a backup that is too old', facts({ backups: [{ ...velero, newest: '2026-11-19T11:59:59Z' }] }), OLD_BACKUP],
  ['has no backup', facts({ backups: [{ ...velero, newest: null }] }), OLD_BACKUP],
  ['has none in the vault', facts({ backups: [{ ...vault, newest: null }] }), OLD_BACKUP],
  [
    'has a young one of Velero, and an old one in the vault',
    facts({
      backups: [
        { ...velero, newest: '2026-11-20T01:00:00Z' },
        { ...vault, newest: '2026-11-18T01:00:00Z' },
      ],
    }),
    OLD_BACKUP,
  ],
  [
    'has no API server that is ready',
    facts({ server: { ...quiet, ready: { ok: false, failed: ['etcd'] } } }),
    ['error ApiServerNotReady web'],
  ],
  [
    'has an add-on of which EKS knows no version',
    facts({ addons: [{ addon: dnsAt('v1.12.0').addon }] }),
    ['error AddonIncompatible coredns'],
  ],
  [
    'has an add-on that no version brings along',
    facts({ addons: [dnsAt('v1.14.0')] }),
    ['error AddonIncompatible coredns'],
  ],
  [
    'has an add-on that is not well, and would stay',
    facts({ addons: [dnsAt('v1.12.0-eksbuild.1', { status: 'DEGRADED' })] }),
    ['error AddonStatus coredns'],
  ],
  [
    'has an add-on that is not well, and has to move',
    facts({ addons: [dnsAt('v1.11.0-eksbuild.1', { status: 'DEGRADED' })] }),
    ['warning AddonStatus coredns'],
  ],
  [
    'has not what the policy has the smoke check look at',
    facts({ server: { ...quiet, missing: ['shop/web'] } }),
    ['error WorkloadMissing web'],
  ],
  ['has no DNS', facts({ server: { ...quiet, workloads: [dns] } }), ['error WorkloadUnavailable dns']],
  ['has DNS that is just starting', facts({ server: { ...quiet, workloads: [{ ...dns, isStarting: true }] } }), []],
  ['has all of its DNS', facts({ server: { ...quiet, workloads: [{ identity: dns.identity, said: 'all' }] } }), []],
  ['has a group that is updated', facts({ nodegroups: [group({ status: 'UPDATING' })] }), []],
  [
    'is not offered its target any more',
    facts({ versions: [...offered('1.36'), { clusterVersion: '1.37', versionStatus: 'UNSUPPORTED' }] as never }),
    ['error NotOffered web'],
  ],
])('a cluster that %s is told, by the name of the check', (_, given, expected) => {
  expect(told(given)).toEqual(expected);
});

test('a person may ask about a target further ahead, whose hops bring managed groups along', () => {
  const ahead = { to: '1.38', isHop: false, nodegroups: [group({ version: '1.34' })] };
  expect(told(facts(ahead))).toEqual([]);
  const alone = { ...ahead, server: { ...quiet, nodes: [node('own', 'v1.34.1')] } };
  expect(told(facts(alone))).toEqual(['error VersionSkew own']);
  expect(told(facts({ ...ahead, to: '1.35' }))).toEqual(['error NotOneHop web']);
});

test('once the control plane has moved only what stops its nodes is asked', () => {
  const moved = facts({
    cluster: { ...cluster, version: '1.37', health: { issues: [{ code: 'x' }] } } as Cluster,
    hasMoved: true,
    versions: [],
    nodegroups: [group({ version: '1.33' }), group({ nodegroupName: 'b', amiType: 'AL2_x86_64' })],
    server: { ready: { ok: false, failed: ['etcd'] }, workloads: [dns], nodes: [node('n', 'v1.30.0')] },
  });
  expect(told(moved)).toEqual(['error al2-ami b', 'error ApiServerNotReady web']);
});

test('an image that ended before is no less in the way of the hop', () => {
  expect(told(facts({ nodegroups: [group({ amiType: 'AL2_ARM_64', version: undefined as never })] }))).toEqual([
    'error al2-ami a',
  ]);
  const before = facts({
    cluster: { ...cluster, version: '1.31' },
    to: '1.32',
    nodegroups: [group({ amiType: 'AL2_x86_64', version: '1.31' })],
    versions: offered('1.32'),
    addons: [],
  });
  // EKS ends its support of 1.31 within seven days, which shortens the rollback window.
  expect(told(before)).toEqual(['info HopNotReversible web']);
  expect(told({ ...before, now: new Date('2026-11-26T00:00:00Z') })).toEqual(['warning HopNotReversible web']);
  expect(told({ ...before, now: new Date('2026-11-01T00:00:00Z') })).toEqual([]);
  expect(told({ ...before, hasMoved: true })).toEqual([]);
});

test('each check has a name of its own and finds something in the worst of clusters, under that name and with a next step', () => {
  const names = PREFLIGHT_CHECKS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const worst = facts({
    to: '1.39',
    now: new Date('2030-01-01T00:00:00Z'),
    versions: offered('1.38'),
    cluster: {
      ...{ ...made, status: 'FAILED', health: { issues: [{ code: 'x' }] } },
      ...{ resourcesVpcConfig: { subnetIds: ['s', 'gone'] }, roleArn: 'role/gone' },
      encryptionConfig: [{ provider: { keyArn: 'key/gone' } }],
    } as Cluster,
    nodegroups: [
      group({ status: 'DELETING', amiType: 'AL2_x86_64', version: '1.30', subnets: ['s'] }),
      ...['1', '2'].map((version) => group({ instanceTypes: ['m5.large'], launchTemplate: { id: 'lt', version } })),
      group({ nodeRole: 'role/own' }),
    ],
    server: { ready: { ok: false, failed: ['etcd'] }, workloads: [dns], missing: ['shop/web'], nodes: [] },
    addons: [dnsAt('v1.14.0', { status: 'CREATE_FAILED' })],
    alarms: [{ gate: 'errors', status: 'red', message: 'It is in ALARM.' }],
    urls: [{ url: 'x.example.com/ready', isReady: false, answer: 'it answered 503' }],
    backups: [{ ...velero, newest: null }],
    components: [
      { component: { name: 'a', helm, versions: {}, phase: 'after', timeout: '1h' }, seen: { type: 'absent' } },
    ],
    capacity: {
      subnets: [{ subnetId: 's', availabilityZone: 'a', availableIpAddressCount: 0 }],
      instanceTypes: [{ instanceType: 'm5.large', vcpus: 2, ipv4AddressesPerInterface: 10 }],
      quotas: [{ quotaCode: 'L-1216C47A', value: 5, used: 5 }],
      ...{ launchTemplates: [{ template: 'lt', version: '1', imageId: 'ami-1' }], images: [], keys: [] },
      roles: [{ arn: 'role/own', trustPolicy: '{"Statement":[]}' }],
      ownImages: [{ nodegroup: 'ml', refused: reason('CustomImage', 'There is none.') }],
    },
  });
  const found = judgeAll(observePreflight(worst), { target: worst.target, from: KubeVersion.parse('1.36') });
  expect([...new Set(found.map(({ rule }) => rule))].sort()).toEqual([...names].sort());
  for (const { fix, evidence, message } of found)
    expect([fix.length > 10, evidence.every((one) => one !== ''), message.endsWith('.')]).toEqual([true, true, true]);
  // A fleet is in many Regions, and where a shell is set up for another one there may be a cluster, or a quota, of the same name.
  const commands = found.flatMap(({ fix }) => fix.match(/aws \S+ \S+ --[^;.]*/g) ?? []);
  expect(commands.length).toBeGreaterThan(4);
  expect(commands.filter((one) => !one.includes('--region eu-central-1 '))).toEqual([]);
});

test('only what a check of rolls finds of a node group is about its roll, and nothing is asked twice or left out', () => {
  const own = { launchTemplate: { id: 'lt', version: '1' }, nodeRole: 'role/gone', instanceTypes: ['m5.large'] };
  const group = { nodegroupName: 'a', version: '1.36', status: 'DEGRADED', subnets: ['gone', 's'], ...own };
  const lost = { ...group, nodegroupName: 'b', launchTemplate: { id: 'lt', version: '2' } };
  const given = facts({
    cluster: { ...cluster, resourcesVpcConfig: { subnetIds: ['gone'] }, roleArn: 'role/gone' } as Cluster,
    nodegroups: [group, lost] as never,
    capacity: {
      subnets: [{ subnetId: 's', availabilityZone: 'a', availableIpAddressCount: 0 }],
      instanceTypes: [{ instanceType: 'm5.large', vcpus: 2, ipv4AddressesPerInterface: 10 }],
      quotas: [{ quotaCode: 'L-1216C47A', value: 5, used: 5 }],
      ...{ launchTemplates: [{ template: 'lt', version: '1', imageId: 'ami-1' }], images: [], roles: [], keys: [] },
    },
  });
  const rules = (about: 'hop' | 'rolls') =>
    observePreflight(given)
      .filter((one) => isOfRoll(one) === (about === 'rolls'))
      .flatMap((one) => ('rule' in one ? [`${one.rule} ${one.subject.name}`] : []));
  const both = ['NetworkGone', 'RoleGone', 'SurgeAddresses', 'VcpuQuota'].flatMap((one) => [`${one} a`, `${one} b`]);
  expect(rules('rolls').sort()).toEqual(['ImageGone a', 'LaunchTemplateGone b', ...both]);
  expect(rules('hop')).toEqual(['NodegroupStatus a', 'NodegroupStatus b', 'NetworkGone web', 'RoleGone web']);
  expect(observePreflight(given)).toHaveLength(rules('rolls').length + rules('hop').length + 2);
});
