import { FakeEks } from '../eks/fake-eks.ts';
import { seededRandom } from '../eks/seeded-random.ts';
import { loadFleetFiles } from './load-fleet.ts';
import { FleetFolderInvalid } from './problems.ts';

/** The output in the AWS CLI's documentation, with the relevant members only. */
const cluster = {
  name: 'my-eks-cluster',
  arn: 'arn:aws:eks:us-east-2:111122223333:cluster/my-eks-cluster',
  createdAt: '2024-03-14T11:31:44.348000-04:00',
  version: '1.35',
  endpoint: 'https://JSA79429HJDASKJDJ8223829MNDNASW.yl4.us-east-2.eks.amazonaws.com',
  resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['22.19.18.2/32'] },
  status: 'ACTIVE',
  certificateAuthority: { data: 'CA_DATA_STRING...' },
  platformVersion: 'eks.14',
  tags: { 'karpenter.sh/discovery': 'my-eks-cluster' },
  health: { issues: [] },
  accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
};
const nodegroup = {
  nodegroupName: 'my-eks-nodegroup',
  nodegroupArn: 'arn:aws:eks:us-east-2:111122223333:nodegroup/my-eks-cluster/my-eks-nodegroup/a8c75f2f',
  clusterName: 'my-eks-cluster',
  version: '1.35',
  scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 1 },
  amiType: 'AL2023_x86_64_STANDARD',
  labels: {},
  health: { issues: [] },
};
const insight = {
  id: '38ea7a64-a14f-4e0e-95c7-8dbcab3c3616',
  name: 'Kubelet version skew',
  category: 'UPGRADE_READINESS',
  kubernetesVersion: '1.36',
  lastRefreshTime: '2025-05-24T11:22:50-05:00',
  insightStatus: { status: 'PASSING', reason: 'Node kubelet versions match the cluster control plane version.' },
};
const update = {
  id: '10bddb13-a71b-425a-b0a6-71cd03e59161',
  status: 'Successful',
  type: 'VersionUpdate',
  params: [{ type: 'Version', value: '1.35' }],
  createdAt: '2026-11-19T10:01:26.297000-04:00',
  errors: [],
};

function load(files: Record<string, unknown>) {
  return loadFleetFiles(
    Object.entries(files).map(([path, value]) => ({
      path,
      text: typeof value === 'string' ? value : JSON.stringify(value, null, 4),
    })),
  );
}

function problemsOf(files: Record<string, unknown>): readonly string[] {
  try {
    load(files);
    return [];
  } catch (error) {
    if (error instanceof FleetFolderInvalid) return error.problems;
    throw error;
  }
}

const scenario = (spec: object) => ({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Scenario',
  metadata: { name: 'test' },
  spec: { now: '2026-11-20T08:00:00Z', ...spec },
});

test('documented outputs load as they are, under any name, and describe-cluster answers them again', () => {
  const { state, now } = load({
    'a.json': { cluster },
    'x/y/b.json': { nodegroup },
    'insights.json': { insights: [insight] },
  });
  const fake = new FakeEks(state, { random: seededRandom(1) });
  const caller = { account: '111122223333', region: 'us-east-2', principal: 'arn:aws:iam::111122223333:role/any' };
  const answer = fake.operation('DescribeCluster', { name: 'my-eks-cluster' }, caller, now).cluster;
  expect(answer).toEqual({
    ...cluster,
    createdAt: new Date(cluster.createdAt),
    upgradePolicy: { supportType: 'EXTENDED' },
    roleArn: expect.any(String),
  });
  const group = { clusterName: 'my-eks-cluster', nodegroupName: 'my-eks-nodegroup' };
  expect(fake.operation('DescribeNodegroup', group, caller, now).nodegroup).toMatchObject(nodegroup);
});

test.each<[string, unknown]>([
  ['ISO 8601 with an offset', '2024-03-14T11:31:44.348000-04:00'],
  ['seconds since 1970', 1710430304.348],
  ['seconds as a string', '1710430304.348'],
])('createdAt may be %s', (_, createdAt) => {
  const { state } = load({ 'a.json': { cluster: { ...cluster, createdAt } } });
  expect(Object.values(state.clusters)[0]?.createdAt).toBe(Date.parse('2024-03-14T15:31:44.348Z'));
});

