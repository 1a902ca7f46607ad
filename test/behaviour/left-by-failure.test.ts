import { upgradePolicySchema } from '../../core/config/schema/upgrade-policy.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout, pauseRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { planUpgrade } from '../../core/queries/upgrade-plan.ts';
import { Clusters, Grants } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import type { ClusterSpecification } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import {
  clusterArn,
  DAY,
  discover,
  hours,
  memberOf,
  minutes,
  mutationsOf,
  onRecord,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { failing } from './staged-fleet.ts';

const web: ClusterSpecification = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const stuckDrain = {
  clusterName: 'web',
  nodegroupName: 'workers',
  type: 'VersionUpdate',
  errorCode: 'PodEvictionFailure',
  errorMessage: 'no',
} as const;
const input = { cluster: clusterArn('web'), targetVersion: '1.37' };
const groupsOf = (world: World) =>
  Object.values(world.eks.state.clusters).flatMap(({ nodegroups }) => nodegroups.map(({ version }) => version));
const keyOf = async (world: World) => (await recordOf(world, 'web')).clusterKey;
const ask = async (world: World, approve = true) =>
  requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve });

/** The control plane is at 1.37 and the nodes are at 1.36: the hop failed, in the rollout of a policy or started by hand without one. */
async function failedHalfWay(how: 'in a rollout' | 'by hand', cluster = web): Promise<World> {
  const world = await smallFleet({
    clusters: [cluster],
    prepare: (state) => void state.plannedFailures.push(stuckDrain),
    ...(how === 'by hand' ? { policies: [] } : {}),
  });
  if (how === 'by hand') {
    await discover(world);
    await startByHand(world, 'upgrade-cluster', input, 'first');
  }
  await run(world);
  expect((await upgradesOf(world)).map(({ status, mutated }) => [status, mutated])).toEqual([['Failed', true]]);
  expect([versionOf(world, 'web'), groupsOf(world)]).toEqual(['1.37', ['1.36']]);
  return world;
}

describe.each(['in a rollout', 'by hand'] as const)('a hop that failed after its control plane moved, %s', (how) => {
  test('is not finished while its cluster is held', async () => {
    const world = await failedHalfWay(how);
    const plan = await ask(world, false);
    expect([plan.status, plan.refusals.map(({ code }) => code)]).toEqual(['Blocked', ['Held']]);
    expect((await startByHand(world, 'upgrade-cluster', input)).cause).toContain('Held');
    expect(groupsOf(world)).toEqual(['1.36']);
  });

  test('is finished by liftlock upgrade once a person has released it, in the name of who asks', async () => {
    const world = await failedHalfWay(how);
    await releaseCluster(world.ports, await keyOf(world), PERSON);
    expect(await ask(world)).toMatchObject({ from: '1.36', to: '1.37', hops: ['1.37'], status: 'Started' });
    await run(world);
    expect(groupsOf(world)).toEqual(['1.37']);
    expect(await upgradesOf(world)).toMatchObject([{ id: '1.36-1.37', status: 'Succeeded', requestedBy: PERSON }]);
    expect(mutationsOf(world).filter(({ operation }) => operation === 'UpdateClusterVersion')).toHaveLength(1);
    expect((await ask(world, false)).refusals.map(({ code }) => code)).toEqual(['AlreadyThere']);
  });

  test('is finished by upgrade-cluster that a person starts for the version it is at', async () => {
    const world = await failedHalfWay(how);
    await releaseCluster(world.ports, await keyOf(world), PERSON);
    expect((await startByHand(world, 'upgrade-cluster', input)).status).toBe('SUCCEEDED');
    expect([(await upgradesOf(world))[0]?.status, groupsOf(world)]).toEqual(['Succeeded', ['1.37']]);
  });
});

