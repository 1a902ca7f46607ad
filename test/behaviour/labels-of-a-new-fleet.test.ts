import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, CARL, keyOf, onceBefore, spec } from './changed-policy.ts';
import { applyAndDie, applyFleet, askFor, granted, heldByZ, ONE_A_STAGE, tagged } from './new-fleet.ts';
import {
  clustersOf,
  hours,
  membersOf,
  minutes,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutsOf,
  smallFleet,
  touched,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';
import { failing } from './staged-fleet.ts';

const storedStage = async (world: World, name: string) => (await recordOf(world, name)).labels.stage;
const placesOf = async (world: World) => (await membersOf(world)).map(({ name, waveIndex }) => [name, waveIndex]);

test('whoever applies a Fleet and dies before all clusters have its labels lets nothing begin by the labels of the one before', async () => {
  const world = await smallFleet({
    clusters: [tagged('d', { stage: 'dev', env: 'dev' }), tagged('a', { stage: 'dev', env: 'prod' })],
    policies: [],
  });
  await hours(world, 1.2);
  await applyAndDie(world, '"stage":"prod"');
  await applySpec(world, spec(at('dev'), at('prod', { approval: { approvals: 1 } })));
  await hours(world, 0.2);
  expect(touched(world, 'a')).toBe(false);
});

test('whoever applied a Fleet gives its labels to nobody once somebody else has applied the next one', async () => {
  const tags = { env: 'prod', tier: 'dev' };
  const world = await smallFleet({ clusters: [tagged('a', tags), tagged('b', tags)], policies: [] });
  await hours(world, 1.2);
  const overtaken = onceBefore(world, ['"kind":"Cluster"', '"stage":"dev"'], () => applyFleet(world, 'env', CARL));
  await applyFleet(world, 'tier');
  expect(overtaken()).toBe(true);
  expect((await clustersOf(world)).map(({ labels }) => labels)).toEqual([{ stage: 'prod' }, { stage: 'prod' }]);
});

describe('clusters of which the stored label is still that of the Fleet before', () => {
  const stages = { dev: tagged('z', { stage: 'x', env: 'dev' }), prod: tagged('a', { stage: 'x', env: 'prod' }) };
  const unsorted = async (...more: ReturnType<typeof tagged>[]) => {
    const world = await smallFleet({ clusters: [...more, stages.prod, stages.dev], policies: [] });
    await hours(world, 1.8);
    return world;
  };

  test('are planned into the waves of their new labels', async () => {
    const world = await unsorted();
    await applyAndDie(world, '"stage":"dev"');
    expect(await storedStage(world, 'z')).toBe('x');
    await applySpec(world, spec(at('dev'), at('prod')));
    await hours(world, 0.1);
    expect(await placesOf(world)).toEqual([
      ['z', 0],
      ['a', 1],
    ]);
    expect([touched(world, 'z'), touched(world, 'a')]).toEqual([true, false]);
  });

  test('are planned so by hand, too', async () => {
    const world = await unsorted();
    await applySpec(world, { ...spec(at('dev'), at('prod')), trigger: 'manual' });
    await applyAndDie(world, '"stage":"dev"');
    expect(await storedStage(world, 'z')).toBe('x');
    const { members } = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
    expect(members.map(({ name, waveIndex }) => [name, waveIndex])).toEqual([
      ['z', 0],
      ['a', 1],
    ]);
  });

  test('begin in the order of their waves while whoever applied it still writes the labels', async () => {
    const world = await unsorted();
    await applySpec(world, spec(at('dev'), at('prod')));
    await hours(world, 0.1);
    const begun = onceBefore(world, ['"kind":"Cluster"', '"stage":"dev"'], () => minutes(world, 3));
    await applyFleet(world, 'env');
    await hours(world, 0.2);
    expect([begun(), touched(world, 'z'), touched(world, 'a')]).toEqual([true, true, false]);
  });

  test('come into the waves of a rollout under way by their new labels', async () => {
    const world = await unsorted(tagged('c', { stage: 'canary', env: 'canary' }));
    await applySpec(world, spec(at('canary'), at('dev'), at('prod')));
    await hours(world, 0.1);
    await applyAndDie(world, '"stage":"dev"');
    await minutes(world, 5);
    expect(await storedStage(world, 'z')).toBe('x');
    expect(await placesOf(world)).toEqual([
      ['c', 0],
      ['z', 1],
      ['a', 2],
    ]);
    await minutes(world, 100);
    const begun = mutationsOf(world).map(({ clusterArn }) => clusterArn.split('/').at(-1));
    expect([...new Set(begun)]).toEqual(['c', 'z', 'a']);
  });
});

describe('a cluster that has failed by the label of the Fleet before, while the new one is stored nowhere yet,', () => {
  const p = tagged('p', { stage: 'dev', env: 'prod' });
  const policyOf = (stage: string, trigger: string, wave: object) => ({
    selector: { matchLabels: { stage } },
    target: 'latest',
    trigger,
    waves: [{ name: stage, ...wave }],
  });

  test('is not tried again in a rollout that has ended: the policy that selects it now asks for its own approval', async () => {
    const world = await smallFleet({
      clusters: [p, tagged('q', { stage: 'dev', env: 'dev' })],
      policies: [
        policyOf('dev', 'automatic', { maxConcurrency: 10, failureBudget: { maxFailures: 1 } }),
        policyOf('prod', 'automatic', { approval: { approvals: 1 } }),
      ],
      prepare: failing('p'),
    });
    await hours(world, 6.2);
    expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['CompletedWithFailures']);
    await applyAndDie(world, '"stage":"prod"');
    await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow('selected by');
    await hours(world, 6);
    expect(versionOf(world, 'p')).toBe('1.36');
  });

  test.each<[string, (world: World) => Promise<unknown>]>([
    ['has died', (world) => applyAndDie(world, '"stage":"prod"')],
    ['is done', (world) => applyFleet(world, 'env')],
  ])('is begun by hand in the windows that hold by the new one alone (whoever applied it %s)', async (_, change) => {
    const world = await smallFleet({
      clusters: [p],
      calendars: { nights: { windows: [{ name: 'n', schedule: '0 2 * * *', duration: '3h' }] } },
      policies: [policyOf('dev', 'manual', {}), policyOf('prod', 'manual', { calendar: 'nights' })],
      prepare: failing('p'),
    });
    const byHand = async () =>
      requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    await hours(world, 1.2);
    await byHand();
    await hours(world, 1.5);
    expect((await upgradesOf(world)).map(({ status }) => status)).toEqual(['Failed']);
    await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
    await change(world);
    await expect(byHand()).rejects.toThrow('none of its windows is open');
    await hours(world, 3);
    expect(versionOf(world, 'p')).toBe('1.36');
  });
});

test('a cap by a label counts who runs by the new label before whoever applied the Fleet has written it', async () => {
  const caps = { perLabel: { stage: 1 } };
  const tags = { stage: 'dev', env: 'prod' };
  const world = await smallFleet({ clusters: [tagged('a', tags), tagged('z', tags)], caps, policies: [] });
  await hours(world, 1.1);
  await requestUpgrade(world.ports, await recordOf(world, 'z'), '1.37', PERSON, { approve: true });
  await hours(world, 0.1);
  await applySpec(world, spec({ name: 'all', maxConcurrency: 10 }));
  await hours(world, 0.05);
  expect([touched(world, 'a'), touched(world, 'z')]).toEqual([false, true]);
  await applyAndDie(world, '"name":"z"', { caps });
  expect(await storedStage(world, 'z')).toBe('dev');
  await hours(world, 0.1);
  expect(touched(world, 'a')).toBe(false);
});

test('whoever asks for a grant is counted by the new label before that is written, too', async () => {
  const world = await heldByZ();
  await applyAndDie(world, '"name":"a"', { caps: ONE_A_STAGE });
  expect(await storedStage(world, 'a')).toBe('x');
  await askFor(world, 'a');
  expect(granted(world)).toBe(1);
});
