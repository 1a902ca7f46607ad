import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import type { World } from '../../simulator/process/world.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import { at, CARL, clusterOf, keyOf, spec, statusOf } from './changed-policy.ts';
import {
  clusterArn,
  hours,
  minutes,
  PERSON,
  recordOf,
  rolloutIdOf,
  smallFleet,
  startByHand,
  touched,
  versionOf,
} from './small-fleet.ts';

const cluster = (name: string, stage: string, more: object = {}) => ({
  ...{ name, version: '1.36', nodegroups: [{ name: 'workers' }], tags: { stage } },
  ...more,
});
let scans = 0;
const scan = (world: World, name: string) => {
  scans += 1;
  return startByHand(world, 'scan-cluster', { cluster: clusterArn(name), targetVersion: '1.37' }, `scan-${scans}`);
};
const explained = async (world: World, name: string) =>
  (await explainCluster(world.ports, await recordOf(world, name))).reasons.filter(({ code }) => code === 'NotReady');

async function fleet(more: object = {}) {
  const blocked = cluster('pay', 'prod', { objects: [attributesClass(OLD)] });
  const clusters = [cluster('dev', 'dev'), cluster('web', 'prod'), blocked];
  const policy = spec(at('dev'), at('prod', { requireReady: '24h', ...more }));
  const world = await smallFleet({ clusters, policy });
  await hours(world, 3);
  return world;
}

test('a wave opens once each of its clusters is ready by a young look, and says until then for whom it waits', async () => {
  const world = await fleet();
  expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['Completed', 'Pending']);
  const [why] = await explained(world, 'web');
  expect(why?.message).toMatch(/: (pay|web) was not looked at yet, (pay|web) was not looked at yet\. /);

  await scan(world, 'web');
  await scan(world, 'pay');
  await minutes(world, 30);
  expect(await statusOf(world, 'prod')).toBe('Pending');
  expect([touched(world, 'pay'), touched(world, 'web')]).toEqual([false, false]);
  expect((await explained(world, 'web'))[0]?.message).toMatch(/\(requireReady\): pay is blocked\. /);
  const rolloutId = await rolloutIdOf(world);
  await pauseRollout(world.ports, rolloutId, 'ana', 'lunch');
  expect((await explained(world, 'web'))[0]?.message).toMatch(/\(requireReady\): pay is blocked\. /);
  await resumeRollout(world.ports, rolloutId, 'ana');
  const { reasons } = await loadRolloutDetail(world.table, await rolloutIdOf(world), world.clock.now());
  expect(reasons.map(({ code }) => code)).toContain('NotReady');

  const pay = clusterOf(world, 'pay');
  if (pay !== undefined) pay.kubernetes.objects = [];
  await scan(world, 'pay');
  await hours(world, 3);
  expect(await statusOf(world, 'prod')).toBe('Completed');
  expect([versionOf(world, 'web'), versionOf(world, 'pay')]).toEqual(['1.37', '1.37']);
});

test('an approval does not take its place', async () => {
  const world = await fleet({ approval: { before: true } });
  await voteOnWave(world.ports, await rolloutIdOf(world), 'prod', { decision: 'Approved', by: CARL });
  await hours(world, 1);
  expect(await statusOf(world, 'prod')).toBe('Pending');
  expect(await explained(world, 'web')).toHaveLength(1);
});

test('looks that have grown old do not open it', async () => {
  const world = await fleet({ approval: { before: true } });
  await scan(world, 'web');
  await hours(world, 30);
  await scan(world, 'pay');
  await voteOnWave(world.ports, await rolloutIdOf(world), 'prod', { decision: 'Approved', by: CARL });
  await minutes(world, 30);
  expect((await explained(world, 'web'))[0]?.message).toMatch(
    /pay is blocked, web was looked at too long ago|web was looked at too long ago, pay is blocked/,
  );
});

test('nobody is told to skip the last cluster of a wave that waits for it to be ready, which is refused', async () => {
  const clusters = [cluster('dev', 'dev'), cluster('web', 'prod')];
  const world = await smallFleet({ clusters, policy: spec(at('dev', { requireReady: '24h' }), at('prod')) });
  await hours(world, 2);
  const refused = await skipCluster(world.ports, await keyOf(world, 'dev'), PERSON, 'why').catch(
    ({ message }: Error) => message,
  );
  expect(refused).toMatch(/^dev is the last cluster of the wave dev/);
  const [why] = await explained(world, 'dev');
  expect(why?.message).not.toMatch(/liftlock skip cluster/);
  expect(why?.message).toMatch(`A new look: liftlock scan cluster dev. ${refused}`);
});
