import { lagCode } from '../../core/model/lag.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { loadReport, scansOf } from '../../core/scan/fleet/report-store.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import { applySpec, spec } from './changed-policy.ts';
import { memberOf, mutationsOf, PERSON, recordOf, run, smallFleet, upgradesOf, wavesOf } from './small-fleet.ts';

const GOLDEN = 'ami-0123456789abcdef0';
const web = {
  ...{ name: 'web', version: '1.36' },
  nodegroups: [
    { name: 'ml', nodes: 2, amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '1' } },
    { name: 'workers', nodes: 1 },
  ],
};
const image = {
  ...{ account: '111111111111', region: 'eu-central-1', kubelet: '1.37', architecture: 'x86_64' },
  ...{ creationDate: '2026-11-01T00:00:00.000Z', tags: { minor: '1.37', team: 'ml' } },
};
const TABLE = [{ nodegroups: ['ml'], table: { '1.37': { 'eu-central-1': GOLDEN } } }];
const PARAMETER = [{ parameter: '/images/{version}' }];
const TAGS = [{ tags: { minor: '{version}', team: 'ml' } }];

interface Given {
  readonly images?: readonly object[];
  readonly policy?: object;
  readonly prepare?: (state: FakeEksState) => void;
  readonly faults?: readonly Fault[];
}

async function fleet({ images = TABLE, policy = {}, prepare = () => {}, faults = [] }: Given = {}) {
  const armed = new Faults(faults);
  const world = await smallFleet({
    clusters: [web],
    policy: { nodes: { images }, ...policy },
    prepare(state) {
      state.images = { [GOLDEN]: image };
      state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
      state.parameters = { '111111111111/eu-central-1//images/1.37': { value: GOLDEN, tags: {} } };
      prepare(state);
    },
    armed,
  });
  await run(world);
  if (faults.length > 0) expect(armed.hits.length).toBeGreaterThan(0);
  return world;
}

const rollsOf = (world: World) =>
  mutationsOf(world).flatMap(({ operation, request }) =>
    operation === 'UpdateNodegroupVersion' && request.nodegroupName === 'ml' ? [request] : [],
  );
const versionsOf = (world: World) =>
  Object.entries(world.eks.state.templateVersions ?? {}).map(([key, { imageId }]) => `${key} ${imageId}`);
function nodesOf(world: World) {
  const [cluster] = Object.values(world.eks.state.clusters);
  const nodes = cluster?.kubernetes.nodes ?? [];
  return nodes.flatMap((node) =>
    node.nodegroupName === 'ml'
      ? [`${node.kubeletVersion.slice(1, 5)} ${node.labels['eks.amazonaws.com/nodegroup-image']}`]
      : [],
  );
}

test.each([
  ['a table', TABLE],
  ['tags', TAGS],
  ['a parameter', PARAMETER],
])(
  'a group with an AMI of its own goes to the one that the policy names by %s, and the version before is kept',
  async (_, images) => {
    const world = await fleet({ images });
    expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
    const [upgrade] = await upgradesOf(world);
    expect(upgrade).toMatchObject({ status: 'Succeeded', to: '1.37' });
    expect(upgrade?.reasons.map(({ code }) => code)).toEqual(['Looked']);
    expect(nodesOf(world)).toEqual([`1.37 ${GOLDEN}`, `1.37 ${GOLDEN}`]);
    expect(versionsOf(world)).toEqual(['lt-1:1 ami-1-1', `lt-1:2 ${GOLDEN}`]);
    expect(rollsOf(world)).toMatchObject([{ launchTemplate: { id: 'lt-1', version: '2' } }]);
    expect(rollsOf(world)[0]).not.toHaveProperty('version');
    const { nodegroups, otherNodes } = await recordOf(world, 'web');
    expect(nodegroups.find(({ name }) => name === 'ml')).toMatchObject({ releaseVersion: GOLDEN });
    expect(otherNodes?.groups).toEqual([{ kind: 'managed', name: 'ml', version: '1.37', count: 2 }]);
  },
);

