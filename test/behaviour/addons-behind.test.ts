import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { checkInvariants, upToDateIsWhole } from '../../simulator/invariants/check-invariants.ts';
import { historyOf } from '../../simulator/invariants/history.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, mutationsOf, PERSON, recordOf, run, smallFleet } from './small-fleet.ts';

const saidOf = async (world: World, name: string) => {
  const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, name));
  return [state, reasons.map(({ code }) => code), when.condition];
};

test('add-ons that EKS does not list for the version are behind, and are moved as far as they have to be', async () => {
  const world = await smallFleet({
    clusters: [
      // Listed up to 1.36, and two minors away from what 1.37 wants: this one goes there one minor at a time.
      { name: 'left', version: '1.37', nodegroups: [{ name: 'workers' }], addons: { 'vpc-cni': 'v1.21.1-eksbuild.3' } },
      // Older than the default, and listed.
      { name: 'old', version: '1.37', nodegroups: [{ name: 'workers' }], addons: { 'vpc-cni': 'v1.22.2-eksbuild.1' } },
    ],
    policy: { finish: 'propose' },
  });
  await hours(world, 2);
  const condition =
    'Somebody runs: liftlock rollout create policy-0 --finish (whom it takes says --dry-run); or a newer version becomes the target.';
  expect(await saidOf(world, 'left')).toEqual(['AddonsBehind', ['AddonsBehind'], condition]);
  expect((await saidOf(world, 'old'))[0]).toBe('UpToDate');

  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });
  await run(world);
  const moved = mutationsOf(world).map(({ operation, request }) => [operation, request.addonVersion]);
  expect(moved).toEqual([
    ['UpdateAddon', 'v1.22.2-eksbuild.1'],
    ['UpdateAddon', 'v1.23.1-eksbuild.1'],
  ]);
  expect((await saidOf(world, 'left'))[0]).toBe('UpToDate');
  expect(await checkInvariants(world)).toEqual([]);
});

test('inventory asks once whether an add-on fits, and again when it, its cluster or what EKS lists has changed', async () => {
  const asked: unknown[] = [];
  const world = await smallFleet({
    clusters: [
      { name: 'web', version: '1.36', addons: { coredns: 'v1.13.2-eksbuild.6', 'vpc-cni': 'v1.20.4-eksbuild.2' } },
    ],
    policy: { trigger: 'manual' },
  });
  const { eks } = world.ports;
  const counting: typeof eks = {
    ...eks,
    describeAddonVersions: (scope, input) => {
      asked.push(input.addonName);
      return eks.describeAddonVersions(scope, input);
    },
  };
  const look = async () => {
    asked.splice(0);
    const item = { account: '111111111111', region: 'eu-central-1', name: 'web', depth: 'deep' } as const;
    await recordCluster({ ...world.ports, eks: counting }, item);
    const { addons } = await recordOf(world, 'web');
    return [asked, addons.map(({ compatible, wants }) => compatible === true || wants)];
  };
  expect(await look()).toEqual([
    ['coredns', 'vpc-cni'],
    [true, 'v1.21.1-eksbuild.3'],
  ]);
  expect((await look())[0]).toEqual(['vpc-cni']);
  for (const cluster of Object.values(world.eks.state.clusters)) cluster.version = '1.37';
  expect((await look())[0]).toEqual(['coredns', 'vpc-cni']);
  for (const cluster of Object.values(world.eks.state.clusters))
    for (const addon of Object.values(cluster.addons)) addon.version = 'v1.14.1-eksbuild.4';
  expect((await look())[0]).toEqual(['coredns', 'vpc-cni']);
});

test('an inventory that is wrong about add-ons is seen by the invariant', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'left', version: '1.37', nodegroups: [{ name: 'workers' }] }],
  });
  await hours(world, 1.5);
  for (const cluster of Object.values(world.eks.state.clusters))
    for (const addon of cluster.addons) if (addon.name === 'vpc-cni') addon.version = 'v1.21.1-eksbuild.3';
  expect((await saidOf(world, 'left'))[0]).toBe('UpToDate');
  expect(await upToDateIsWhole(await historyOf(world))).toEqual([
    {
      invariant: 'up to date',
      message: 'left is UpToDate at 1.37, and its add-on vpc-cni is at v1.21.1-eksbuild.3',
    },
  ]);
});
