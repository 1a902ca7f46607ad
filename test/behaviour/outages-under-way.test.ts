import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { stuckUpgrades } from '../../core/rollout/reconcile-rollouts.ts';
import type { EksErrorName } from '../../simulator/eks/errors.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import {
  controlsOf,
  hours,
  memberOf,
  mutationsOf,
  recordOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };

test.each<[EksErrorName, string, number]>([
  ['ServiceUnavailableException', 'DescribeUpdate', 60],
  ['ServerException', 'DescribeCluster', 30],
  ['ServerException', 'ListInsights', 30],
])(
  'an outage of EKS that lasts for longer than a step tries fails no hop: %s of %s',
  async (name, operation, times) => {
    const world = await smallFleet({ clusters: [web], policy: { target: '1.37' } });
    world.eks.faults.add({ operation, skip: 3, times, effect: { kind: 'error', name } });
    await run(world);
    expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
    expect(mutationsOf(world).filter((one) => one.operation === 'UpdateClusterVersion')).toHaveLength(1);
    expect(versionOf(world, 'web')).toBe('1.37');
  },
);

test('while it lasts the hop is parked, not failed, and says why', async () => {
  const world = await smallFleet({ clusters: [web], policy: { target: '1.37' } });
  const effect = { kind: 'error', name: 'ServiceUnavailableException', message: 'try later' } as const;
  world.eks.faults.add({ operation: 'DescribeUpdate', times: 1_000, effect });
  let [upgrade] = await upgradesOf(world);
  // A step is tried for some minutes before its hop parks.
  for (let minute = 0; minute < 60 && upgrade?.status !== 'Parked'; minute += 1) {
    await hours(world, 1 / 60);
    [upgrade] = await upgradesOf(world);
  }
  expect([upgrade?.status, upgrade?.mutated, upgrade?.reasons]).toMatchObject([
    'Parked',
    true,
    [{ code: 'AwsFailed', message: expect.stringContaining('ServiceUnavailableException: try later.') }],
  ]);
  expect((await wavesOf(world))[0]).toMatchObject({ failed: 0 });
});

test.each([
  ['always times out', 'Sandbox.Timedout', 'AwsFailed'],
  ['stays denied what is its own', 'AccessDeniedException', 'Denied'],
])('a function that %s fails no hop, and people are told of it, since when and how often', async (_, name, code) => {
  const always: Fault = {
    ...{ when: 'before', operation: 'commit', function: 'roll-node-group', times: 10_000 },
    effect: { kind: 'error', name },
  };
  const world = await smallFleet({ clusters: [web], policy: { target: '1.37' }, faults: [always] });
  await hours(world, 6);
  while ((await upgradesOf(world))[0]?.status !== 'Parked') await hours(world, 1 / 60);
  expect((await wavesOf(world))[0]).toMatchObject({ failed: 0 });
  expect(stuckUpgrades(await upgradesOf(world), world.clock.now())).toHaveLength(1);
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'web'));
  const message = expect.stringMatching(/^\d\d looks in a row since 2026-11-20T08:/);
  expect(reasons).toContainEqual({ code, message });
});

describe('an outage in the hub', () => {
  const HOURS = 3;
  /** No function runs for some hours from the moment on at which a step of the hop gets there. */
  const outageAt = (world: World, step: string, status: string) =>
    onStep(world, step, status, 'web', () => {
      world.switchedOff = true;
      world.clock.schedule(new Date(world.clock.now().getTime() + HOURS * 3_600_000), () => {
        world.switchedOff = false;
      });
    });

  test.each([
    ['scan-cluster', 'running'],
    ['update-addons-before', 'done'],
    ['upgrade-control-plane', 'running'],
    ['roll-node-group/workers', 'running'],
  ])('fails no hop and holds no cluster, whenever it begins (%s %s)', async (step, status) => {
    const world = await smallFleet({ clusters: [web], policy: { target: '1.37' } });
    outageAt(world, step, status);
    await hours(world, 12);
    expect(world.switchedOff).toBe(false);
    expect(world.faults.length).toBeGreaterThan(0);
    expect(await upgradesOf(world)).toMatchObject([{ status: 'Succeeded' }]);
    expect((await controlsOf(world)).filter(({ held }) => held !== undefined)).toEqual([]);
    expect(mutationsOf(world).filter((one) => one.operation === 'UpdateClusterVersion')).toHaveLength(1);
    await run(world);
  });

  /** The table fails whatever concludes the first hop, until its execution has failed. */
  const NO_CONCLUSION: Fault = {
    ...{ when: 'before', operation: 'settle', function: 'conclude-upgrade', times: 11 },
    effect: { kind: 'error', name: 'InternalServerError' },
  };

  test('in which nobody could conclude is followed by another look', async () => {
    const world = await smallFleet({ clusters: [web], policy: { target: '1.37' }, faults: [NO_CONCLUSION] });
    await run(world);
    expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
    expect(world.faults).toHaveLength(11);
  });

  test('hides no failure: what a step had found by then ends the hop, and nothing is tried again by itself', async () => {
    const world = await smallFleet({
      ...{ clusters: [web], policy: { target: '1.37' }, faults: [NO_CONCLUSION] },
      prepare: (state) =>
        void state.plannedFailures.push({
          ...{ clusterName: 'web', type: 'VersionUpdate', errorCode: 'SubnetNotFound', errorMessage: 'no subnet' },
        }),
    });
    await run(world);
    expect(world.faults).toHaveLength(11);
    expect(await memberOf(world, 'web')).toMatchObject({ status: 'Failed', reasons: [{ code: 'SubnetNotFound' }] });
    expect(mutationsOf(world).filter((one) => one.operation === 'UpdateClusterVersion')).toHaveLength(1);
  });
});