test.each(AT_MUTATIONS.flatMap(({ name, faults }) => [0, 1].map((skip) => [name, skip, faults] as const)))(
  'it ends as without a fault: %s, at commit %i',
  async (_name, skip, faults) => {
    const armed = faults.map((fault) => ({ ...fault, skip, function: 'roll-node-group' as const }));
    const world = await fleet({ faults: armed });
    expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
    expect(nodesOf(world)).toEqual([`1.37 ${GOLDEN}`, `1.37 ${GOLDEN}`]);
    // However often somebody had to begin anew: one version, and one roll.
    expect(versionsOf(world)).toEqual(['lt-1:1 ami-1-1', `lt-1:2 ${GOLDEN}`]);
    expect(rollsOf(world)).toHaveLength(1);
  },
);

test('two clusters and two groups that share a launch template take one version of it, and each is rolled once', async () => {
  const ml = { nodes: 2, amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '1' } };
  const shared = { ...web, nodegroups: ['ml', 'ml-spot'].map((name) => ({ ...ml, name })) };
  const world = await smallFleet({
    clusters: [shared, { ...shared, name: 'shop' }],
    policy: { nodes: { images: TAGS }, waves: [{ name: 'all', maxConcurrency: 2 }] },
    prepare(state) {
      state.images = { [GOLDEN]: image };
      state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
    },
  });
  await run(world);
  for (const name of ['web', 'shop']) expect(await memberOf(world, name)).toMatchObject({ status: 'Succeeded' });
  expect(versionsOf(world)).toEqual(['lt-1:1 ami-1-1', `lt-1:2 ${GOLDEN}`]);
  const rolls = mutationsOf(world).filter(({ operation }) => operation === 'UpdateNodegroupVersion');
  expect(rolls.map(({ request }) => request.launchTemplate)).toEqual(Array(4).fill({ id: 'lt-1', version: '2' }));
});

const change = (more: object) => (state: FakeEksState) => {
  state.images = { [GOLDEN]: { ...image, ...more } };
};

test.each<[string, Given, string]>([
  [
    'EC2 has no such AMI',
    { prepare: (state) => void delete state.images?.[GOLDEN] },
    'EC2 has none that this account may launch',
  ],
  [
    'EC2 has no such AMI, and the policy leaves out the rest of the capacity',
    { policy: { scan: { skip: ['capacity'] } }, prepare: (state) => void delete state.images?.[GOLDEN] },
    'EC2 has none that this account may launch',
  ],
  [
    'the AMI is another Region’s',
    { prepare: change({ region: 'eu-west-1' }) },
    'EC2 has none that this account may launch',
  ],
  [
    'the AMI is deprecated',
    { prepare: change({ deprecationTime: '2026-11-01T00:00:00.000Z' }) },
    'is deprecated since 2026-11-01',
  ],
  [
    'the AMI is for another architecture',
    { prepare: change({ architecture: 'arm64' }) },
    'is of arm64, and the group runs x86_64',
  ],
  [
    'the AMI was built for another minor',
    { prepare: change({ tags: { kubernetes: '1.36.2/2026-10-01/bin/linux/amd64' } }) },
    'was built for Kubernetes 1.36.2',
  ],
  [
    'the AMI is the one that the group launches',
    {
      prepare: (state) =>
        void Object.assign(state, {
          templateVersions: { 'lt-1:1': { imageId: GOLDEN, description: '', clientToken: '' } },
        }),
    },
    'is what the group launches at 1.36',
  ],
  [
    'the table has no such minor',
    { images: [{ table: { '1.36': { 'eu-central-1': GOLDEN } } }] },
    'names no AMI of 1.37 in eu-central-1',
  ],
  [
    'no AMI has the tags',
    { images: [{ tags: { minor: '{version}', team: 'web' } }] },
    'No AMI with the tags minor=1.37, team=web',
  ],
  [
    'there is no such parameter',
    { images: PARAMETER, prepare: (state) => void delete state.parameters },
    'No parameter /images/1.37 in eu-central-1',
  ],
  [
    'the parameter holds something else',
    {
      images: PARAMETER,
      prepare: (state) =>
        void Object.assign(state, { parameters: { '111111111111/eu-central-1//images/1.37': { value: 'secret' } } }),
    },
    'No parameter /images/1.37 in eu-central-1',
  ],
  ['only others own one with the tags', { images: [{ ...TAGS[0], owners: ['222222222222'] }] }, 'No AMI with the tags'],
  [
    'the template is not open',
    { prepare: (state) => void delete state.templateTags },
    'the template has no tag liftlock:versions=allowed',
  ],
])('the control plane does not move where %s', async (_, given, said) => {
  const world = await fleet(given);
  expect((await recordOf(world, 'web')).version).toBe('1.36');
  const member = await memberOf(world, 'web');
  expect(member.status).toBe('Blocked');
  expect(member.reasons.map(({ message }) => message).join(' ')).toContain(said);
  expect(mutationsOf(world)).toEqual([]);
});

