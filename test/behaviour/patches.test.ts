import type { UpgradePolicySpec } from '../../core/config/types.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { FakeKubernetes } from '../../simulator/kubernetes/fake-kubernetes.ts';
import { createInMemoryClusterReader } from '../../simulator/kubernetes/in-memory-cluster-readers.ts';
import type { World } from '../../simulator/process/world.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import { answering, hook, untilAsked } from './hooked-fleet.ts';
import {
  clusterArn,
  hours,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
  wavesOf,
} from './small-fleet.ts';

const OLD = '1.37.1-20261001';
const NEW = '1.37.1-20261112';
const NEWER = '1.37.1-20261119';

/** A cluster at the newest minor, whose image is of 1 October; the newest is of 12 November, and it is 20 November. */
const fleet = (
  patch: UpgradePolicySpec['patch'],
  more: object = {},
  faults: readonly Fault[] = [],
  armed = new Faults(faults),
) =>
  smallFleet({
    clusters: [
      {
        name: 'web',
        version: '1.37',
        nodegroups: [
          { name: 'workers', nodes: 1 },
          { name: 'batch', nodes: 1 },
        ],
      },
    ],
    policy: { finish: 'propose', ...(patch && { patch }), ...more },
    armed,
  });
const releasesOf = (world: World) =>
  Object.values(world.eks.state.clusters).flatMap(({ nodegroups }) =>
    nodegroups.map(({ releaseVersion }) => releaseVersion),
  );
const sentTo = (world: World) =>
  mutationsOf(world).map(({ operation, request }) => [
    operation,
    'releaseVersion' in request && request.releaseVersion,
  ]);
const saidOf = async (world: World) => {
  const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, 'web'));
  return { state, codes: reasons.map(({ code }) => code), text: reasons[0]?.message, condition: when.condition };
};
const APPROVER = 'arn:aws:iam::000000000000:role/Approver';
const publish = (world: World, day: string) => {
  world.eks.state.imageDays = { '1.37': day };
};

test('nodes are replaced by the newest image of their minor, and by the next one once that has been out long enough', async () => {
  const world = await fleet({ nodes: { minAge: '3d' } });
  await run(world);
  expect(releasesOf(world)).toEqual([NEW, NEW]);
  expect(sentTo(world)).toEqual([
    ['UpdateNodegroupVersion', NEW],
    ['UpdateNodegroupVersion', NEW],
  ]);
  const [upgrade] = await upgradesOf(world);
  expect(upgrade).toMatchObject({ id: '1.37-1.37', status: 'Succeeded', releases: { workers: NEW, batch: NEW } });
  expect(await saidOf(world)).toMatchObject({ state: 'UpToDate', codes: ['AtTarget'] });

  publish(world, world.clock.now().toISOString().slice(0, 10));
  await hours(world, 48);
  expect(releasesOf(world)).toEqual([NEW, NEW]);
  await hours(world, 48);
  const latest = releasesOf(world);
  expect(new Set(latest).size).toBe(1);
  expect(latest[0]).toMatch(/^1\.37\.1-202611(2\d|30)$/);
  expect((await rolloutsOf(world)).length).toBe(2);
});

test('an image is left as long as it is no older than the policy says, and a release is not taken before it is old enough', async () => {
  const patient = await fleet({ nodes: { maxAge: '60d' } });
  await hours(patient, 6);
  expect([releasesOf(patient), await rolloutsOf(patient)]).toEqual([[OLD, OLD], []]);
  expect(await saidOf(patient)).toMatchObject({ state: 'UpToDate' });
  const wary = await fleet({ nodes: { minAge: '20d' } });
  await hours(wary, 6);
  expect([releasesOf(wary), await rolloutsOf(wary)]).toEqual([[OLD, OLD], []]);
});

