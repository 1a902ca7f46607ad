import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { keyOf } from './changed-policy.ts';
import {
  hours,
  memberOf,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

// docs/rollbacks.md, What is true afterwards: what Liftlock had not moved itself is no failure, whoever takes it back.

const labels = { app: 'web' };
const web = { kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: 2, labels, image: 'web:1' };
const stuck = { namespace: 'shop', name: 'web', matchLabels: labels, minAvailable: 2 };
const cluster = (name: string) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }] });

test('a rollback of a hop that was blocked, and that somebody else has made, counts as no failure of its wave', async () => {
  const world = await smallFleet({
    clusters: [{ ...cluster('web'), workloads: [web], podDisruptionBudgets: [stuck] }, cluster('other')],
  });
  await run(world);
  const real = Object.values(world.eks.state.clusters).find(({ name }) => name === 'web');
  const caller = { account: '111111111111', region: 'eu-central-1', principal: 'arn:aws:iam::111111111111:user/ann' };
  world.eks.operation('UpdateClusterVersion', { name: 'web', version: '1.37' }, caller, world.clock.now());
  await hours(world, 2);
  await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  await run(world);
  const ends = (await upgradesOf(world)).filter(({ clusterKey }) => clusterKey.includes('/web@'));
  expect(ends.map(({ id, status }) => `${id} ${status}`)).toEqual([
    '1.36-1.37 Blocked',
    'rollback-1.37-1.36 Succeeded',
  ]);
  const [wave] = await wavesOf(world);
  expect([versionOf(world, 'web'), (await memberOf(world, 'web')).status]).toEqual(['1.36', 'Blocked']);
  expect([wave?.status, wave?.failed, wave?.goingBack]).toEqual(['Completed', 0, undefined]);
  expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Completed']);
  // It is held all the same, and once its cause is gone it is tried as any blocked one.
  const { state, when } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect([state, when.condition]).toEqual(['Held', expect.stringContaining('runs: liftlock retry cluster web')]);
  real?.kubernetes.podDisruptionBudgets.splice(0);
  await retryCluster(world.ports, await keyOf(world, 'web'), PERSON);
  await run(world);
  expect([versionOf(world, 'web'), (await memberOf(world, 'web')).status]).toEqual(['1.37', 'Succeeded']);
});