/** What lists, the description and the explanation of the cluster say, and who is to do what. */
async function told(world: World) {
  const record = await recordOf(world, 'web');
  const { state, reasons, when } = await explainCluster(world.ports, record);
  const [listed] = (await listClusters(world.ports, {})).items;
  const states = [listed?.state, (await loadClusterDetail(world.ports, record)).state, state];
  return { states, codes: reasons.map(({ code }) => code), condition: when.condition };
}
const blocked = ['Blocked', 'Blocked', 'Blocked'];
const behind = ['NodesBehind', 'NodesBehind', 'NodesBehind'];
const finish = 'Somebody removes the cause and runs: liftlock upgrade cluster web --to 1.37 --approve';

test('a cluster without a policy that a failed hop left half done is Blocked once it is released, until that is finished', async () => {
  const world = await failedHalfWay('by hand');
  await releaseCluster(world.ports, await keyOf(world), PERSON);
  const codes = ['PodEvictionFailure', 'HalfDone'];
  expect(await told(world)).toMatchObject({ states: blocked, codes: expect.arrayContaining(codes), condition: finish });
  await ask(world);
  await run(world);
  expect((await told(world)).states).toEqual(['Unmanaged', 'Unmanaged', 'Unmanaged']);
});

test('a cluster that a failed hop left half done in a rollout is not called up to date, and what finishes it is named', async () => {
  const world = await failedHalfWay('in a rollout');
  await releaseCluster(world.ports, await keyOf(world), PERSON);
  const retry = 'Somebody removes the cause and runs: liftlock retry cluster web';
  const proposed = 'somebody runs: liftlock rollout create policy-0 --finish (whom it takes says --dry-run)';
  const rolloutId = await rolloutIdOf(world);
  const resume = `liftlock rollout resume ${rolloutId} --accept-failures`;
  const ends = `somebody has looked at what halted it and runs: ${resume}, and the rollout ${rolloutId} ends`;
  const waits = `${retry}; or ${ends}, and then ${proposed}`;
  expect(await told(world)).toMatchObject({ states: behind, condition: waits });
  await abortRollout(world.ports, rolloutId, PERSON, 'not this month');
  const codes = expect.arrayContaining(['HalfDone', 'NodesBehind']);
  const byHand = 'liftlock upgrade cluster web --to 1.37 --approve';
  const condition = `Somebody removes the cause, and then ${proposed}; or somebody runs: ${byHand}`;
  expect(await told(world)).toMatchObject({ states: behind, codes, condition });
  const { stoppedBy } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(stoppedBy).toEqual([expect.objectContaining({ code: 'PodEvictionFailure' })]);
  await ask(world);
  await run(world);
  expect((await told(world)).states).toEqual(['UpToDate', 'UpToDate', 'UpToDate']);
});

test('a rollout that is asked to finish brings such a cluster to its end as well', async () => {
  const world = await failedHalfWay('in a rollout');
  await releaseCluster(world.ports, await keyOf(world), PERSON);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not this month');
  const { members } = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });
  expect(members.map(({ name, from, to }) => [name, from, to])).toEqual([['web', '1.37', '1.37']]);
  await minutes(world, 5);
  // What had stopped the hop is over while that runs.
  const running = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect([running.upgrade?.id, running.upgrade?.status, running.stoppedBy]).toEqual(['1.37-1.37', 'Running', []]);
  await run(world);
  expect((await told(world)).states).toEqual(['UpToDate', 'UpToDate', 'UpToDate']);
});

test.each([
  ['by hand', 'pin-version', '1.36', 'Pinned'],
  ['by hand', 'paused', 'true', 'Excluded'],
  ['by hand', 'paused', 'perhaps', 'BadTag'],
  ['in a rollout', 'pin-version', '1.36', 'Pinned'],
] as const)(
  'what would refuse to finish a half-done cluster is named before the command: %s, tag %s=%s',
  async (how, tag, value, code) => {
    const world = await failedHalfWay(how);
    if (how === 'in a rollout') await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not this month');
    const read = await load(world.table, Clusters, await keyOf(world));
    const tagged = replace(Clusters, read, { ...(await recordOf(world, 'web')), tags: { [`liftlock/${tag}`]: value } });
    await onRecord(world, 'Seen', tagged);
    const once = `Once nothing refuses it any more (now ${code}), somebody`;
    const run = 'liftlock upgrade cluster web --to 1.37 --approve';
    const release = `${once} runs: liftlock release cluster web, and then runs: ${run}`;
    expect(await told(world)).toMatchObject({ codes: expect.arrayContaining(['Held', code]), condition: release });
    await releaseCluster(world.ports, await keyOf(world), PERSON);
    await expect(ask(world)).rejects.toThrow(`liftlock/${tag}`);
    const codes = ['PodEvictionFailure', 'HalfDone', code];
    const condition = `${once} removes the cause and runs: ${run}`;
    expect(await told(world)).toMatchObject({ codes: expect.arrayContaining(codes), condition });
  },
);

