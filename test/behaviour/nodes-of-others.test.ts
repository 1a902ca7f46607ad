import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { writeUnrecorded } from '../../core/store/change.ts';
import { Clusters } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import type { ClusterSpecification } from '../../simulator/eks/add-cluster.ts';
import { upToDateIsWhole } from '../../simulator/invariants/check-invariants.ts';
import { historyOf } from '../../simulator/invariants/history.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  clusterArn,
  discover,
  hours,
  memberOf,
  onlyCluster,
  recordOf,
  run,
  smallFleet,
  startByHand,
} from './small-fleet.ts';

// docs/rollouts.md, Nodes and add-ons that were left behind: whose nodes Liftlock does not roll.

const compute = (type: string) => ({ 'eks.amazonaws.com/compute-type': type });
const spot = { 'karpenter.sh/nodepool': 'spot' };
const web = (version: string, ...otherNodes: NonNullable<ClusterSpecification['otherNodes']>) => ({
  clusters: [{ name: 'web', version, nodegroups: [{ name: 'workers' }], otherNodes }],
});
const stateOf = async ({ table, clock }: World) => (await listClusters({ table, clock }, {})).items[0]?.state;
/** What moves them has moved them. */
const replaceOthers = (world: World, kubeletVersion: string): void => {
  for (const node of onlyCluster(world).kubernetes.nodes)
    if (node.nodegroupName === undefined) node.kubeletVersion = kubeletVersion;
};

test.each<[string, Record<string, string>, string]>([
  ['Karpenter', spot, '2 Karpenter nodes of spot at 1.36'],
  ['Fargate', compute('fargate'), '2 Fargate nodes at 1.36'],
  ['hybrid machines', compute('hybrid'), '2 hybrid nodes at 1.36'],
  ['eksctl', { 'alpha.eksctl.io/nodegroup-name': 'own' }, '2 self-managed nodes of own at 1.36'],
  ['nobody that says so', {}, '2 self-managed nodes at 1.36'],
])(
  'a cluster whose nodes of %s stay behind is not whole, until a look finds that they have followed',
  async (_, labels, said) => {
    const world = await smallFleet(web('1.36', { labels, version: '1.36' }));
    await run(world);
    const { status, reasons } = await memberOf(world, 'web');
    expect([status, reasons[0]?.code, reasons[0]?.message]).toEqual([
      'Succeeded',
      'ManualNodes',
      expect.stringContaining(said),
    ]);
    expect(await stateOf(world)).toBe('ManualNodes');
    const told = await explainCluster(world.ports, await recordOf(world, 'web'));
    expect(told.reasons[0]?.message).toContain(said);
    expect(told.when.condition).toContain('liftlock scan cluster web looks again');
    replaceOthers(world, 'v1.37.1-eks-3cfe0ce');
    expect(await stateOf(world)).toBe('ManualNodes');
    await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
    expect(await stateOf(world)).toBe('UpToDate');
    expect(await upToDateIsWhole(await historyOf(world))).toEqual([]);
  },
);

test('while nobody has read its nodes a cluster is said to be up to date in its managed groups only; a scan finds the others, and a deep look keeps them', async () => {
  const world = await smallFleet({ ...web('1.37', { labels: spot, version: '1.36', nodes: 3 }), mode: 'observe' });
  await discover(world);
  expect(await stateOf(world)).toBe('UpToDate');
  const before = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(before.reasons[0]?.message).toMatch(/ Of its nodes only managed groups were looked at\.$/);
  expect(await upToDateIsWhole(await historyOf(world))).toEqual([]);
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  expect(await stateOf(world)).toBe('ManualNodes');
  await hours(world, 30);
  expect(await stateOf(world)).toBe('ManualNodes');
});

test('an inventory that is wrong about nodes of others is seen by the invariant', async () => {
  const world = await smallFleet(web('1.37', { labels: spot, version: '1.36', nodes: 1 }));
  await discover(world);
  const read = await load(world.table, Clusters, (await recordOf(world, 'web')).clusterKey);
  if (read === undefined) throw new Error('no record');
  const otherNodes = { seenAt: '2026-11-20T08:00:00.000Z', groups: [] };
  await writeUnrecorded(world.table, [replace(Clusters, read, { ...read.data, otherNodes })]);
  expect(await upToDateIsWhole(await historyOf(world))).toEqual([
    {
      invariant: 'up to date',
      message: expect.stringMatching(/^web is UpToDate at 1\.37, and its node ip-10-\S+ is at v1\.36\./),
    },
  ]);
});

test('nodes that were seen at the version of the control plane are behind once somebody has moved it', async () => {
  const world = await smallFleet({ ...web('1.36', { labels: spot, version: '1.36' }), mode: 'observe' });
  await discover(world);
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  expect((await recordOf(world, 'web')).otherNodes?.groups).toEqual([
    { kind: 'karpenter', name: 'spot', version: '1.36', count: 2 },
  ]);
  const cluster = onlyCluster(world);
  cluster.version = '1.37';
  for (const group of cluster.nodegroups) group.version = '1.37';
  await hours(world, 30);
  expect(await stateOf(world)).toBe('ManualNodes');
  const { seenAt } = (await recordOf(world, 'web')).otherNodes ?? {};
  await startByHand(world, 'smoke-check', { cluster: clusterArn('web'), targetVersion: '1.37' });
  expect((await recordOf(world, 'web')).otherNodes?.seenAt).not.toBe(seenAt);
});