test('a budget without room for pods on such a group stops the hop before it begins', async () => {
  const api = { namespace: 'shop', name: 'api', labels: { app: 'api' }, image: 'registry.example/api:1', replicas: 2 };
  const strict = { namespace: 'shop', name: 'strict', matchLabels: { app: 'api' }, minAvailable: 2 };
  const ml = { name: 'ml', nodes: 2, amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '1' } };
  const of = { workloads: [{ ...api, kind: 'Deployment' as const }], podDisruptionBudgets: [strict] };
  const world = await smallFleet({
    clusters: [{ ...web, nodegroups: [ml], ...of }],
    policy: { nodes: { images: TABLE } },
    prepare(state) {
      state.images = { [GOLDEN]: image };
      state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
    },
  });
  await run(world);
  const { status, reasons } = await memberOf(world, 'web');
  expect([status, reasons.map(({ code }) => code)]).toEqual(['Blocked', ['DrainStuck']]);
  expect(mutationsOf(world)).toEqual([]);
});

test('where the nodes wait for a later hop, an AMI that is not there yet is only told', async () => {
  const wave = { name: 'all', rollNodes: 'whenSkewRequires' };
  const world = await smallFleet({
    clusters: [{ ...web, version: '1.35' }],
    policy: { nodes: { images: TABLE }, waves: [wave] },
    prepare(state) {
      state.images = { [GOLDEN]: image };
      state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
    },
  });
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  expect(nodesOf(world)).toEqual([`1.37 ${GOLDEN}`, `1.37 ${GOLDEN}`]);
  expect(rollsOf(world)).toHaveLength(1);
});

test('a roll that EKS ended half-way goes on with the same version when somebody tries again', async () => {
  const world = await fleet({
    prepare: (state) =>
      void state.plannedFailures.push({
        ...{ clusterName: 'web', type: 'VersionUpdate', nodegroupName: 'ml' },
        ...{ errorCode: 'PodEvictionFailure', errorMessage: 'stuck' },
      }),
  });
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Failed' });
  // The template is the new one already, and the group is not there all the same.
  const record = await recordOf(world, 'web');
  expect(record.nodegroups.find(({ name }) => name === 'ml')?.releaseVersion).toBe('ami-1-1');
  await retryCluster(world.ports, record.clusterKey, PERSON);
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  expect(nodesOf(world)).toEqual([`1.37 ${GOLDEN}`, `1.37 ${GOLDEN}`]);
  expect(versionsOf(world)).toEqual(['lt-1:1 ami-1-1', `lt-1:2 ${GOLDEN}`]);
  expect(rollsOf(world).map(({ launchTemplate }) => launchTemplate)).toEqual([
    { id: 'lt-1', version: '2' },
    { id: 'lt-1', version: '2' },
  ]);
});