test('without a patch in the policy nobody asks which images there are', async () => {
  const world = await fleet(undefined);
  await hours(world, 6);
  expect([releasesOf(world), await rolloutsOf(world)]).toEqual([[OLD, OLD], []]);
  expect((await world.table.queryPartition('VERSIONS')).map(({ kind }) => kind)).toEqual(['RegionVersions']);
});

test('where rollouts begin by hand only, explain tells of the images and of the command that replaces them', async () => {
  const world = await fleet({ nodes: {} }, { trigger: 'manual' });
  await hours(world, 3);
  const { state, codes, text, condition } = await saidOf(world);
  expect([state, codes]).toEqual(['ImagesBehind', ['ImagesBehind']]);
  expect(text).toBe(
    `A newer image is there for node groups of web: batch runs ${OLD} (50 days old) and goes to ${NEW}; workers runs ${OLD} (50 days old) and goes to ${NEW}.`,
  );
  expect(condition).toBe(
    'The next rollout of policy-0 takes it in (by hand: liftlock rollout create policy-0); or a newer version becomes the target.',
  );
  const { members } = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  expect(members).toMatchObject([{ from: '1.37', to: '1.37', releases: { workers: NEW, batch: NEW } }]);
  await run(world);
  expect(releasesOf(world)).toEqual([NEW, NEW]);
});

test('a release that comes before the wave has begun voids what was approved', async () => {
  const world = await fleet({ nodes: {} }, { waves: [{ name: 'all', approval: {} }] });
  const approve = async () => {
    const [{ id = '' } = {}] = await rolloutsOf(world);
    await voteOnWave(world.ports, id, 'all', { decision: 'Approved', by: APPROVER });
  };
  await hours(world, 3);
  expect(await memberOf(world, 'web')).toMatchObject({ releases: { workers: NEW, batch: NEW } });
  world.eks.state.imageDays = { '1.37': '2026-11-19' };
  await world.invoke('watch-versions', {});
  await approve();
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Pending', releases: { workers: NEWER, batch: NEWER } });
  const [wave] = await wavesOf(world);
  expect(wave?.approvals).toMatchObject([{ isVoid: true }]);
  expect(mutationsOf(world)).toEqual([]);
  await approve();
  await run(world);
  expect(releasesOf(world)).toEqual([NEWER, NEWER]);
});

test('a release that comes once the wave has begun waits for the next rollout', async () => {
  const armed = new Faults([
    {
      when: 'after',
      operation: 'commit',
      function: 'roll-node-group',
      effect: { kind: 'act', act: async (world) => publish(world, '2026-11-19') },
    },
  ]);
  const world = await fleet({ nodes: {} }, {}, [], armed);
  await run(world);
  expect(armed.hits.length).toBe(1);
  expect(sentTo(world).slice(0, 2)).toEqual([
    ['UpdateNodegroupVersion', NEW],
    ['UpdateNodegroupVersion', NEW],
  ]);
  expect(releasesOf(world)).toEqual([NEWER, NEWER]);
  expect((await rolloutsOf(world)).length).toBe(2);
});

test.each(AT_MUTATIONS.map(({ name, faults }) => [name, faults] as const))(
  'each group is rolled once to the release of its rollout: %s',
  async (_, faults) => {
    const armed = new Faults(faults.map((fault) => ({ ...fault, function: 'roll-node-group' as const })));
    const world = await fleet({ nodes: {} }, {}, [], armed);
    await run(world);
    expect(armed.hits.length).toBeGreaterThan(0);
    expect(sentTo(world)).toEqual([
      ['UpdateNodegroupVersion', NEW],
      ['UpdateNodegroupVersion', NEW],
    ]);
    expect(releasesOf(world)).toEqual([NEW, NEW]);
  },
);

test('a group that somebody has taken further meanwhile is left there', async () => {
  const taken = async (world: World) => {
    for (const { nodegroups } of Object.values(world.eks.state.clusters))
      for (const group of nodegroups) if (group.name === 'workers') group.releaseVersion = NEWER;
  };
  const world = await fleet({ nodes: {} }, {}, [
    { when: 'before', operation: 'commit', function: 'roll-node-group', effect: { kind: 'act', act: taken } },
  ]);
  await run(world);
  expect(sentTo(world)).toEqual([['UpdateNodegroupVersion', NEW]]);
  expect(releasesOf(world).toSorted()).toEqual([NEW, NEWER]);
});

