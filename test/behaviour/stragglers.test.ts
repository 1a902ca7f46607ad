import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import { onStep } from './on-step.ts';
import { memberOf, PERSON, rolloutsOf, run, smallFleet, versionOf, wavesOf } from './small-fleet.ts';

const OTHER = '222222222222';
const cluster = (name: string, stage: string, account = '111111111111') => ({
  name,
  account,
  version: '1.36',
  tags: { stage },
  nodegroups: [{ name: 'workers' }],
});
const waves = [
  { name: 'canary', selector: { matchLabels: { stage: 'dev' } }, maxConcurrency: 2, failureBudget: { maxFailures: 0 } },
  { name: 'prod', maxConcurrency: 1 },
];

/** The canary `late` is in an account that denies as the rollout begins: it is quarantined, and its wave goes on without it. */
async function withStraggler(prods: readonly string[], prepare?: (state: FakeEksState) => void) {
  const clusters = [
    cluster('early', 'dev'),
    cluster('late', 'dev', OTHER),
    ...prods.map((name) => cluster(name, 'prod')),
  ];
  const world = await smallFleet({ clusters, policy: { waves }, ...(prepare === undefined ? {} : { prepare }) });
  await world.invoke('discover-clusters', {});
  await world.clock.runUntil(new Date(world.clock.now().getTime() + 60_000));
  await world.invoke('watch-versions', {});
  await stopFleet(world.ports, PERSON, 'test');
  await world.tick();
  world.eks.state.deniedAccounts.push(OTHER);
  await world.invoke('discover-clusters', {});
  await world.tick();
  await resumeFleet(world.ports, PERSON);
  return world;
}

test('a straggler that fails beyond its budget halts its wave, late as it is, and with it the later ones', async () => {
  const failure = {
    clusterName: 'late',
    type: 'VersionUpdate',
    errorCode: 'IpNotAvailable',
    errorMessage: 'no',
  } as const;
  const world = await withStraggler(['p1', 'p2', 'p3', 'p4'], (state) => void state.plannedFailures.push(failure));
  onStep(world, 'upgrade-control-plane', 'running', 'p1', () => void world.eks.state.deniedAccounts.splice(0));
  await run(world);
  expect((await memberOf(world, 'late')).status).toBe('Failed');
  expect((await wavesOf(world))[0]).toMatchObject({ name: 'canary', status: 'Halted', failed: 1 });
  expect((await rolloutsOf(world))[0]?.status).toBe('Halted');
  expect(['p3', 'p4'].map((name) => versionOf(world, name))).toEqual(['1.36', '1.36']);
});

test('a rollout is Completed only when its stragglers are through, parked ones too', async () => {
  const world = await withStraggler(['p1']);
  await run(world);
  expect((await rolloutsOf(world))[0]?.status).toBe('Running');
  world.eks.state.deniedAccounts.splice(0);
  onStep(world, 'scan-cluster', 'running', 'late', async () => {
    await stopFleet(world.ports, PERSON, 'test');
    world.clock.schedule(
      new Date(world.clock.now().getTime() + 3_600_000),
      async () => void (await resumeFleet(world.ports, PERSON)),
    );
  });
  await run(world);
  expect(versionOf(world, 'late')).toBe('1.37');
  expect((await rolloutsOf(world))[0]?.status).toBe('Completed');
});
