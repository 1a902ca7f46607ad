import { cancelDrain, requestDrain } from '../../core/operations/request-drain.ts';
import { launchNode } from '../../simulator/kubernetes/launch-node.ts';
import type { World } from '../../simulator/process/world.ts';
import { cordoned, drain, drainsOf, stateOf } from './drained-shop.ts';
import { discover, minutes, recordOf, run, smallFleet } from './small-fleet.ts';

const api = {
  ...{ kind: 'Deployment' as const, namespace: 'shop', name: 'api', replicas: 3, labels: { app: 'api' } },
  image: 'registry.example/api:1',
};

/** A cluster without budgets whose group `legacy` has three nodes, beside these groups. */
async function cluster(others: readonly { name: string; nodes: number }[] = []): Promise<World> {
  const world = await smallFleet({
    clusters: [
      { name: 'web', version: '1.36', workloads: [api], nodegroups: [{ name: 'legacy', nodes: 3 }, ...others] },
    ],
    policy: { trigger: 'manual', drain: { pause: '0s' }, disruption: { maxUnavailable: 1 } },
  });
  await discover(world);
  return world;
}

const pending = (world: World) => stateOf(world).pods.filter(({ nodeName }) => nodeName === undefined);
const ended = async (world: World) => {
  const [{ status, reasons, steps } = { status: 'none', reasons: [], steps: {} }] = await drainsOf(world);
  const running = Object.values(steps).flatMap((step) => step.reasons);
  return { status, codes: reasons.map(({ code }) => code), running };
};

async function addNode(world: World, nodegroupName: string): Promise<void> {
  const [kubernetes] = Object.values(world.eks.state.clusters).map((one) => one.kubernetes);
  if (kubernetes === undefined) throw new Error('no cluster');
  const readyAt = world.clock.now().getTime();
  launchNode(kubernetes, { nodegroupName, kubeletVersion: 'v1.36.2-eks-1', readyAt, region: 'eu-central-1', zones: 1 });
}

test('the only group: the first pod that finds no node holds the drain, which fails and takes its cordons back', async () => {
  const world = await cluster();
  await drain(world);
  await minutes(world, 20);
  const held = await ended(world);
  expect(held).toMatchObject({ status: 'Running', running: [{ code: 'DrainPodsPending' }] });
  expect(held.running[0]?.message).toMatch(
    /no node: 1, the first for \d+ min: kube-system\/coredns-\S+ \(Deployment\/coredns\)\./,
  );
  expect(pending(world)).toHaveLength(1);
  expect(world.bus.published.filter(({ event }) => event.type === 'DrainBlocked')).toHaveLength(1);
  await run(world, 1);
  expect(await ended(world)).toMatchObject({ status: 'Failed', codes: ['DrainPodsPending'] });
  expect([cordoned(world), pending(world)]).toEqual([[], []]);
});

test('canceled while it waits for a node it ends at its next look, and the cordons are taken back within minutes', async () => {
  const world = await cluster();
  await drain(world);
  await minutes(world, 5);
  expect([cordoned(world).length > 0, pending(world).length]).toEqual([true, 1]);
  await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'no node for them');
  await minutes(world, 3);
  expect([cordoned(world), pending(world)]).toEqual([[], []]);
  expect(await ended(world)).toMatchObject({ status: 'Canceled', codes: ['DrainCanceled'] });
});

test('a group whose nodes are tainted takes none of them', async () => {
  const world = await cluster([{ name: 'new', nodes: 2 }]);
  for (const node of stateOf(world).nodes)
    if (node.nodegroupName === 'new')
      Object.assign(node, { taints: [{ key: 'dedicated', value: 'x', effect: 'NoSchedule' }] });
  await drain(world);
  await minutes(world, 20);
  expect(await ended(world)).toMatchObject({ status: 'Running', running: [{ code: 'DrainPodsPending' }] });
  expect(pending(world)).toHaveLength(1);
  await run(world, 1);
  expect((await ended(world)).status).toBe('Failed');
  expect([cordoned(world), pending(world)]).toEqual([[], []]);
});

test('an autoscaler that gives them a node lets it go on', async () => {
  const world = await cluster();
  await drain(world);
  await minutes(world, 5);
  expect(pending(world)).toHaveLength(1);
  await addNode(world, 'new');
  await run(world, 1);
  expect(await ended(world)).toMatchObject({ status: 'Succeeded', codes: ['Drained'] });
  expect([cordoned(world), pending(world)]).toEqual([['legacy', 'legacy', 'legacy'], []]);
});

test('the plan of a drain says where all other groups were left cordoned by earlier drains', async () => {
  const world = await cluster([{ name: 'new', nodes: 3 }]);
  const planOf = async (nodegroup: string) => {
    const plan = await requestDrain(world.ports, await recordOf(world, 'web'), nodegroup, 'ann', { approve: false });
    return plan.foreseen[1] ?? '';
  };
  expect(await planOf('new')).toMatch(/^What may keep pods from being evicted/);
  await drain(world);
  await run(world, 2);
  const [{ id, endedAt } = { id: '', endedAt: '' }] = await drainsOf(world);
  expect(await planOf('new')).toBe(
    `All nodes outside new that are known were drained and left cordoned: legacy by ${id} at ${endedAt}. Unless they were replaced or taken into use again since (kubectl uncordon NODE), pods that are evicted have nowhere to go, and the drain waits for them: they go one by one, and none while one has no node.`,
  );
  // The group itself was drained, and there is another one that takes pods.
  expect(await planOf('legacy')).toBe(
    `All nodes of legacy were drained by ${id} at ${endedAt}, and left cordoned: unless they were replaced or taken into use again since, nothing is left to drain.`,
  );
});