test('the plan of what finishes a half-done cluster moves no control plane', async () => {
  const world = await failedHalfWay('by hand');
  await releaseCluster(world.ports, await keyOf(world), PERSON);
  const { checks } = await planUpgrade(world.ports, await recordOf(world, 'web'), '1.37');
  expect(checks).toContain('upgrade-control-plane: nothing, it is at 1.37 already.');
});

test('a half-done cluster that a tag excludes from the next minor is told that it is half done, and what finishes it', async () => {
  const spec = (target: string) => ({ selector: {}, target, trigger: 'automatic', waves: [{ name: 'all' }] });
  const world = await smallFleet({
    clusters: [{ ...web, version: '1.35' }],
    policies: [spec('1.36')],
    prepare: (state) => void state.plannedFailures.push(stuckDrain),
  });
  await run(world);
  await releaseCluster(world.ports, await keyOf(world), PERSON);
  for (const one of Object.values(world.eks.state.clusters)) one.tags['liftlock/paused'] = 'true';
  await discover(world);
  const newer = { apiVersion: 'liftlock/v1alpha1', kind: 'UpgradePolicy', metadata: { name: 'policy-0' } };
  await applyConfig(world.ports, [upgradePolicySchema.parse({ ...newer, spec: spec('1.37') })], PERSON);
  const halfDone = {
    states: ['Excluded', 'Excluded', 'Excluded'],
    codes: ['Excluded', 'PodEvictionFailure', 'PodsStayed', 'HalfDone', 'NodesBehind'],
  };
  const first = 'What excludes it is taken away. What finishes the hop to 1.36: ';
  const once = 'Once nothing refuses it any more (now Excluded), somebody removes the cause and runs:';
  expect(await told(world)).toEqual({ ...halfDone, condition: `${first}${once} liftlock retry cluster web` });
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not this month');
  const upgrade = `${first}${once} liftlock upgrade cluster web --to 1.36 --approve`;
  expect(await told(world)).toEqual({ ...halfDone, condition: upgrade });
});

test('a cluster that is retried at its version waits, and is not called up to date', async () => {
  const world = await failedHalfWay('in a rollout');
  await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'lunch').catch(() => undefined);
  await retryCluster(world.ports, await keyOf(world), PERSON);
  expect((await told(world)).states).toEqual(['Waiting', 'Waiting', expect.stringMatching(/Waiting|Starting/)]);
});

test('a retry of a hop that was started by hand is refused, and names what explain names, which works', async () => {
  const world = await failedHalfWay('by hand');
  const verdict = async () => explainCluster(world.ports, await recordOf(world, 'web'));
  const way = 'liftlock release cluster web, and then runs: liftlock upgrade cluster web --to 1.37 --approve';
  expect(await verdict()).toMatchObject({ state: 'Held', when: { condition: `Somebody runs: ${way}` } });
  const retried = retryCluster(world.ports, await keyOf(world), PERSON);
  await expect(retried).rejects.toThrow(`Somebody runs: ${way}`);
  expect((await verdict()).state).toBe('Held');
  await releaseCluster(world.ports, await keyOf(world), PERSON);
  await ask(world);
  await run(world);
  expect(groupsOf(world)).toEqual(['1.37']);
});

test('a retry of a hop that failed in a rollout is what explain names, and works', async () => {
  const world = await failedHalfWay('in a rollout');
  const { when } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(when.condition).toBe('Somebody removes the cause and runs: liftlock retry cluster web (or release).');
  await retryCluster(world.ports, await keyOf(world), PERSON);
  await run(world);
  expect(groupsOf(world)).toEqual(['1.37']);
});

