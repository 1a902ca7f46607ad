import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { cancelDrain, requestDrain } from '../../core/operations/request-drain.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import { FakeKubernetes } from '../../simulator/kubernetes/fake-kubernetes.ts';
import { createInMemoryClusterReader } from '../../simulator/kubernetes/in-memory-cluster-reader.ts';
import type { World } from '../../simulator/process/world.ts';
import { discover, minutes, PERSON, recordOf, run, smallFleet, upgradesOf } from './small-fleet.ts';

const api = {
  kind: 'Deployment',
  namespace: 'shop',
  name: 'api',
  replicas: 6,
  labels: { app: 'api' },
  image: 'registry.example/api:1',
} as const;
const web = {
  ...{ name: 'web', version: '1.36', workloads: [api] },
  nodegroups: [
    { name: 'legacy', nodes: 3 },
    { name: 'new', nodes: 3 },
  ],
};
const strict = { namespace: 'shop', name: 'strict', matchLabels: { app: 'api' }, minAvailable: 6 };

async function shop(given: { drain?: object | undefined; budgets?: (typeof strict)[] } = {}): Promise<World> {
  const { drain = { pause: '0s' }, budgets = [] } = given;
  const world = await smallFleet({
    clusters: [{ ...web, podDisruptionBudgets: budgets }],
    policy: { trigger: 'manual', ...('drain' in given && given.drain === undefined ? {} : { drain }) },
  });
  await discover(world);
  return world;
}

const start = async (world: World) =>
  requestDrain(world.ports, await recordOf(world, 'web'), 'legacy', PERSON, { approve: true });
const stateOf = (world: World) => Object.values(world.eks.state.clusters)[0]?.kubernetes ?? { nodes: [], pods: [] };
/** As `kubectl patch pdb` does. */
async function loosen(world: World, minAvailable: number): Promise<void> {
  const fake = new FakeKubernetes(world.eks);
  const [{ arn } = { arn: '' }] = Object.values(world.eks.state.clusters);
  const calls = createInMemoryClusterReader({ fake, clusterArn: arn, principal: PERSON, clock: world.clock });
  const path = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/strict';
  const contentType = 'application/merge-patch+json';
  const { status } = await calls.change({ method: 'PATCH', path, contentType, body: { spec: { minAvailable } } });
  expect(status).toBe(200);
}
const cordoned = (world: World) =>
  stateOf(world).nodes.flatMap((node) => (node.unschedulable ? [node.nodegroupName] : []));
const podsOnLegacy = (world: World) => {
  const legacy = new Set(stateOf(world).nodes.flatMap((node) => (node.nodegroupName === 'legacy' ? [node.name] : [])));
  return stateOf(world).pods.filter((pod) => legacy.has(pod.nodeName ?? '')).length;
};
const drainOf = async (world: World) => (await upgradesOf(world)).find(({ machine }) => machine === 'drain-nodes');
const open = async (world: World) =>
  (await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).length;

test('the nodes of a group are cordoned and emptied, stay so, and nothing is left to undo', async () => {
  const world = await shop();
  expect(podsOnLegacy(world)).toBeGreaterThan(0);
  expect((await start(world)).status).toBe('Started');
  await run(world, 1);
  expect(await drainOf(world)).toMatchObject({ status: 'Succeeded', requestedBy: PERSON, mutated: true });
  expect([podsOnLegacy(world), cordoned(world)]).toEqual([0, ['legacy', 'legacy', 'legacy']]);
  expect([await open(world), (await upgradesOf(world)).length]).toEqual([0, 1]);
});

