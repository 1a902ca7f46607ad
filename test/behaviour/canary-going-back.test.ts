import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listRollouts, loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { loadAllMembers } from '../../simulator/process/load-all-members.ts';
import type { World } from '../../simulator/process/world.ts';
import { at } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import { hours, PERSON, recordOf, run, smallFleet, upgradesOf, versionOf, wavesOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

// docs/semantics.md, Waves: while a cluster of a wave goes back nothing begins after it, and a wave that soaks does not pass.

const prod = ['p1', 'p2', 'p3'];

const crashing = {
  ...{ kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: 2 },
  ...{ labels: { app: 'web' }, image: 'web:1', crashesFromKubelet: '1.37' },
};

/** A canary of two, of which one more may fail than is tried here. */
function fleet(canary: object, policy: object = {}, workload?: typeof crashing): Promise<World> {
  const [c, ...others] = [...staged('canary', ['c', 'd']), ...staged('prod', prod)];
  return smallFleet({
    clusters: [{ name: 'c', version: '1.36', ...c, ...(workload && { workloads: [workload] }) }, ...others],
    policy: {
      ...policy,
      waves: [
        at('canary', { maxConcurrency: 2, failureBudget: { maxFailures: 1 }, ...canary }),
        at('prod', { maxConcurrency: 1 }),
      ],
    },
  });
}

const waves = async (world: World) => (await wavesOf(world)).map(({ name, status }) => `${name} ${status}`);
const goBack = async (world: World) =>
  requestRollback(world.ports, await recordOf(world, 'c'), PERSON, { approve: true });
const begunOf = async (world: World) =>
  (await upgradesOf(world)).filter(({ clusterKey }) => /\/p\d/.test(clusterKey)).map(({ startedAt }) => startedAt);
const backOf = async (world: World) => (await upgradesOf(world)).find(({ machine }) => machine === 'rollback-cluster');
const codesOf = async (world: World, name: string) =>
  (await explainCluster(world.ports, await recordOf(world, name))).reasons.map(({ code }) => code);

test('while a canary is taken back no more of production begins, and it goes on after that', async () => {
  const world = await fleet({});
  onStep(world, 'upgrade-control-plane', 'done', 'p1', () => goBack(world));
  await hours(world, 3);
  const begun = await begunOf(world);
  const back = await backOf(world);
  expect([back?.status, versionOf(world, 'c'), begun.length > 1]).toEqual(['Succeeded', '1.36', true]);
  const since = begun.filter((at = '') => at > `${back?.startedAt}`);
  expect(since.filter((at = '') => at < `${back?.endedAt}`)).toEqual([]);
  await run(world);
  expect([await waves(world), prod.map((name) => versionOf(world, name))]).toEqual([
    ['canary CompletedWithFailures', 'prod Completed'],
    ['1.37', '1.37', '1.37'],
  ]);
  expect((await wavesOf(world))[0]?.goingBack).toBeUndefined();
});

test('a canary that soaks does not pass by one that has failed on its way back, before that is let go', async () => {
  const world = await fleet({ soak: '6h' });
  await hours(world, 3);
  expect(await waves(world)).toEqual(['canary Soaking', 'prod Pending']);
  world.eks.state.plannedFailures.push({
    ...{ clusterName: 'c', nodegroupName: 'workers', type: 'VersionUpdate' },
    ...{ errorCode: 'PodEvictionFailure', errorMessage: 'no' },
  });
  await goBack(world);
  // From when it is asked for, and not from its grant alone.
  expect((await wavesOf(world))[0]?.goingBack).toHaveLength(1);
  await hours(world, 24);
  expect([(await backOf(world))?.status, await waves(world)]).toEqual(['Failed', ['canary Soaking', 'prod Pending']]);
  expect(await codesOf(world, 'p1')).toContain('GoesBack');
  const [rollout] = (await listRollouts(world.table, world.clock.now())).items;
  expect([rollout?.reasons[0]?.code, rollout?.reasons[0]?.message]).toEqual([
    'GoesBack',
    expect.stringMatching(/^Nothing begins after the wave canary before the rollback of c has ended/),
  ]);
  expect((await wavesOf(world))[0]?.reasons[0]?.code).toBe('GoesBack');
  // Nobody's word has it pass later, when the rollback has come to something that nobody has seen by then.
  await expect(promoteRollout(world.ports, rollout?.id ?? '', PERSON, 'all is well')).rejects.toThrow(/rollback of c/);
  expect((await explainCluster(world.ports, await recordOf(world, 'c'))).rollout?.memberStatus).toBe('GoesBack');
  const { members } = await loadRolloutDetail(world.table, rollout?.id ?? '', world.clock.now());
  expect(members.flatMap(({ name, goesBack }) => (goesBack === true ? name : []))).toEqual(['c']);
  await releaseCluster(world.ports, (await recordOf(world, 'c')).clusterKey, PERSON);
  await run(world);
  expect((await waves(world))[1]).toBe('prod Completed');
});

test.each([
  ['a person asks for it', {}, undefined],
  ['it goes back by itself', { rollback: { automatic: true, windows: 'ignore' } }, crashing],
])('nor does a wave open after a canary that has passed, where %s', async (_, policy, workload) => {
  const world = await fleet({}, policy, workload);
  if (workload === undefined) onStep(world, 'smoke-check', 'done', 'd', () => goBack(world));
  await hours(world, 2);
  const back = await backOf(world);
  const [, opened] = await wavesOf(world);
  expect([back?.status, `${opened?.openedAt}` >= `${back?.endedAt}`]).toEqual(['Succeeded', true]);
});

function deleteCanary(world: World): void {
  const caller = { account: '111111111111', region: 'eu-central-1', principal: 'arn:aws:iam::111111111111:role/ann' };
  for (const { name, nodegroups } of Object.values(world.eks.state.clusters)) if (name === 'c') nodegroups.length = 0;
  world.eks.operation('DeleteCluster', { name: 'c' }, caller, world.clock.now());
}

const memberOf = async (world: World) => (await loadAllMembers(world.table)).find(({ name }) => name === 'c');

test('a canary that is deleted after its rollback has failed half-way keeps nothing back any more, and proves nothing', async () => {
  const world = await fleet({ soak: '6h' });
  await hours(world, 3);
  world.eks.state.plannedFailures.push({
    ...{ clusterName: 'c', nodegroupName: 'workers', type: 'VersionUpdate' },
    ...{ errorCode: 'PodEvictionFailure', errorMessage: 'no' },
  });
  await goBack(world);
  await hours(world, 12);
  expect([(await backOf(world))?.status, await waves(world)]).toEqual(['Failed', ['canary Soaking', 'prod Pending']]);
  deleteCanary(world);
  await run(world);
  expect(await waves(world)).toEqual(['canary CompletedWithFailures', 'prod Completed']);
  const member = await memberOf(world);
  expect([member?.status, member?.reasons[0]?.code]).toEqual(['Failed', 'Gone']);
  expect((await wavesOf(world))[0]).toMatchObject({ succeeded: 1, failed: 1 });
  expect((await wavesOf(world))[0]).not.toHaveProperty('goingBack');
  // A restore folds it, or the wait would be back.
  expect(world.table.auditTimeline().map(({ event }) => event)).toContain('MemberFailed');
});

test.each([
  ['while its node groups go back', 'scan-cluster', true, ['Failed', 'Gone', 'canary Halted', 'prod Pending']],
  ['before anything has gone back', undefined, false, ['Succeeded', 'Looked', 'canary Completed', 'prod Completed']],
])('a canary that is deleted %s counts as what its rollback has made of it', async (_, step, isChanged, expected) => {
  const world = await fleet({ soak: '6h', failureBudget: { maxFailures: 0 } });
  await hours(world, 3);
  if (step === undefined) deleteCanary(world);
  else onStep(world, step, 'done', 'c', async () => deleteCanary(world));
  await goBack(world);
  await run(world);
  const member = await memberOf(world);
  expect((await backOf(world))?.mutated).toBe(isChanged);
  expect([member?.status, member?.reasons[0]?.code, ...(await waves(world))]).toEqual(expected);
  expect((await wavesOf(world))[0]).not.toHaveProperty('goingBack');
});

test('a cluster that is deleted on its way back is not said to go back for ever where its rollout has ended', async () => {
  const world = await smallFleet({ clusters: staged('canary', ['c', 'd']), policy: { waves: [at('canary')] } });
  await run(world);
  onStep(world, 'scan-cluster', 'done', 'c', async () => deleteCanary(world));
  await goBack(world);
  await run(world);
  expect(await backOf(world)).toMatchObject({ status: 'Canceled', mutated: true });
  const [{ id = '', status } = {}] = (await listRollouts(world.table, world.clock.now())).items;
  const { members } = await loadRolloutDetail(world.table, id, world.clock.now());
  expect([status, members.filter(({ goesBack }) => goesBack === true)]).toEqual(['Completed', []]);
});