test('what a hop has broken is not taken for normal when a person finishes it', async () => {
  const api = { kind: 'Deployment' as const, namespace: 'shop', name: 'api', replicas: 2, labels: { app: 'api' } };
  const workloads = [{ ...api, image: 'api:1', crashesFromKubelet: '1.37' }];
  const world = await smallFleet({ clusters: [{ ...web, workloads }] });
  await run(world);
  for (const attempt of [1, 2]) {
    expect([attempt, (await upgradesOf(world))[0]?.reasons]).toMatchObject([attempt, [{ code: 'MoreUnhealthyPods' }]]);
    await releaseCluster(world.ports, await keyOf(world), PERSON);
    await ask(world);
    await run(world);
  }
  expect((await upgradesOf(world))[0]).toMatchObject({ status: 'Failed', reasons: [{ code: 'MoreUnhealthyPods' }] });
});

test('a hop that a person started and that failed is a failure of the wave in which its cluster waits, until it is tried again', async () => {
  const other: ClusterSpecification = { name: 'other', version: '1.36', nodegroups: [{ name: 'workers' }] };
  const world = await smallFleet({
    clusters: [web, other],
    policy: { waves: [{ name: 'all', maxConcurrency: 2, failureBudget: { maxFailures: 0 } }] },
    prepare: (state) => void state.plannedFailures.push(stuckDrain),
  });
  await discover(world);
  await startByHand(world, 'upgrade-cluster', input, 'first');
  await run(world);
  expect((await wavesOf(world)).map(({ status, failed, blocked }) => [status, failed, blocked])).toEqual([
    ['Halted', 1, 0],
  ]);
  await retryCluster(world.ports, await keyOf(world), PERSON);
  await run(world);
  expect((await wavesOf(world)).map(({ status, succeeded, failed }) => [status, succeeded, failed])).toEqual([
    ['Completed', 2, 0],
  ]);
  expect(groupsOf(world)).toEqual(['1.37', '1.37']);
});

describe('a failure that a retry has taken back', () => {
  /** The wave of `web` has halted by its failure, and somebody has it tried again. */
  async function retried(): Promise<World> {
    const world = await failedHalfWay('in a rollout');
    expect((await wavesOf(world))[0]).toMatchObject({ status: 'Halted', failed: 1 });
    await retryCluster(world.ports, await keyOf(world), PERSON);
    expect((await wavesOf(world))[0]).toMatchObject({ status: 'Open', failed: 0 });
    return world;
  }

  test('cannot be skipped away', async () => {
    const world = await retried();
    await expect(skipCluster(world.ports, await keyOf(world), PERSON, 'not needed')).rejects.toThrow('half done');
  });

  test.each([
    ['a tag takes the cluster out', { 'liftlock/pin-version': '1.36' }],
    ['a tag keeps Liftlock away', { 'liftlock/paused': 'true' }],
  ])('counts again when %s before it was tried', async (_, tags) => {
    const world = await retried();
    for (const one of Object.values(world.eks.state.clusters)) Object.assign(one.tags, tags);
    await discover(world);
    await run(world);
    expect((await wavesOf(world))[0]).toMatchObject({ status: 'Halted', failed: 1, excluded: 0 });
  });

  test('counts again when the cluster is deleted', async () => {
    const world = await retried();
    const [at, account, region] = [world.clock.now().getTime(), '111111111111', 'eu-central-1'];
    world.eks.addActor({ at, account, region, do: 'delete-cluster', cluster: 'web' });
    await discover(world);
    await run(world);
    expect((await wavesOf(world))[0]).toMatchObject({ status: 'Halted', failed: 1, excluded: 0 });
  });

  test('is none when the cluster is upgraded after all', async () => {
    const world = await retried();
    await run(world);
    expect((await wavesOf(world))[0]).toMatchObject({ status: 'Completed', failed: 0, succeeded: 1 });
  });
});