test('a budget that lets no pod go is named, and once its time is over the cordons are taken back', async () => {
  const world = await shop({ budgets: [strict], drain: { pause: '0s', podTimeout: '10m' } });
  await start(world);
  await minutes(world, 3);
  const running = await drainOf(world);
  expect(running?.status).toBe('Running');
  const [step] = Object.values(running?.steps ?? {});
  expect(step?.reasons[0]).toMatchObject({ code: 'DrainBudget', message: expect.stringMatching(/shop\/api-.*strict/) });
  expect(cordoned(world).length).toBeGreaterThan(0);
  const told = () => world.bus.published.filter(({ event }) => event.type === 'DrainBlocked');
  expect([told().length, told()[0]?.at.getTime()]).toEqual([1, expect.any(Number)]);
  expect((told()[0]?.at.getTime() ?? 0) - Date.parse(step?.startedAt ?? '')).toBeLessThanOrEqual(60_000);
  await run(world, 1);
  expect(told()).toHaveLength(1);
  expect((await drainOf(world))?.status).toBe('Failed');
  expect([cordoned(world), await open(world)]).toEqual([[], 0]);
  expect((await upgradesOf(world)).find(({ machine }) => machine === 'restore-nodes')?.status).toBe('Succeeded');
});

test('a budget that somebody loosens in the middle lets it go on', async () => {
  const world = await shop({ budgets: [strict] });
  await start(world);
  await minutes(world, 3);
  await loosen(world, 4);
  await run(world, 1);
  expect((await drainOf(world))?.status).toBe('Succeeded');
  expect(podsOnLegacy(world)).toBe(0);
});

test('without spec.drain nothing is touched, and it is said what is missing', async () => {
  const world = await shop({ drain: undefined });
  const cluster = await recordOf(world, 'web');
  const plan = await requestDrain(world.ports, cluster, 'legacy', PERSON, { approve: false });
  expect(plan).toMatchObject({ status: 'Blocked', drain: null, refusals: [{ code: 'DrainNotAllowed' }] });
  await expect(start(world)).rejects.toThrow('has no spec.drain');
  await expect(requestDrain(world.ports, cluster, 'legacyy', PERSON, { approve: false })).rejects.toThrow(
    'has no node group "legacyy": it has legacy, new.',
  );
  expect(cordoned(world)).toEqual([]);
});

test('a stop halts it, the cordons stay, and it goes on where it was', async () => {
  const world = await shop({ budgets: [strict] });
  await start(world);
  await minutes(world, 2);
  await stopFleet(world.ports, PERSON, 'look');
  await minutes(world, 5);
  expect([(await drainOf(world))?.status, (await drainOf(world))?.reasons[0]?.code]).toEqual([
    'Parked',
    'FleetStopped',
  ]);
  const before = cordoned(world).length;
  expect(before).toBeGreaterThan(0);
  await loosen(world, 0);
  await minutes(world, 30);
  expect(cordoned(world).length).toBe(before);
  await resumeFleet(world.ports, PERSON);
  await run(world, 1);
  expect([(await drainOf(world))?.status, podsOnLegacy(world)]).toEqual(['Succeeded', 0]);
});

test.each([true, false])(
  'who cancels it gets the cordons back, also while the fleet is stopped: %s',
  async (stopped) => {
    const world = await shop({ budgets: [strict] });
    await start(world);
    await minutes(world, 2);
    if (stopped) {
      await stopFleet(world.ports, PERSON, 'look');
      await minutes(world, 3);
    }
    const canceled = await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'wrong group');
    expect(canceled.undo).toMatch(/^undo-drain-nodes-/);
    await run(world, 1);
    expect((await drainOf(world))?.reasons).toEqual([
      { code: 'DrainCanceled', message: 'ann has canceled the drain: wrong group' },
    ]);
    expect([(await drainOf(world))?.status, cordoned(world), await open(world)]).toEqual(['Canceled', [], 0]);
  },
);

test('who cordoned before us stays cordoned, however it ends', async () => {
  const world = await shop({ budgets: [strict], drain: { pause: '0s', podTimeout: '5m' } });
  const [first] = stateOf(world).nodes;
  if (first !== undefined) first.unschedulable = true;
  await start(world);
  await run(world, 1);
  expect((await drainOf(world))?.status).toBe('Failed');
  expect(stateOf(world).nodes.flatMap(({ name, unschedulable }) => (unschedulable ? [name] : []))).toEqual([
    first?.name,
  ]);
});
