import type { UpgradePolicySpec } from '../../core/config/types.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import { answering, hook, untilAsked } from './hooked-fleet.ts';
import { hours, memberOf, mutationsOf, PERSON, recordOf, rolloutsOf, run, smallFleet, wavesOf } from './small-fleet.ts';

/** Each is listed for 1.37; the default there is newer, and vpc-cni has a minor in between. */
const OLD = { coredns: 'v1.13.2-eksbuild.6', 'vpc-cni': 'v1.22.2-eksbuild.1' };
const NEW = { coredns: 'v1.14.1-eksbuild.4', 'vpc-cni': 'v1.23.1-eksbuild.1' };
const LATER = 'v1.14.3-eksbuild.1';

const cluster = (name = 'web', more: object = {}) => ({
  ...{ name, version: '1.37', addons: OLD, nodegroups: [{ name: 'workers', nodes: 1 }] },
  ...more,
});
const fleet = (patch: UpgradePolicySpec['patch'], more: object = {}, armed = new Faults([])) =>
  smallFleet({ clusters: [cluster()], policy: { patch, ...more }, armed });
const movesOf = (world: World) =>
  mutationsOf(world).map(({ clusterArn, operation, request }) =>
    'addonVersion' in request
      ? [clusterArn.split('/')[1], request.addonName, request.addonVersion]
      : [clusterArn.split('/')[1], operation],
  );
const MOVES = Object.entries(NEW).map((move) => ['web', ...move]);
const addonsOf = async (world: World, name = 'web') =>
  Object.fromEntries((await recordOf(world, name)).addons.map((addon) => [addon.name, addon.version]));
const saidOf = async (world: World) => {
  const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, 'web'));
  return { state, codes: reasons.map(({ code }) => code), texts: reasons.map(({ message }) => message), ...when };
};
/** Another version of coredns is the default of 1.37 from now. */
const publish = ({ eks: { state } }: World, version = LATER) => {
  const rows = (state.addonVersions.coredns ?? []).map((row) => ({
    ...row,
    defaultFor: row.defaultFor.filter((minor) => minor !== '1.37'),
  }));
  state.addonVersions.coredns = [{ version, minors: ['1.37'], defaultFor: ['1.37'] }, ...rows];
};

test('add-ons that are older than the default of their minor go there, each in the versions that its plan pins', async () => {
  const world = await fleet({ addons: {} });
  await run(world);
  expect(movesOf(world)).toEqual(MOVES);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded', addons: NEW });
  expect(await saidOf(world)).toMatchObject({ state: 'UpToDate', codes: ['AtTarget'] });
  publish(world);
  await hours(world, 24);
  expect(movesOf(world).slice(2)).toEqual([['web', 'coredns', LATER]]);
  expect((await rolloutsOf(world)).length).toBe(2);
});

test('a version is taken once it was known for so long, and the one before it meanwhile', async () => {
  const world = await fleet({ addons: { minAge: '3d' } });
  await hours(world, 60);
  expect([movesOf(world), (await saidOf(world)).state]).toEqual([[], 'UpToDate']);
  publish(world);
  await hours(world, 24);
  expect(movesOf(world)).toEqual(MOVES);
  await hours(world, 40);
  expect(movesOf(world).length).toBe(2);
  await hours(world, 36);
  expect(movesOf(world).slice(2)).toEqual([['web', 'coredns', LATER]]);
});

test('where rollouts begin by hand only, explain tells which add-ons are behind, and the dry run where they go', async () => {
  const world = await fleet({ addons: {} }, { trigger: 'manual' });
  await hours(world, 3);
  const said = await saidOf(world);
  expect(said).toMatchObject({ state: 'AddonsBehind', codes: ['AddonsBehind'] });
  expect(said.texts[0]).toBe(
    `Newer versions are there for add-ons of web: coredns ${OLD.coredns} goes to ${NEW.coredns} (seen on 2026-11-20); vpc-cni ${OLD['vpc-cni']} goes to ${NEW['vpc-cni']} (seen on 2026-11-20).`,
  );
  expect(said.condition).toBe(
    'The next rollout of policy-0 takes it in (by hand: liftlock rollout create policy-0); or a newer version becomes the target.',
  );
  const { members } = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: true });
  expect(members).toMatchObject([{ from: '1.37', to: '1.37', addons: NEW }]);
});

test('a default that comes before the wave has begun voids what was approved', async () => {
  const world = await fleet({ addons: {} }, { waves: [{ name: 'all', approval: { approvals: 2 } }] });
  const approve = async (who: string) => {
    const [{ id = '' } = {}] = await rolloutsOf(world);
    await voteOnWave(world.ports, id, 'all', { decision: 'Approved', by: `arn:aws:iam::000000000000:role/${who}` });
  };
  await hours(world, 3);
  await approve('Ann');
  const [approved] = await wavesOf(world);
  publish(world);
  await hours(world, 24);
  const [wave] = await wavesOf(world);
  expect(wave?.planHash).not.toBe(approved?.planHash);
  expect([wave?.approvals?.map(({ isVoid }) => isVoid), movesOf(world)]).toEqual([[true], []]);
  await approve('Bob');
  await run(world);
  expect(movesOf(world)).toEqual([]);
  await approve('Ann');
  await run(world);
  expect((await addonsOf(world)).coredns).toBe(LATER);
});