test('a new cluster that was started by hand and failed is not failed again by a retry, and has succeeded once it is finished', async () => {
  const world = await smallFleet({
    clusters: [
      { ...web, createdAt: DAY },
      { ...web, name: 'old' },
    ],
    prepare: (state) => void state.plannedFailures.push(stuckDrain),
  });
  await hours(world, 1);
  expect((await memberOf(world, 'web')).status).toBe('Quarantined');
  await startByHand(world, 'upgrade-cluster', input);
  const until = '2026-11-20T14:00:00.000Z';
  const retry = async () => retryCluster(world.ports, await keyOf(world), PERSON);
  await expect(retry()).rejects.toThrow(`new ones are left alone until ${until}`);
  const once = 'Once nothing refuses it any more (now RecentlyCreated), somebody';
  const explained = async () => (await explainCluster(world.ports, await recordOf(world, 'web'))).when;
  expect(await explained()).toEqual({
    at: until,
    condition: `${once} removes the cause and runs: liftlock retry cluster web (or release).`,
  });
  await releaseCluster(world.ports, await keyOf(world), PERSON);
  expect(await explained()).toEqual({
    at: until,
    condition: expect.stringContaining(
      `${once} removes the cause and runs: liftlock retry cluster web; or somebody has looked at what halted it and runs: `,
    ),
  });
  await ask(world);
  await hours(world, 1);
  expect([(await memberOf(world, 'web')).status, (await wavesOf(world))[0]?.status]).toEqual(['Failed', 'Halted']);
  const condition = 'It is whole at 1.37: it counts as succeeded once somebody runs: liftlock retry cluster web';
  expect(await explained()).toEqual({ at: null, condition });
  await retry();
  await run(world);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  expect([(await rolloutsOf(world))[0]?.status, (await wavesOf(world))[0]]).toMatchObject([
    'Completed',
    { failed: 0, succeeded: 2 },
  ]);
});

test('who stops a nested execution is told that it was stopped, and not what Step Functions wrote about it', async () => {
  const world = await smallFleet({ clusters: [web] });
  onStep(world, 'roll-node-group/workers', 'running', 'web', async () => {
    const executionArn = (await load(world.table, Grants, await keyOf(world)))?.data.children.at(-1) ?? '';
    await world.runner.stopExecution({ executionArn, error: 'StoppedByHand', cause: 'an operator pressed Stop' });
  });
  await run(world);
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'web'));
  const stopped =
    'ended ABORTED without concluding. StoppedByHand: an operator pressed Stop. Versions that it had moved stay.';
  expect(reasons[0]?.message).toMatch(/^Held since .*: The execution .*--roll-node-group-all-0 ended/);
  expect(reasons[0]?.message).toContain(stopped);
  expect((await upgradesOf(world))[0]?.reasons).toMatchObject([{ code: 'StoppedFromOutside' }]);
});

test('who has failed is Blocked in lists too, also when a wave was inserted before its own, or another one selects it by now', async () => {
  const [early, other] = ['early', 'other'].map((name) => ({ name, clusters: [name] }));
  const all = { name: 'all', failureBudget: { maxFailures: 1 }, soak: '48h' };
  const policyOf = (...waves: readonly (object | undefined)[]) => ({ selector: {}, target: 'latest', waves });
  const world = await smallFleet({
    clusters: [web, { ...web, name: 'whole' }],
    policy: policyOf(all),
    prepare: failing('web'),
  });
  await hours(world, 6);
  await releaseCluster(world.ports, await keyOf(world), PERSON);
  const listed = async () => (await listClusters(world.ports, {})).items.find(({ name }) => name === 'web')?.state;
  expect(await listed()).toBe('Blocked');
  for (const waves of [
    [early, all],
    [early, all, other],
    [{ ...other, clusters: ['web'] }, early, all],
  ]) {
    const one = { apiVersion: 'liftlock/v1alpha1', kind: 'UpgradePolicy', metadata: { name: 'policy-0' } };
    await applyConfig(world.ports, [upgradePolicySchema.parse({ ...one, spec: policyOf(...waves) })], PERSON);
    await hours(world, 1);
    expect(await listed()).toBe('Blocked');
  }
});
