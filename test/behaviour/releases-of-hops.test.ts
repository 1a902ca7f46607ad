import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, memberOf, mutationsOf, recordOf, smallFleet, upgradesOf } from './small-fleet.ts';

const AL2023 = 'AL2023_x86_64_STANDARD';
const stage = (name: string, stage: string, { version = '1.36', amiType = AL2023 } = {}) => ({
  ...{ name, version, tags: { stage } },
  nodegroups: [{ name: 'workers', nodes: 1, amiType }],
});
const dev = { name: 'dev', selector: { matchLabels: { stage: 'dev' } }, soak: '24h' };
const WAVES = [dev, { name: 'prod', maxConcurrency: 10 }];

const fleet = (clusters: object[], policy: object = {}, more: object = {}) =>
  smallFleet({
    ...more,
    clusters: clusters as never,
    policy: { patch: { nodes: {} }, waves: WAVES, ...policy },
    prepare(state) {
      state.imageDays = { '1.36': '2026-11-12', '1.37': '2026-11-12' };
    },
  });
/** What each group of a cluster was rolled to: version and release. */
const rollsOf = (world: World, name: string) =>
  mutationsOf(world).flatMap(({ clusterArn, operation, request }) =>
    operation === 'UpdateNodegroupVersion' && clusterArn.endsWith(`/${name}`)
      ? [`${request.version} ${request.releaseVersion}`]
      : [],
  );
const PINNED = '1.37.1-20261112';

test('a later wave gets the release that the first one was rolled to, whatever was published since', async () => {
  const world = await fleet([stage('dev', 'dev'), stage('prod', 'prod')]);
  await hours(world, 3);
  expect((await memberOf(world, 'prod')).releases).toEqual({ workers: PINNED });
  const explained = await explainCluster(world.ports, await recordOf(world, 'prod'));
  expect(explained.rollout?.goal).toMatchObject({ from: '1.36', to: '1.37', releases: { workers: PINNED } });
  world.eks.state.imageDays = { '1.36': '2026-11-19', '1.37': '2026-11-19' };
  addCluster(world.eks.state, stage('late', 'prod'));
  await hours(world, 60);
  for (const name of ['dev', 'prod', 'late']) expect([name, rollsOf(world, name)[0]]).toEqual([name, `1.37 ${PINNED}`]);
});

/** AWS takes its newest release back, and Liftlock sees that in its next hourly look. */
const withdraw = async (world: World) => {
  world.eks.state.imageDays = { '1.36': '2026-11-05', '1.37': '2026-11-05' };
  await world.invoke('watch-versions', {});
};

test('a later wave does not get a release that AWS has withdrawn since, but the newest that there is', async () => {
  const world = await fleet([stage('dev', 'dev'), stage('prod', 'prod')]);
  await hours(world, 3);
  await withdraw(world);
  await hours(world, 60);
  expect(['dev', 'prod'].map((name) => rollsOf(world, name)[0])).toEqual([`1.37 ${PINNED}`, '1.37 1.37.1-20261105']);
  expect((await memberOf(world, 'prod')).status).toBe('Succeeded');
});

/** A newer one comes out before the node groups are rolled. */
const replace = async (world: World) => {
  await withdraw(world);
  world.eks.state.imageDays = { '1.36': '2026-11-19', '1.37': '2026-11-19' };
  await world.invoke('watch-versions', {});
};

