import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { at, clusterOf, groupsOf, hold, keyOf, lookAround, spec } from './changed-policy.ts';
import {
  beforeCommit,
  beginByHand,
  clusterArn,
  controlsOf,
  hours,
  memberOf,
  nodesFail,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

// docs/semantics.md, Failure budget: what fails in a single step by hand beside the hop that a rollout has parked half-way fails as part of that hop.
const P = { name: 'p', version: '1.35', tags: { stage: 'dev' }, nodegroups: [{ name: 'one' }, { name: 'two' }] };
type World = Awaited<ReturnType<typeof smallFleet>>;
const pausesBeforeRoll = {
  ...beforeCommit(async (one) => void (await pauseRollout(one.ports, await rolloutIdOf(one), PERSON, 'x'))),
  function: 'roll-node-group' as const,
};
const askFor = async (world: World, version: string): Promise<string> =>
  requestUpgrade(world.ports, await recordOf(world, 'p'), version, PERSON, { approve: true }).then(
    () => 'ok',
    (error: Error) => error.message,
  );
const retry = async (world: World): Promise<string> =>
  retryCluster(world.ports, await keyOf(world, 'p'), PERSON).then(
    () => 'ok',
    (error: Error) => error.message,
  );
const stateOf = async (world: World) => (await explainCluster(world.ports, await recordOf(world, 'p'))).state;
const hopOf = async (world: World) =>
  (await upgradesOf(world)).find(({ clusterKey, id }) => clusterKey.includes('/p') && id === '1.35-1.36');

async function rolledByHand(maxFailures: number) {
  const world = await smallFleet({
    clusters: [P, ...staged('dev', ['q'], '1.35')],
    policy: { ...spec(at('dev', { maxConcurrency: 1, failureBudget: { maxFailures } })), target: '1.36' },
    prepare: nodesFail,
    faults: [pausesBeforeRoll],
  });
  await hours(world, 3);
  expect(await hopOf(world)).toMatchObject({ status: 'Parked', mutated: true });
  await beginByHand(world, 'roll-node-group', { cluster: clusterArn('p'), nodegroup: 'one', targetVersion: '1.36' });
  await hours(world, 3);
  return world;
}

test('it counts in its wave at once, which halts, and its place is given back', async () => {
  const world = await rolledByHand(0);
  expect(await hopOf(world)).toMatchObject({ status: 'Failed' });
  expect(await memberOf(world, 'p')).toMatchObject({ status: 'Failed', inFlight: false });
  expect((await wavesOf(world))[0]).toMatchObject({ status: 'Halted', failed: 1, inFlight: 0 });
  const held = (await controlsOf(world)).find(({ clusterKey }) => clusterKey.includes('/p'))?.held;
  expect(held).toMatchObject({ mutated: true, upgradeId: '1.35-1.36' });
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON).catch(() => undefined);
  await hours(world, 14);
  expect(versionOf(world, 'q')).toBe('1.35');
});

test('it is no less when its cluster is deleted', async () => {
  const world = await rolledByHand(0);
  const gone = clusterOf(world, 'p');
  if (gone !== undefined) delete world.eks.state.clusters[gone.arn];
  await lookAround(world);
  await hours(world, 6);
  expect([(await memberOf(world, 'p')).status, (await wavesOf(world))[0]?.failed]).toEqual(['Failed', 1]);
});

test('a retry has the rollout make that hop to its end, within its concurrency', async () => {
  const world = await rolledByHand(1);
  expect(await retry(world)).toBe('ok');
  expect((await memberOf(world, 'p')).status).toBe('Pending');
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  let most = 0;
  for (let look = 0; look < 40; look += 1) {
    await hours(world, 0.2);
    const going = (await upgradesOf(world)).filter(
      ({ mutated, status, rolloutId }) =>
        mutated && (status === 'Running' || status === 'Parked') && rolloutId !== undefined,
    );
    most = Math.max(most, going.length);
  }
  expect([most, groupsOf(world, 'p'), groupsOf(world, 'q')]).toEqual([1, ['1.36', '1.36'], ['1.36']]);
  expect((await rolloutsOf(world))[0]?.status).toBe('Completed');
});

test('after a release the command that is named finishes it', async () => {
  const world = await rolledByHand(1);
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  expect(await askFor(world, '1.36')).toBe('ok');
  await hours(world, 3);
  expect([groupsOf(world, 'p'), (await memberOf(world, 'p')).status]).toEqual([['1.36', '1.36'], 'Failed']);
});

