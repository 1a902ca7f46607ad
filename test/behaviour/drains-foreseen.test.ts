import { requestDrain } from '../../core/operations/request-drain.ts';
import { loadReport, scansOf } from '../../core/scan/fleet/report-store.ts';
import {
  beginByHand,
  clusterArn,
  discover,
  minutes,
  PERSON,
  recordOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
} from './small-fleet.ts';

const labels = { app: 'api' };
const api = {
  kind: 'Deployment',
  namespace: 'shop',
  name: 'api',
  replicas: 6,
  labels,
  image: 'registry.example/api:1',
} as const;
const strict = { namespace: 'shop', name: 'strict', matchLabels: labels, minAvailable: 6 };

async function shop(given: { budgets?: (typeof strict)[]; other?: { name: string; nodes: number }; nodes?: object }) {
  const { budgets = [], other = { name: 'new', nodes: 3 }, nodes } = given;
  const nodegroups = [{ name: 'legacy', nodes: 3 }, other];
  const web = { name: 'web', version: '1.36', workloads: [api], nodegroups, podDisruptionBudgets: budgets };
  const policy = { trigger: 'manual' as const, drain: { pause: '0s' }, ...(nodes === undefined ? {} : { nodes }) };
  const world = await smallFleet({ clusters: [web], policy });
  await discover(world);
  return world;
}

test('before it is approved it is said which nodes it is about, what was in the way of evictions, and where pods could go', async () => {
  const world = await shop({ budgets: [strict] });
  const foreseen = async () =>
    (await requestDrain(world.ports, await recordOf(world, 'web'), 'legacy', PERSON, { approve: false })).foreseen;
  const look = 'Now: liftlock scan cluster web --target 1.36';
  expect(await foreseen()).toEqual([
    'Its nodes: kubectl get nodes -l eks.amazonaws.com/nodegroup=legacy',
    `What may keep pods from being evicted is not known beforehand. ${look}`,
  ]);
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  await run(world, 1);
  expect((await foreseen())[1]).toMatch(/^In the way of evictions at 2026-\S+: .*shop\/strict.* Now: liftlock scan/);
});

test('before it is approved it is said that the last look has named nothing in the way of evictions', async () => {
  const world = await shop({});
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  await run(world, 1);
  const { foreseen } = await requestDrain(world.ports, await recordOf(world, 'web'), 'legacy', PERSON, {
    approve: false,
  });
  expect(foreseen[1]).toMatch(/^The look of 2026-\S+ has named nothing in the way of evictions\. Now: liftlock scan/);
});

test('where the policy has rolls forced in the end it is said that a drain forces nothing', async () => {
  const force = { after: '4h', selector: { when: 'cluster.name == "web"' } };
  const world = await shop({ budgets: [strict], nodes: { podEvictionFailure: { retries: 1, force } } });
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  await run(world, 1);
  const { foreseen } = await requestDrain(world.ports, await recordOf(world, 'web'), 'legacy', PERSON, {
    approve: false,
  });
  expect(foreseen[1]).toMatch(/rolled by force from 4h .* deletes these pods\. A drain forces nothing\. Now: liftlock/);
});

test('a drain of the only nodes that a cluster has says that evicted pods have nowhere to go', async () => {
  const world = await shop({ other: { name: 'empty', nodes: 0 } });
  const { foreseen } = await requestDrain(world.ports, await recordOf(world, 'web'), 'legacy', PERSON, {
    approve: false,
  });
  expect(foreseen[1]).toMatch(/^No node outside legacy is known: pods that are evicted have nowhere to go/);
});

test('a scan takes the cordons of a drain, and of a group that EKS rolls, for what they are', async () => {
  const world = await shop({});
  await requestDrain(world.ports, await recordOf(world, 'web'), 'legacy', PERSON, { approve: true });
  await run(world, 1);
  const caller = { account: '111111111111', region: 'eu-central-1', principal: PERSON };
  const roll = { clusterName: 'web', nodegroupName: 'new', force: true };
  world.eks.operation('UpdateNodegroupVersion', roll, caller, world.clock.now());
  await minutes(world, 5);
  const input = { cluster: clusterArn('web'), targetVersion: '1.37' };
  const { executionArn } = await beginByHand(world, 'scan-cluster', input);
  await run(world, 1);
  const [scan] = await scansOf(world.table, (await recordOf(world, 'web')).clusterKey);
  const report = scan && (await loadReport(world.table, scan));
  const cordons = report?.findings.filter(({ rule }) => rule === 'NodeCordoned').map(({ message }) => message);
  expect([executionArn, cordons]).toEqual([
    scan?.execution,
    [
      expect.stringMatching(/^3 nodes of node group legacy are cordoned by a drain of Liftlock/),
      expect.stringMatching(/^A node of node group new is cordoned while EKS updates the group/),
    ],
  ]);
});

test('of a group that is not known it is said from what groups are known, and how its nodes are read', async () => {
  const world = await shop({});
  const [cluster] = Object.values(world.eks.state.clusters);
  for (const node of cluster?.kubernetes.nodes.slice(0, 1) ?? [])
    Object.assign(node, { nodegroupName: undefined, labels: { 'alpha.eksctl.io/nodegroup-name': 'own' } });
  const ask = async (group: string) =>
    requestDrain(world.ports, await recordOf(world, 'web'), group, PERSON, { approve: false });
  await expect(ask('own')).rejects.toThrow(
    /^web has no node group "own" that is known: it has legacy, \w+\. Groups that EKS does not manage are known from nodes, which nobody has read yet: liftlock scan cluster web$/,
  );
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  await run(world, 1);
  expect((await ask('own')).foreseen[0]).toBe('Its nodes: kubectl get nodes -l alpha.eksctl.io/nodegroup-name=own');
  await expect(ask('owm')).rejects.toThrow(/known from nodes, as read at 2026-11-2\S+Z: liftlock scan cluster web$/);
});

test('a name that a group of EKS and one of eksctl both have is refused, and the kind that was approved is kept', async () => {
  const world = await shop({});
  const [cluster] = Object.values(world.eks.state.clusters);
  const node = cluster?.kubernetes.nodes.find(({ nodegroupName }) => nodegroupName === 'new');
  Object.assign(node ?? {}, { nodegroupName: undefined, labels: { 'alpha.eksctl.io/nodegroup-name': 'legacy' } });
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  await run(world, 1);
  const ask = async (name: string) =>
    requestDrain(world.ports, await recordOf(world, 'web'), name, PERSON, { approve: true });
  await expect(ask('legacy')).rejects.toThrow(
    /^web has two node groups "legacy", one of EKS and one of eksctl, as its nodes were read at 2026-\S+: the name does not tell which to drain\. Once one of them is gone: liftlock scan cluster web$/,
  );
  await ask('new');
  const drain = (await upgradesOf(world)).find(({ machine }) => machine === 'drain-nodes');
  expect(drain?.nodegroupKind).toBe('managed');
});
