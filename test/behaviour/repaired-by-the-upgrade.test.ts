import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { memberOf, recordOf, run, smallFleet } from './small-fleet.ts';

/** Nodes of EKS older than 1.34 run containerd 1.x, of which a scan warns from 1.35 on; under this policy warnings stop an upgrade as well. */
const fleet = (version: string, nodes: string, more: object = {}, policy: object = {}) =>
  smallFleet({
    clusters: [{ name: 'left', version, nodegroups: [{ name: 'workers', version: nodes, ...more }], ...more }],
    policy: { scan: { failOn: 'deprecated' }, finish: 'always', ...policy },
  });

test.each([
  ['a finish', '1.37', '1.33', {}],
  ['a finish before a hop', '1.36', '1.33', {}],
  ['a hop of old nodes', '1.36', '1.34', {}],
  ['a hop of nodes with containerd 1.x', '1.35', '1.33', {}],
  ['a hop of an old kube-proxy', '1.36', '1.36', { addons: { 'kube-proxy': 'v1.33.10-eksbuild.13' } }],
])('%s is not stopped by a warning about what it repairs', async (_, version, nodes, more) => {
  const world = await fleet(version, nodes, more);
  await run(world);
  expect((await explainCluster(world.ports, await recordOf(world, 'left'))).state).toBe('UpToDate');
});

test('nodes with an image of their own have whatever runtime their owner gives them', async () => {
  const world = await fleet('1.35', '1.33', { amiType: 'CUSTOM' });
  await run(world);
  const { status, reasons } = await memberOf(world, 'left');
  expect([status, reasons.map(({ code }) => code)]).toEqual(['Blocked', ['ScanFinding', 'InsightWarning']]);
});

const staying = { waves: [{ name: 'all', rollNodes: 'whenSkewRequires' }] };

test('a hop that leaves its nodes as they are brings them no other runtime', async () => {
  const world = await fleet('1.34', '1.33', {}, staying);
  await run(world);
  const { status, reasons } = await memberOf(world, 'left');
  expect([status, reasons.map(({ code }) => code)]).toEqual(['Blocked', ['ScanFinding']]);
});

test('a hop that leaves its nodes as they are does not repair one that is older than its group', async () => {
  const world = await fleet('1.35', '1.34', {}, staying);
  for (const node of Object.values(world.eks.state.clusters)[0]?.kubernetes.nodes.slice(0, 1) ?? [])
    node.kubeletVersion = 'v1.33.5';
  await run(world);
  const { status, reasons } = await memberOf(world, 'left');
  expect([status, reasons.map(({ code }) => code)]).toEqual(['Blocked', expect.arrayContaining(['InsightWarning'])]);
});

test('where no node was read, nobody says that the upgrade replaces all of them', async () => {
  const world = await smallFleet({
    clusters: [
      {
        name: 'left',
        version: '1.36',
        nodegroups: [{ name: 'workers', version: '1.36' }],
        otherNodes: [{ labels: {}, version: '1.34' }],
      },
    ],
    policy: {
      ...{ scan: { failOn: 'deprecated' }, finish: 'always' },
      ...{ verification: 'eks-api', smoke: { deployments: [], urls: [] } },
    },
  });
  await run(world);
  const { status, reasons } = await memberOf(world, 'left');
  expect([status, reasons.map(({ code }) => code)]).toEqual(['Blocked', ['InsightWarning', 'NotVerified']]);
});