test('a default that comes once the wave has begun waits for the next rollout', async () => {
  const armed = new Faults([
    {
      ...{ when: 'before', operation: 'commit', function: 'update-addons' },
      effect: { kind: 'act', act: async (world) => publish(world) },
    },
  ]);
  const world = await fleet({ addons: {} }, {}, armed);
  await run(world);
  expect(armed.hits.length).toBe(1);
  expect(movesOf(world)).toEqual(expect.arrayContaining(MOVES));
  expect((await memberOf(world, 'web')).addons).toEqual({ coredns: LATER });
});

test('a patch of images leaves add-ons that fit as they are: its plan names none', async () => {
  const world = await fleet({ nodes: {} });
  await run(world);
  expect(movesOf(world)).toEqual([['web', 'UpdateNodegroupVersion']]);
  expect(await addonsOf(world)).toMatchObject(OLD);
});

test('images and add-ons of a cluster go in one upgrade', async () => {
  const world = await fleet({ nodes: {}, addons: {} });
  await run(world);
  expect(movesOf(world)).toEqual([['web', 'UpdateNodegroupVersion'], ...MOVES]);
  expect((await rolloutsOf(world)).length).toBe(1);
});

test.each(AT_MUTATIONS.map(({ name, faults }) => [name, faults] as const))(
  'each add-on is moved once to the version of its rollout: %s',
  async (_, faults) => {
    const armed = new Faults(faults.map((fault) => ({ ...fault, function: 'update-addons' as const })));
    const world = await fleet({ addons: {} }, {}, armed);
    await run(world);
    expect(armed.hits.length).toBeGreaterThan(0);
    expect(movesOf(world)).toEqual(MOVES);
  },
);

test('an add-on that cannot be moved to what was pinned fails its upgrade, and waits for a person', async () => {
  const armed = new Faults([
    {
      ...{ when: 'after', operation: 'call', function: 'update-addons' },
      effect: {
        kind: 'act',
        act: async ({ eks: { state } }) => {
          for (const { updates } of Object.values(state.clusters))
            for (const update of updates)
              update.plannedFailure = { errorCode: 'AdmissionRequestDenied', errorMessage: 'a webhook said no' };
        },
      },
    },
  ]);
  const world = await fleet({ addons: {} }, {}, armed);
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Failed' });
  expect((await saidOf(world)).state).toBe('Held');
  expect(movesOf(world).length).toBe(1);
});

test('a version that EKS has withdrawn meanwhile is left, and the next rollout takes what there is', async () => {
  const armed = new Faults([
    {
      ...{ when: 'before', operation: 'grant', function: 'reconcile-rollouts' },
      effect: {
        kind: 'act',
        act: async ({ eks: { state } }) => {
          state.addonVersions.coredns = (state.addonVersions.coredns ?? []).filter(
            ({ version }) => version !== NEW.coredns,
          );
        },
      },
    },
  ]);
  const world = await fleet({ addons: {} }, {}, armed);
  await run(world);
  expect(movesOf(world)).toEqual([['web', 'vpc-cni', NEW['vpc-cni']]]);
  expect((await saidOf(world)).state).toBe('UpToDate');
});

test('where EKS may not be asked which versions there are nobody is called UpToDate', async () => {
  const world = await fleet({ addons: {} }, { trigger: 'manual' });
  world.ports.eks.describeAddonVersions = async () => {
    throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  };
  await hours(world, 3);
  const said = await saidOf(world);
  expect(said).toMatchObject({ state: 'PatchesUnknown', codes: ['PatchesUnknown', 'AtTarget'] });
  expect(said.texts[0]).toBe(
    'Nobody knows whether there are newer add-ons for web: add-ons: AccessDeniedException: not authorized',
  );
});

test('a cluster that joins a later wave gets the version that the first has proved', async () => {
  const stage = (name: string) => cluster(name, { tags: { stage: name.startsWith('dev') ? 'dev' : 'prod' } });
  const world = await smallFleet({
    clusters: [stage('dev'), stage('prod')],
    policy: {
      patch: { addons: {} },
      waves: [{ name: 'dev', selector: { matchLabels: { stage: 'dev' } }, soak: '24h' }, { name: 'prod' }],
    },
  });
  await hours(world, 3);
  publish(world);
  addCluster(world.eks.state, stage('prod-2'));
  await hours(world, 6);
  expect((await memberOf(world, 'prod-2')).addons).toEqual(NEW);
  await hours(world, 24);
  expect(movesOf(world)).toEqual(expect.arrayContaining([['prod-2', 'coredns', NEW.coredns]]));
});

test('hooks are asked about each moment that a patch has, and after a pause about no phase that it has not', async () => {
  const steps = ['upgrade-cluster', 'update-addons', 'upgrade-control-plane', 'roll-node-group', 'smoke-check'];
  const hooks = steps.flatMap((step) => [
    hook('before', step, { name: `b-${step}` }),
    hook('after', step, { name: `a-${step}` }),
  ]);
  const world = await fleet({ addons: {} }, { hooks });
  const asked = answering(world, 'go', 'go', { answer: 'wait', seconds: 60 });
  await untilAsked(world, asked, 4);
  const [{ id = '' } = {}] = await rolloutsOf(world);
  await pauseRollout(world.ports, id, PERSON, 'a look');
  await hours(world, 1);
  const later = answering(world, 'go');
  await resumeRollout(world.ports, id, PERSON);
  await run(world);
  const told = [...asked, ...later].map(({ hook: name, phase = '' }) => `${name} ${phase}`.trim());
  expect([...new Set(told)]).toEqual([
    'b-upgrade-cluster',
    'b-update-addons after',
    'a-update-addons after',
    'b-smoke-check',
    'a-upgrade-cluster',
    'a-smoke-check',
  ]);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
});