test('what people save loads too: several outputs in one file, arrays, a byte order mark, trailing commas', () => {
  const other = { ...cluster, name: 'other', arn: 'arn:aws:eks:us-east-2:111122223333:cluster/other' };
  const { state, statements } = load({
    'all.json': `\uFEFF${JSON.stringify({ cluster })}\n${JSON.stringify([{ cluster: other }, { nodegroup }])}`,
    'addon.json': '{"addon": {"addonName": "coredns", "clusterName": "other", "addonVersion": "v1.13.2-eksbuild.6",},}',
  });
  expect(Object.values(state.clusters).map((each) => each.name)).toEqual(['my-eks-cluster', 'other']);
  expect(Object.values(state.clusters)[1]?.addons[0]?.name).toBe('coredns');
  expect(statements).toContain('addon.json has commas before closing brackets, which are left out.');
});

describe('insights and updates do not name their cluster', () => {
  const other = { ...cluster, name: 'other', arn: 'arn:aws:eks:us-east-2:111122223333:cluster/other' };
  test.each([
    ['the file’s name', 'insights-other.json', 'c.json'],
    ['the folder’s name', 'other/insights.json', 'c.json'],
    ['the only cluster in the folder', 'second/insights.json', 'second/c.json'],
    ['the only cluster in a folder above', 'second/dumps/insights.json', 'second/c.json'],
  ])('%s tells it', (_, path, clusterPath) => {
    const { state } = load({
      'first/c.json': { cluster },
      [clusterPath]: { cluster: other },
      [path]: { insights: [insight] },
    });
    const withIt = Object.values(state.clusters).filter((each) =>
      each.insights.items.some((item) => item.id === insight.id),
    );
    expect(withIt.map((each) => each.name)).toEqual(['other']);
  });

  test('nothing tells it: that is a problem, not a guess', () => {
    const files = { 'a.json': { cluster }, 'b.json': { cluster: other }, 'insights.json': { insights: [insight] } };
    expect(problemsOf(files)).toEqual([
      "insights.json: insight: cannot tell which cluster it is about; put the cluster's name into the file's or folder's name",
    ]);
  });

  test('a successful VersionUpdate opens the way back for seven days', () => {
    const { state } = load({ 'a.json': { cluster }, 'u.json': { update }, 's.json': scenario({}) });
    expect(Object.values(state.clusters)[0]?.versions.at(-1)).toMatchObject({ version: '1.35', how: 'upgrade' });
  });

  test('an update in progress goes on and ends', () => {
    const running = { ...update, status: 'InProgress', params: [{ type: 'Version', value: '1.36' }] };
    const { state, now } = load({
      'a.json': { cluster: { ...cluster, status: 'UPDATING' } },
      'u.json': { update: running },
      's.json': scenario({}),
    });
    const fake = new FakeEks(state, { random: seededRandom(1) });
    fake.advance(new Date(now.getTime() + 16 * 60_000));
    expect(Object.values(state.clusters)[0]).toMatchObject({ version: '1.36', status: 'ACTIVE' });
  });
});

test.each(['aws-cn:eks:cn-north-1', 'aws-us-gov:eks:us-gov-west-1'])(
  'clusters of the partition in arn:%s load too',
  (place) => {
    const arn = `arn:${place}:111122223333:cluster/my-eks-cluster`;
    const { state } = load({ 'a.json': { cluster: { ...cluster, arn, tags: null, health: null } } });
    const fake = new FakeEks(state, { random: seededRandom(1) });
    const caller = { account: '111122223333', region: place.split(':')[2] ?? '', principal: 'any' };
    expect(fake.operation('ListClusters', {}, caller, new Date(state.now)).clusters).toEqual(['my-eks-cluster']);
  },
);

