import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { hours, PERSON, recordOf, smallFleet } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

test('a cluster that has failed says what lifts its hold under a stop, and that nothing does once it is deleted', async () => {
  const world = await smallFleet({ clusters: staged('dev', ['d']), policy: {}, prepare: failing('d') });
  await hours(world, 3);
  const explained = async () => explainCluster(world.ports, await recordOf(world, 'd'));
  const tried = 'Somebody removes the cause and runs: liftlock retry cluster d (or release)';
  expect((await explained()).when.condition).toBe(`${tried}.`);
  await stopFleet(world.ports, PERSON, 'an incident');
  expect((await explained()).when.condition).toBe(`${tried}; and somebody runs: liftlock fleet resume`);
  await resumeFleet(world.ports, PERSON);
  const caller = { account: '111111111111', region: 'eu-central-1', principal: 'arn:aws:iam::111111111111:role/ann' };
  for (const { nodegroups } of Object.values(world.eks.state.clusters)) nodegroups.length = 0;
  world.eks.operation('DeleteCluster', { name: 'd' }, caller, world.clock.now());
  await world.invoke('discover-clusters', {});
  await hours(world, 1 / 60);
  const { reasons, when } = await explained();
  expect(reasons.map(({ code }) => code)).toEqual(['Held', 'Deleting']);
  expect(when.condition).toBe('It is gone: then nothing is left to be done for it.');
  const retried = retryCluster(world.ports, (await recordOf(world, 'd')).clusterKey, PERSON);
  await expect(retried).rejects.toThrow('The cluster d is being deleted. Nothing is left to be tried once it is gone.');
});