test.each([
  ['goes on with the newest in a hop', '1.36', withdraw, ['1.37 undefined'], '1.37.1-20261105'],
  ['goes on with one that came since', '1.36', replace, ['1.37 undefined'], '1.37.1-20261119'],
  ['is left as it is inside its minor', '1.37', withdraw, [], '1.37.1-20261001'],
  ['is left to the next rollout inside its minor', '1.37', replace, [], '1.37.1-20261001'],
])('a node group whose release is withdrawn under way %s', async (_, version, act, rolls, release) => {
  const granted = { when: 'after', operation: 'grant', function: 'reconcile-rollouts' };
  const faults = [{ ...granted, effect: { kind: 'act', act } }];
  const world = await fleet([stage('dev', 'dev', { version })], {}, { faults });
  await hours(world, 6);
  expect(rollsOf(world, 'dev')).toEqual(rolls);
  expect((await memberOf(world, 'dev')).status).toBe('Succeeded');
  const [{ nodegroups } = { nodegroups: [] }] = Object.values(world.eks.state.clusters);
  expect(nodegroups[0]?.releaseVersion).toBe(release);
});

test('who joins a later wave with nodes whose image nobody has proved gets the newest', async () => {
  const world = await fleet([stage('dev', 'dev'), stage('prod', 'prod')]);
  await hours(world, 3);
  world.eks.state.imageDays = { '1.37': '2026-11-19' };
  addCluster(world.eks.state, stage('arm', 'prod', { amiType: 'AL2023_ARM_64_STANDARD' }));
  await hours(world, 2);
  const first = await memberOf(world, 'arm');
  expect(first).toMatchObject({ rolloutId: (await memberOf(world, 'prod')).rolloutId, status: 'Pending' });
  await hours(world, 60);
  expect(first.releases).toEqual({ workers: '1.37.1-20261119' });
  expect(rollsOf(world, 'arm')[0]).toBe('1.37 1.37.1-20261119');
});

test('a release is taken no sooner than the policy says', async () => {
  const world = await fleet([stage('dev', 'dev')], { patch: { nodes: { minAge: '14d' } } });
  await hours(world, 3);
  expect((await memberOf(world, 'dev')).releases).toBeUndefined();
});

test('what is pinned before the first wave stays while the plan waits for its approval: a newer one is no other plan', async () => {
  const world = await fleet([stage('dev', 'dev')], { waves: [{ ...dev, approval: { approvals: 1 } }] });
  await hours(world, 3);
  const before = await memberOf(world, 'dev');
  world.eks.state.imageDays = { '1.36': '2026-11-19', '1.37': '2026-11-19' };
  await hours(world, 30);
  const after = await memberOf(world, 'dev');
  expect([before.releases, after.releases]).toEqual([{ workers: PINNED }, { workers: PINNED }]);
});

test('of several hops the last one has the pinned release, and those before it the newest of their minors', async () => {
  const world = await fleet([stage('dev', 'dev', { version: '1.35' })]);
  await hours(world, 40);
  expect(rollsOf(world, 'dev').slice(0, 2)).toEqual(['1.36 undefined', `1.37 ${PINNED}`]);
  const upgrades = await upgradesOf(world);
  expect(upgrades.map(({ id, releases }) => [id, releases])).toEqual([
    ['1.35-1.36', undefined],
    ['1.36-1.37', { workers: PINNED }],
  ]);
});

test('a policy that chooses no releases pins none', async () => {
  const world = await fleet([stage('dev', 'dev')], { patch: undefined });
  await hours(world, 10);
  expect(rollsOf(world, 'dev')).toEqual(['1.37 undefined']);
});

test('a group that was made anew with another kind of image since its release was pinned gets the newest', async () => {
  const world = await fleet([stage('dev', 'dev'), stage('prod', 'prod')]);
  await hours(world, 3);
  const prod = Object.values(world.eks.state.clusters).find(({ name }) => name === 'prod');
  Object.assign(prod?.nodegroups[0] ?? {}, { amiType: 'BOTTLEROCKET_x86_64', releaseVersion: '1.55.0-d93bb1b1' });
  await hours(world, 60);
  expect((await memberOf(world, 'prod')).releases).toEqual({ workers: PINNED });
  expect(rollsOf(world, 'prod')).toEqual(['1.37 undefined']);
  expect((await memberOf(world, 'prod')).status).toBe('Succeeded');
});