test('nodes that are a minor behind are not replaced along with images unless somebody may finish them', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.37', nodegroups: [{ name: 'old', version: '1.36' }, { name: 'workers' }] }],
    policy: { finish: 'propose', patch: { nodes: {} } },
  });
  await hours(world, 3);
  expect([mutationsOf(world), (await saidOf(world)).state]).toEqual([[], 'NodesBehind']);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });
  await run(world);
  expect(new Set(releasesOf(world))).toEqual(new Set([NEW]));
});

/** A roll of `web` that a budget stops, since somebody tightens it between the decision and the call. */
async function stopped() {
  const budget = async (world: World, minAvailable: number) => {
    const fake = new FakeKubernetes(world.eks);
    const calls = createInMemoryClusterReader({
      fake,
      clusterArn: clusterArn('web'),
      principal: PERSON,
      clock: world.clock,
    });
    const path = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/strict';
    const contentType = 'application/merge-patch+json';
    await calls.change({ method: 'PATCH', path, contentType, body: { spec: { minAvailable } } });
  };
  const world = await smallFleet({
    clusters: [
      {
        ...{ name: 'web', version: '1.37', nodegroups: [{ name: 'workers', nodes: 2 }] },
        workloads: [
          {
            kind: 'Deployment',
            namespace: 'shop',
            name: 'api',
            labels: { app: 'api' },
            image: 'example/api:1',
            replicas: 4,
          },
        ],
        podDisruptionBudgets: [{ namespace: 'shop', name: 'strict', matchLabels: { app: 'api' }, minAvailable: 3 }],
      },
    ],
    policy: { patch: { nodes: {} } },
    faults: [
      {
        ...{ when: 'before', operation: 'commit', function: 'roll-node-group' },
        effect: { kind: 'act', act: (one) => budget(one, 4) },
      },
    ],
  });
  await run(world);
  expect([sentTo(world).length, await memberOf(world, 'web')]).toMatchObject([1, { status: 'Failed' }]);
  expect((await saidOf(world)).state).toBe('Held');
  // A newer release is for another rollout, and that is for nobody who is held.
  publish(world, '2026-11-19');
  await hours(world, 3);
  expect(sentTo(world).length).toBe(1);
  await budget(world, 3);
  return world;
}

test('what has failed is tried again with the release that was agreed to, and a newer one comes by the next rollout', async () => {
  const world = await stopped();
  await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await run(world);
  expect(sentTo(world).map(([, release]) => release)).toEqual([NEW, NEW, NEWER]);
  expect(releasesOf(world)).toEqual([NEWER]);
});

test('whoever finishes by hand what has failed goes where it was to go', async () => {
  const world = await stopped();
  await releaseCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await startByHand(world, 'upgrade-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  expect(
    sentTo(world)
      .slice(0, 2)
      .map(([, release]) => release),
  ).toEqual([NEW, NEW]);
});

test('whoever finishes by the command what has failed goes where it was to go, and only then has it succeeded', async () => {
  const world = await fleet({ nodes: {} }, { hooks: [hook('after', 'roll-node-group')] });
  answering(world, 'stop', 'go');
  await run(world);
  expect(releasesOf(world).toSorted()).toEqual([OLD, NEW]);
  const { clusterKey } = await recordOf(world, 'web');
  await releaseCluster(world.ports, clusterKey, PERSON);
  await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: true });
  await hours(world, 6);
  expect(releasesOf(world)).toEqual([NEW, NEW]);
  await retryCluster(world.ports, clusterKey, PERSON);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
});