test('what the files do not say is stated', () => {
  const { statements } = load({
    'a.json': { cluster },
    'b.json': { nodegroup: { nodegroupName: 'ng', clusterName: 'my-eks-cluster' } },
    'notes.json': { hello: 'world' },
  });
  expect(statements).toEqual(
    expect.arrayContaining([
      'my-eks-cluster: the dump has no upgradePolicy; EXTENDED, the default of EKS.',
      'my-eks-cluster: its endpoint is open to 22.19.18.2/32 only; its API server cannot be reached.',
      "my-eks-cluster/ng: 2 Ready nodes with kubelet 1.35 stand for the ones it has; the dump does not say, so it has version 1.35, the cluster's, AMI type AL2023_x86_64_STANDARD, 2 nodes, maxUnavailable 1, the default of EKS.",
      'my-eks-cluster: no add-on is described; nothing runs in its kube-system.',
      'my-eks-cluster: no insights are described; they are evaluated from the dumps.',
      'notes.json holds nothing that is known as output of "aws eks"; it is left out.',
      'There is no Scenario: nobody is denied or throttled and nobody acts from outside.',
    ]),
  );
});

test('time starts where the caller says, else the scenario, else at the latest time in the dumps', () => {
  const dump = { path: 'a.json', text: JSON.stringify({ cluster }) };
  const played = { path: 's.json', text: JSON.stringify(scenario({})) };
  const asked = new Date('2026-12-01T00:00:00Z');
  expect(loadFleetFiles([dump, played], { now: asked }).now).toEqual(asked);
  expect(loadFleetFiles([dump, played]).now).toEqual(new Date('2026-11-20T08:00:00Z'));
  expect(loadFleetFiles([dump]).now).toEqual(new Date(cluster.createdAt));
});

test('YAML is config, unless it is the scenario', () => {
  const { configPaths, now } = load({
    'a.json': { cluster },
    'fleet.yaml': 'kind: Fleet\n',
    'policies.yml': 'kind: UpgradePolicy\n---\nkind: UpgradePolicy\n',
    'scenario.yaml':
      'apiVersion: liftlock/v1alpha1\nkind: Scenario\nmetadata: { name: x }\nspec: { now: 2026-11-20T08:00:00Z }\n',
  });
  expect(configPaths).toEqual(['fleet.yaml', 'policies.yml']);
  expect(now).toEqual(new Date('2026-11-20T08:00:00Z'));
});

describe('problems', () => {
  test.each([
    ['{\n  "cluster": {\n    "name": oops\n  }\n}', "a.json:3:13: Unexpected token 'o'"],
    ['{\n  "cluster": {\n    "name": "x"\n    "arn": "y"\n  }\n}', 'a.json:4:5: '],
    ['{\n  "cluster": [1, 2}\n}', 'a.json:2:19: '],
    ["{'cluster': 1}", 'a.json:1:2: '],
    ['{\n  "cluster": {', 'a.json:2:15: The text ends in the middle.'],
    ['An error occurred (AccessDeniedException)', "a.json:1:1: Unexpected token 'A'"],
    ['', 'a.json:1:1: The file is empty.'],
  ])('broken JSON has its line and column (%#)', (text, problem) => {
    const problems = problemsOf({ 'a.json': text });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(problem) ? problem : problems[0]).toBe(problem);
  });

  test('broken YAML has its line and column', () => {
    expect(problemsOf({ 'a.yaml': 'kind: Fleet\nspec: {\n' })[0]).toMatch(/^a\.yaml:\d+:\d+: /);
  });

  test('everything wrong is told at once, with file and path', () => {
    const problems = problemsOf({
      'a.json': { cluster: { name: 'x', arn: 'x', version: '1.35' } },
      'b.json': { nodegroup: { nodegroupName: 'ng', clusterName: 'nowhere' } },
      'c.json': { cluster },
      'd.json': { cluster },
      'e.json': { cluster: { ...cluster, name: 'renamed' } },
      'scenario.json': scenario({ colour: 'red', clusters: [{ cluster: 'my-eks-cluster', workloads: [{}] }] }),
    });
    expect(problems).toEqual(
      expect.arrayContaining([
        'a.json: cluster.arn: is not the ARN of an EKS cluster',
        'b.json: nodegroup.clusterName: no file, or more than one, describes a cluster nowhere',
        `d.json: cluster.arn: ${cluster.arn} is described in another file too`,
        `e.json: cluster.arn: ${cluster.arn} is not the ARN of a cluster called renamed`,
        'scenario.json: spec: Unrecognized key: "colour"',
        expect.stringMatching(/^scenario\.json: spec\.clusters\.0\.workloads\.0\.kind: /),
      ]),
    );
  });

  test.each<[string, object, string]>([
    ['a cluster nobody describes', { clusters: [{ cluster: 'nowhere' }] }, 'no file describes a cluster nowhere'],
    [
      'an actor without a time',
      { actors: [{ do: 'delete-cluster', cluster: 'my-eks-cluster' }] },
      'exactly one of at and after',
    ],
    [
      'a budget with both limits',
      {
        clusters: [
          {
            cluster: 'my-eks-cluster',
            podDisruptionBudgets: [{ namespace: 'a', name: 'b', matchLabels: {}, minAvailable: 1, maxUnavailable: 1 }],
          },
        ],
      },
      'exactly one of minAvailable and maxUnavailable',
    ],
    ['an account id that is a number', { deniedAccounts: [444444444444] }, 'spec.deniedAccounts.0: '],
  ])('%s in the scenario', (_, spec, words) => {
    expect(problemsOf({ 'a.json': { cluster }, 's.json': scenario(spec) })[0]).toContain(words);
  });

  test('two scenarios are one too many', () => {
    expect(problemsOf({ 'a.json': scenario({}), 'b.json': scenario({}) })).toEqual([
      'b.json: kind: there is a Scenario in a.json already; a folder has one',
    ]);
  });
});