test('a roll that the policy has tried again goes on with its image, though a newer one was made meanwhile', async () => {
  const newer = async ({ eks }: World) =>
    void Object.assign(eks.state.images ?? {}, {
      'ami-0fedcba9876543210': { ...image, creationDate: '2026-11-21T00:00:00.000Z' },
    });
  const world = await fleet({
    policy: { nodes: { images: TAGS, podEvictionFailure: { retries: 1, pause: '2h' } } },
    prepare: (state) =>
      void state.plannedFailures.push({
        ...{ clusterName: 'web', type: 'VersionUpdate', nodegroupName: 'ml' },
        ...{ errorCode: 'PodEvictionFailure', errorMessage: 'stuck' },
      }),
    faults: [
      {
        ...{ when: 'before', operation: 'commit', function: 'roll-node-group', skip: 1 },
        effect: { kind: 'act', act: newer },
      },
    ],
  });
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  expect(nodesOf(world)).toEqual([`1.37 ${GOLDEN}`, `1.37 ${GOLDEN}`]);
  expect(rollsOf(world).map(({ launchTemplate }) => launchTemplate)).toEqual([
    { id: 'lt-1', version: '2' },
    { id: 'lt-1', version: '2' },
  ]);
});

/** Its group of an image of its own stays behind; then the policy names one, and somebody asks for it. */
async function finished(armed?: Faults) {
  const world = await smallFleet({
    clusters: [web],
    policy: { finish: 'always' },
    prepare(state) {
      state.images = { [GOLDEN]: image };
      state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
    },
    ...(armed && { armed }),
  });
  await run(world);
  expect(lagCode(await recordOf(world, 'web'), undefined)).toBe('ManualNodes');
  await applySpec(world, { ...spec({ name: 'all' }), finish: 'always', nodes: { images: TABLE } });
  // It had its one try by itself.
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await run(world);
  return world;
}

test('nodes that stayed behind are finished when the policy comes to name their image', async () => {
  const world = await finished();
  expect(nodesOf(world)).toEqual([`1.37 ${GOLDEN}`, `1.37 ${GOLDEN}`]);
  expect(lagCode(await recordOf(world, 'web'), undefined)).toBeUndefined();
});

test('a version of the template that EC2 refuses has changed nothing: the cluster is blocked, and neither failed nor held', async () => {
  const act = async ({ eks }: World) => {
    const [cluster] = Object.values(eks.state.clusters);
    for (const group of cluster?.nodegroups ?? [])
      if (group.name === 'ml') group.launchTemplate = { id: 'lt-1', version: '9' };
  };
  const armed = new Faults([
    { when: 'before', operation: 'commit', function: 'roll-node-group', skip: 1, effect: { kind: 'act', act } },
  ]);
  const world = await finished(armed);
  expect(armed.hits).toHaveLength(1);
  const upgrade = (await upgradesOf(world)).find(({ id }) => id === '1.37-1.37');
  expect([upgrade?.status, upgrade?.mutated, (await wavesOf(world)).map(({ failed }) => failed)]).toEqual([
    ...['Blocked', false, [0, 0]],
  ]);
  const refused = (await world.auditTimeline()).filter(({ event }) => event === 'MutationRefused');
  expect(refused.map(({ detail }) => detail.call)).toEqual(['CreateLaunchTemplateVersion']);
});

test.each<[string, readonly object[], string[]]>([
  ['that its roll replaces by another stops no hop', TABLE, [`1.37 ${GOLDEN}`, `1.37 ${GOLDEN}`]],
  [
    'of a group that nobody rolls is only told',
    [{ ...TABLE[0], nodegroups: ['others'] }],
    ['1.36 ami-1-1', '1.36 ami-1-1'],
  ],
])('an AMI that is gone %s', async (_, images, nodes) => {
  const world = await fleet({ images, prepare: (state) => void Object.assign(state, { goneResources: ['ami-1-1'] }) });
  expect((await recordOf(world, 'web')).version).toBe('1.37');
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  expect(nodesOf(world)).toEqual(nodes);
  const [scan] = await scansOf(world.table, (await recordOf(world, 'web')).clusterKey);
  const report = scan && (await loadReport(world.table, scan));
  const told = report?.findings.flatMap(({ rule, severity, name }) => (rule === 'ImageGone' ? [severity, name] : []));
  expect(told).toEqual(images === TABLE ? [] : ['warning', 'ml']);
});
