import { openUndoEntries } from '../../core/protocol/undo.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, memberOf, mutationsOf, onlyCluster, recordOf, run, smallFleet } from './small-fleet.ts';

const THREE = { maxUnavailable: 3 };
const ONE = { maxUnavailable: 1 };
const fleet = (disruption: object) =>
  smallFleet({
    clusters: [
      {
        ...{ name: 'web', version: '1.36' },
        nodegroups: ['api', 'batch'].map((name) => ({ name, nodes: 4, updateConfig: THREE })),
        otherNodes: [{ labels: { 'alpha.eksctl.io/nodegroup-name': 'own' }, version: '1.36' }],
      },
    ],
    policy: { disruption },
  });
const calls = (world: World) =>
  mutationsOf(world).flatMap(({ operation, request }) => {
    if (operation === 'UpdateNodegroupVersion') return [`roll ${request.nodegroupName}`];
    return operation === 'UpdateNodegroupConfig' ? [request.updateConfig] : [];
  });

test('groups are rolled as many nodes at once as may be down, and have their own settings afterwards', async () => {
  const world = await fleet({ ...ONE, pause: '0s' });
  await run(world);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  expect(calls(world)).toEqual([ONE, 'roll api', THREE, ONE, 'roll batch', THREE]);
  expect(await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).toEqual([]);
});

test.each(['100%', 1])('the pause is between one group and the next, with %s down at most', async (maxUnavailable) => {
  const world = await fleet({ maxUnavailable, pause: '2h' });
  await run(world);
  const [first = 0, second = 0] = mutationsOf(world)
    .filter(({ operation }) => operation === 'UpdateNodegroupVersion')
    .map(({ at }) => at);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  expect((second - first) / 3_600_000).toBeGreaterThan(2);
});

test.each<[string, string, string[]]>([
  ['of others', 'own', []],
  ['of a group that comes later, which is rolled first', 'batch', ['roll batch', 'roll api']],
])('a node that somebody has cordoned counts: %s', async (_, owner, rolled) => {
  const world = await fleet({ ...ONE, pause: '0s' });
  const labels = ['alpha.eksctl.io/nodegroup-name', 'eks.amazonaws.com/nodegroup'];
  const cordoned = onlyCluster(world).kubernetes.nodes.find((node) => labels.some((key) => node.labels[key] === owner));
  if (cordoned === undefined) throw new Error('no node');
  cordoned.unschedulable = true;
  await hours(world, 12);
  const rolls = () => calls(world).filter((call) => `${call}`.startsWith('roll'));
  expect(rolls()).toEqual(rolled);
  const member = await memberOf(world, 'web');
  expect(member.status).toBe(rolled.length === 0 ? 'Parked' : 'Succeeded');
  if (rolled.length > 0) return;
  expect(member.reasons.map(({ code }) => code)).toEqual(['NodesDown', 'NodesDown']);
  const [first] = member.reasons;
  expect(first?.message).toContain(`: ${cordoned.name} (cordoned by somebody else). Counted at 2026-11-20T`);
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'web'));
  const named = reasons.filter(({ message }) => message.includes('api is rolled when'));
  expect(named.map(({ code }) => code)).toEqual(['NodesDown']);
  cordoned.unschedulable = false;
  await run(world);
  expect([(await memberOf(world, 'web')).status, rolls()]).toEqual(['Succeeded', ['roll api', 'roll batch']]);
});

test('a group whose settings were changed twice for one roll, the second time in vain, has its own afterwards', async () => {
  const world = await fleet({ maxUnavailable: 2, pause: '0s' });
  let count = 0;
  world.eks.faults.afterOperation.push(({ operation }) => {
    if (operation !== 'UpdateNodegroupConfig') return;
    count += 1;
    if (count !== 1) return;
    // While EKS sets two at once a node of somebody else goes down, so that one at once is left; and EKS fails to set that.
    const cluster = onlyCluster(world);
    const other = cluster.kubernetes.nodes.find((node) => node.labels['alpha.eksctl.io/nodegroup-name'] === 'own');
    if (other === undefined) throw new Error('no node');
    other.unschedulable = true;
    world.clock.schedule(new Date(world.clock.now().getTime() + 20_000), async () => {
      world.eks.state.plannedFailures.push({
        ...{ clusterName: 'web', nodegroupName: 'api', type: 'ConfigUpdate' },
        ...{ errorCode: 'AccessDenied', errorMessage: 'because' },
      });
    });
  });
  await hours(world, 12);
  expect(calls(world).slice(0, 2)).toEqual([{ maxUnavailable: 2 }, ONE]);
  expect(onlyCluster(world).nodegroups.map(({ updateConfig }) => updateConfig)).toEqual([THREE, THREE]);
});
