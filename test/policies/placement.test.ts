import { explainCluster } from '../../core/queries/explain-cluster.ts';
import {
  discover,
  memberOf,
  mutationsOf,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  versionOf,
  wavesOf,
} from '../behaviour/small-fleet.ts';

const cluster = (name: string, stage: string, tags: Record<string, string> = {}) => ({
  name,
  version: '1.36',
  tags: { stage, ...tags },
  nodegroups: [{ name: 'workers' }],
});
const stage = (name: string, when?: string) => ({
  name,
  selector: { matchLabels: { stage: name }, ...(when !== undefined && { when }) },
});

test('a tag delays a cluster to a later wave, a bad one keeps it out, and both are explained', async () => {
  const world = await smallFleet({
    clusters: [
      cluster('d1', 'dev'),
      cluster('d2', 'dev', { 'liftlock/wave': 'prod' }),
      cluster('d3', 'dev', { 'liftlock/wave': 'production' }),
      cluster('p1', 'prod'),
      cluster('p2', 'prod', { 'liftlock/wave': 'dev' }),
    ],
    policy: { waves: [stage('dev'), stage('prod')] },
  });
  await run(world);
  expect(await rolloutsOf(world)).toMatchObject([{ status: 'Completed' }]);
  expect((await wavesOf(world)).map(({ members }) => members)).toEqual([1, 2]);
  expect(await memberOf(world, 'd2')).toMatchObject({ waveIndex: 1, status: 'Succeeded' });
  expect(['d3', 'p2'].map((name) => versionOf(world, name))).toEqual(['1.36', '1.36']);
  const order = mutationsOf(world).map(({ clusterArn }) => clusterArn.split('/').at(-1));
  expect(order.lastIndexOf('d1')).toBeLessThan(order.indexOf('d2'));

  const moved = await explainCluster(world.ports, await recordOf(world, 'd2'));
  expect(moved.wave).toBe('prod');
  expect(moved.placement.map(({ code }) => code)).toEqual(['Policy', 'Wave', 'WaveTag']);
  const held = await explainCluster(world.ports, await recordOf(world, 'p2'));
  expect(held).toMatchObject({ state: 'Excluded', wave: null });
  expect(held.reasons).toEqual([{ code: 'BadTag', message: expect.stringContaining('comes before its wave prod') }]);
});

test('a cluster for which an expression has no answer is not touched, and says why', async () => {
  const world = await smallFleet({
    clusters: [cluster('d1', 'dev'), cluster('p1', 'prod', { team: 'a' }), cluster('p2', 'prod')],
    policy: { waves: [stage('dev'), stage('prod', 'cluster.tags.team == "a"'), { name: 'rest' }] },
  });
  await run(world);
  expect(['d1', 'p1', 'p2'].map((name) => versionOf(world, name))).toEqual(['1.37', '1.37', '1.36']);
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'p2'));
  expect(reasons).toEqual([{ code: 'PolicyError', message: expect.stringContaining('No such key: team') }]);
});

test('of a policy whose expression has no answer the rollout leaves the cluster out', async () => {
  const world = await smallFleet({
    clusters: [cluster('p1', 'prod', { team: 'a' }), cluster('p2', 'prod')],
    policy: { selector: { when: 'cluster.tags.team == "a"' } },
  });
  await run(world);
  expect(['p1', 'p2'].map((name) => versionOf(world, name))).toEqual(['1.37', '1.36']);
  const explained = await explainCluster(world.ports, await recordOf(world, 'p2'));
  expect(explained.state).toBe('Unmanaged');
  expect(explained.reasons.map(({ code }) => code)).toEqual(['NoPolicy', 'PolicyError']);
});

test('a cluster that no policy selects goes by the calendars of its tags, and explain names them', async () => {
  const world = await smallFleet({
    clusters: [cluster('a', 'dev', { 'liftlock/calendar': 'bank' })],
    calendars: { bank: { windows: [{ name: 'sundays', schedule: '0 8 * * 0', duration: '8h' }] } },
    policy: { selector: { matchLabels: { stage: 'prod' } } },
  });
  await discover(world);
  const { policy, calendars, placement } = await explainCluster(world.ports, await recordOf(world, 'a'));
  expect([policy, calendars]).toEqual([null, ['bank']]);
  const message = "The cluster's tag adds bank; no other calendar holds for it.";
  expect(placement).toEqual([{ code: 'CalendarTag', message }]);
});
