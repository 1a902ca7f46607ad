import { memberOf, run, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

test('node groups that a hop leaves as they are fail no smoke check for an older node of somebody else', async () => {
  const world = await smallFleet({
    clusters: [
      {
        ...{ name: 'mixed', version: '1.35', nodegroups: [{ name: 'workers', version: '1.35' }] },
        otherNodes: [{ labels: {}, version: '1.33' }],
      },
    ],
    policy: { waves: [{ name: 'all', rollNodes: 'whenSkewRequires' }] },
  });
  await run(world);
  const ends = (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);
  const { status, reasons } = await memberOf(world, 'mixed');
  expect([versionOf(world, 'mixed'), ends, status, reasons]).toEqual([
    '1.36',
    ['1.35-1.36 Succeeded', '1.36-1.37 Blocked'],
    'Blocked',
    expect.arrayContaining([expect.objectContaining({ code: 'VersionSkew' })]),
  ]);
});

test('nor do they for a node of their own that is older than its group: the next hop does not begin before it has followed', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'left', version: '1.35', nodegroups: [{ name: 'workers', version: '1.35' }] }],
    policy: { waves: [{ name: 'all', rollNodes: 'whenSkewRequires' }] },
  });
  for (const node of Object.values(world.eks.state.clusters)[0]?.kubernetes.nodes.slice(0, 1) ?? [])
    node.kubeletVersion = 'v1.33.5';
  await run(world);
  const ends = (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);
  expect([versionOf(world, 'left'), ends]).toEqual(['1.36', ['1.35-1.36 Succeeded', '1.36-1.37 Blocked']]);
  const { reasons } = await memberOf(world, 'left');
  expect(reasons).toContainEqual(expect.objectContaining({ code: 'VersionSkew' }));
});