// docs/semantics.md, Windows, bakes, watches and estimates: of what no rollout of the cluster makes the retry is refused, and the hold stays.
const rolledBeforeItsTurn = async () => {
  const nodegroups = [
    { name: 'one', version: '1.35' },
    { name: 'two', version: '1.35' },
  ];
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['d'], '1.36'),
      { ...P, version: '1.36', tags: { stage: 'prod' }, nodegroups } as never,
      ...staged('prod', ['q'], '1.36'),
    ],
    policy: spec(at('dev', { soak: '72h' }), at('prod', { failureBudget: { maxFailures: 1 } })),
    prepare: nodesFail,
  });
  await hours(world, 3);
  await beginByHand(world, 'roll-node-group', { cluster: clusterArn('p'), nodegroup: 'one', targetVersion: '1.36' });
  await hours(world, 3);
  return world;
};

test('a failed roll by hand is not retried by a rollout of another hop, nor forgotten', async () => {
  const world = await rolledBeforeItsTurn();
  expect(await retry(world)).toContain('no rollout would try it again');
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'given up');
  await hours(world, 1);
  expect(await askFor(world, '1.37')).toContain('held');
  expect([await stateOf(world), versionOf(world, 'p')]).toEqual(['Held', '1.36']);
});

test('nor is a control plane that somebody moved further by hand', async () => {
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['d'], '1.35'),
      { name: 'p', version: '1.35', tags: { stage: 'prod' }, nodegroups: [{ name: 'one' }] },
      ...staged('prod', ['q'], '1.35'),
    ],
    policy: { ...spec(at('dev', { soak: '60h' }), at('prod', { failureBudget: { maxFailures: 1 } })), target: '1.36' },
  });
  await hours(world, 3);
  expect(await askFor(world, '1.36')).toBe('ok');
  await hours(world, 3);
  failing('p')(world.eks.state);
  await beginByHand(world, 'upgrade-control-plane', { cluster: clusterArn('p'), targetVersion: '1.37' });
  await hours(world, 3);
  expect(await retry(world)).toContain('no rollout would try it again');
  await hours(world, 3);
  expect(await stateOf(world)).toBe('Held');
});

test('a second hop that failed by hand, and that its rollout makes too, is tried again', async () => {
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['a'], '1.35'),
      { name: 'p', version: '1.35', tags: { stage: 'dev' }, nodegroups: [{ name: 'one' }] },
    ],
    policy: spec(at('dev', { maxConcurrency: 1, failureBudget: { maxFailures: 1 } })),
  });
  await hours(world, 0.1);
  await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'x');
  expect(await askFor(world, '1.36')).toBe('ok');
  await hours(world, 4);
  failing('p')(world.eks.state);
  expect(await askFor(world, '1.37')).toBe('ok');
  await hours(world, 3);
  world.eks.state.plannedFailures.splice(0);
  expect(await retry(world)).toBe('ok');
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  await hours(world, 24);
  expect([versionOf(world, 'p'), (await memberOf(world, 'p')).status]).toEqual(['1.37', 'Succeeded']);
});

// docs/semantics.md, Windows, bakes, watches and estimates: the hold comes back when no rollout is to try it any more.
test('the hold comes back when somebody else has moved the control plane past what was to be tried again', async () => {
  const policy = { ...spec(at('dev')), target: '1.37' };
  const world = await smallFleet({ clusters: [P], policy, prepare: nodesFail });
  await hours(world, 4);
  expect(await retry(world)).toBe('ok');
  await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'x');
  for (const one of Object.values(world.eks.state.clusters)) if (one.name === 'p') one.version = '1.37';
  await lookAround(world);
  await hours(world, 24);
  expect([await stateOf(world), (await memberOf(world, 'p')).status]).toEqual(['Held', 'Failed']);
});

test('the hold comes back when its rollout is aborted while it is tried, and a release lets it be finished', async () => {
  const world = await smallFleet({ clusters: [P], policy: { ...spec(at('dev')), target: '1.36' }, prepare: nodesFail });
  await hours(world, 4);
  expect(await retry(world)).toBe('ok');
  await hours(world, 0.2);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'x');
  await hours(world, 3);
  expect(await stateOf(world)).toBe('Held');
  expect(await askFor(world, '1.36')).toContain('held');
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  expect(await askFor(world, '1.36')).toBe('ok');
  await hours(world, 3);
  expect(groupsOf(world, 'p')).toEqual(['1.36', '1.36']);
});

test('a release counts nothing in a rollout that has ended', async () => {
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['a'], '1.36'),
      { name: 'p', version: '1.36', tags: { stage: 'dev' }, nodegroups: [{ name: 'one' }] },
    ],
    policy: spec(at('dev', { maxConcurrency: 1 })),
    prepare: failing('p'),
  });
  await hours(world, 0.2);
  await hold(world, 'p');
  await hours(world, 3);
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await hours(world, 48);
  const ended = async () => [await wavesOf(world), (await rolloutsOf(world)).map(({ status }) => status)];
  const before = await ended();
  expect(before[1]).toEqual(['Completed']);
  expect(await askFor(world, '1.37')).toBe('ok');
  await hours(world, 3);
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await hours(world, 3);
  expect(await ended()).toEqual(before);
});