test('an add-on that no catalog knows keeps its version on every minor', () => {
  const addon = { addonName: 'house-agent', clusterName: 'my-eks-cluster', addonVersion: 'v1.2.3', status: 'ACTIVE' };
  const { state, now } = load({ 'a.json': { cluster }, 'b.json': { addon } });
  const caller = { account: '111122223333', region: 'us-east-2', principal: 'arn:aws:iam::111122223333:role/any' };
  const fake = new FakeEks(state, { random: seededRandom(1) });
  const { addons } = fake.operation('DescribeAddonVersions', { addonName: 'house-agent' }, caller, now) as {
    addons: { addonVersions: { addonVersion: string; compatibilities: { clusterVersion: string }[] }[] }[];
  };
  expect(addons[0]?.addonVersions.map((each) => each.addonVersion)).toEqual(['v1.2.3']);
  const minors = addons[0]?.addonVersions[0]?.compatibilities.map((each) => each.clusterVersion);
  expect(minors).toEqual(expect.arrayContaining(['1.35', '1.36']));
});

test('an insight that is listed with an ERROR and never described stays, whatever the checks here find', () => {
  const error = { ...insight, insightStatus: { status: 'ERROR', reason: 'Kubelets are too old.' } };
  const { state, statements } = load({
    'a.json': { cluster },
    'b.json': { insights: [error] },
    's.yaml': JSON.stringify(scenario({})),
  });
  const items = Object.values(state.clusters)[0]?.insights.items.filter((item) => item.name === insight.name);
  expect(items?.map((item) => [item.kubernetesVersion, item.insightStatus?.status])).toEqual([['1.36', 'ERROR']]);
  expect(statements.join(' ')).toContain('the insight Kubelet version skew is ERROR');
});

test('what is UPDATING with no update in progress is taken to have ended', () => {
  const { state, statements } = load({
    'a.json': { cluster: { ...cluster, status: 'UPDATING' } },
    'b.json': { nodegroup: { ...nodegroup, status: 'CREATING' } },
  });
  const [loaded] = Object.values(state.clusters);
  expect([loaded?.status, loaded?.nodegroups[0]?.status]).toEqual(['ACTIVE', 'ACTIVE']);
  expect(statements.filter((each) => each.includes('taken to be ACTIVE by now'))).toHaveLength(2);
});

test('a name that EKS would not give is refused', () => {
  const name = '../../etc';
  const arn = `arn:aws:eks:us-east-2:111122223333:cluster/${name}`;
  expect(problemsOf({ 'a.json': { cluster: { ...cluster, name, arn } } }).join(' ')).toContain('is not a name');
});
