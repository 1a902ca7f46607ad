import { memberOf, mutationsOf, run, smallFleet } from './small-fleet.ts';

/** So many addresses are left in each subnet of a group that may have 8 nodes, and that begins with 4 new ones where it is left as it is. */
const FREE = 5;

test.each<[string, object | undefined, string]>([
  ['as the group is set, 4 in 2 zones', undefined, 'Succeeded'],
  ['as the policy says, 12', { maxUnavailable: 12 }, 'Blocked'],
  ['as the policy says, none before old ones go', { maxUnavailable: 12, updateStrategy: 'MINIMAL' }, 'Succeeded'],
])('a scan reckons with the new nodes that the roll will begin with: %s', async (_, updateConfig, expected) => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 8 }] }],
    policy: updateConfig === undefined ? {} : { nodes: { updateConfig } },
    prepare(state) {
      const subnets = Object.values(state.clusters).flatMap(({ nodegroups }) =>
        nodegroups.flatMap(({ description }) => description.subnets ?? []),
      );
      expect(subnets.length).toBeGreaterThan(0);
      state.freeAddresses = Object.fromEntries(subnets.map((subnet) => [subnet, FREE]));
    },
  });
  await run(world);
  const { status, reasons } = await memberOf(world, 'web');
  expect([status, reasons.map(({ code }) => code)]).toEqual([
    expected,
    expected === 'Blocked' ? ['ScanFinding'] : expect.any(Array),
  ]);
  if (expected === 'Blocked') expect(reasons[0]?.message).toContain('begins with 12 new nodes');
  expect(mutationsOf(world).length > 0).toBe(expected === 'Succeeded');
});
