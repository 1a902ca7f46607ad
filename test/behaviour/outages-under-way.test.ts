import type { EksErrorName } from '../../simulator/eks/errors.ts';
import { hours, memberOf, mutationsOf, run, smallFleet, upgradesOf, versionOf, wavesOf } from './small-fleet.ts';

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