test('a group that is left after an abort is not taken up again by itself, and explain says who would', async () => {
  const world = await fleet({ nodes: {} }, { hooks: [hook('before', 'roll-node-group')] });
  const asked = answering(world, 'go', { answer: 'wait', seconds: 600 });
  await untilAsked(world, asked, 2);
  const [{ id = '' } = {}] = await rolloutsOf(world);
  await abortRollout(world.ports, id, PERSON, 'enough');
  await hours(world, 12);
  expect([(await rolloutsOf(world)).length, releasesOf(world).toSorted()]).toEqual([1, [OLD, NEW]]);
});

test('what was blocked is said to be, with what gives it another try, and gets none by itself', async () => {
  const broken = (world: World) => {
    for (const { nodegroups } of Object.values(world.eks.state.clusters))
      for (const group of nodegroups) if (group.name === 'workers') group.status = 'CREATE_FAILED';
  };
  const world = await fleet({ nodes: {} });
  broken(world);
  await run(world);
  await hours(world, 6);
  expect((await rolloutsOf(world)).length).toBe(1);
  const { codes, condition } = await saidOf(world);
  expect(codes).toEqual(expect.arrayContaining(['ImagesBehind', 'NodegroupStatus']));
  expect(condition).toMatch(/liftlock retry cluster web/);
});

test('a later wave gets the release that the first one has proved, however many come meanwhile', async () => {
  const stage = (name: string) => ({
    name,
    version: '1.37',
    tags: { stage: name },
    nodegroups: [{ name: 'workers', nodes: 1 }],
  });
  const dev = { name: 'dev', selector: { matchLabels: { stage: 'dev' } }, soak: '24h' };
  const world = await smallFleet({
    clusters: [stage('dev'), stage('prod')],
    policy: { patch: { nodes: {} }, waves: [dev, { name: 'prod' }] },
  });
  await hours(world, 3);
  publish(world, '2026-11-19');
  await hours(world, 30);
  const rolled = mutationsOf(world).map(({ clusterArn, request }) => [
    clusterArn.split('/')[1],
    'releaseVersion' in request && request.releaseVersion,
  ]);
  expect(rolled.slice(0, 2)).toEqual([
    ['dev', NEW],
    ['prod', NEW],
  ]);
});

test('images are told beside nodes that only somebody else can move', async () => {
  const world = await smallFleet({
    clusters: [
      {
        ...{ name: 'web', version: '1.37' },
        nodegroups: [
          { name: 'ml', version: '1.36', amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '1' } },
          { name: 'workers' },
        ],
      },
    ],
    policy: { trigger: 'manual', patch: { nodes: {} } },
  });
  await hours(world, 3);
  const { codes, condition } = await saidOf(world);
  expect(codes).toEqual(['ManualNodes', 'ImagesBehind']);
  expect(condition).toMatch(/^The next rollout of policy-0 takes it in/);
});

test('a hook after a node group is not asked about one that this patch has not changed', async () => {
  const world = await fleet({ nodes: {} }, { hooks: [hook('after', 'roll-node-group')] });
  const asked = answering(world, 'go');
  await run(world);
  for (const { nodegroups } of Object.values(world.eks.state.clusters))
    for (const group of nodegroups) if (group.name === 'workers') group.releaseVersion = NEWER;
  publish(world, '2026-11-19');
  await run(world);
  expect(asked.map(({ nodegroup }) => nodegroup)).toEqual(['batch', 'workers', 'batch']);
});

test('a pin that forbids it is what explain tells', async () => {
  const world = await smallFleet({
    clusters: [
      { name: 'web', version: '1.37', tags: { 'liftlock/pin-version': '1.36' }, nodegroups: [{ name: 'workers' }] },
    ],
    policy: { patch: { nodes: {} } },
  });
  await hours(world, 3);
  expect(await rolloutsOf(world)).toEqual([]);
  const { codes, condition } = await saidOf(world);
  expect(codes).toContain('Pinned');
  expect(condition).toBe('What excludes it is taken away.');
});
