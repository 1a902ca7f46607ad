import { applyConfig } from '../../core/operations/apply-documents.ts';
import { Grants } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import { fleetOf, keyOf, onceBefore } from './changed-policy.ts';
import { clusterArn, hours, minutes, PERSON, recordOf, smallFleet } from './small-fleet.ts';

const tagged = (name: string, tags: Record<string, string>) => ({
  name,
  version: '1.36',
  tags,
  nodegroups: [{ name: 'workers' }],
});
const applyFleet = (world: World, tag: string, more: object = {}) =>
  applyConfig(world.ports, [fleetOf({ labels: { fromTags: { stage: tag } }, ...more })], PERSON);
async function applyAndDie(world: World, text: string, more: object = {}): Promise<void> {
  onceBefore(world, ['"kind":"Cluster"', text], () => Promise.reject(new Error('crash')));
  await expect(applyFleet(world, 'env', more)).rejects.toThrow('crash');
}
const start = async (world: World, name: string) => {
  await world.runner.startExecution({
    machineArn: `${MACHINE_ARN_PREFIX}upgrade-cluster`,
    name,
    input: JSON.stringify({ cluster: clusterArn(name), targetVersion: '1.37' }),
  });
  await minutes(world, 3);
};
const granted = (world: World) => world.table.auditTimeline().filter(({ event }) => event === 'Granted').length;
const capKeysOf = async (world: World, name: string) =>
  (await load(world.table, Grants, await keyOf(world, name)))?.data.capKeys;

test('a tag that brings back the label that is still stored is counted for who holds a grant', async () => {
  const caps = { perLabel: { stage: 1 } };
  const clusters = [tagged('a', { stage: 'dev', env: 'prod' }), tagged('z', { stage: 'x', env: 'dev' })];
  const world = await smallFleet({ clusters, caps, policies: [] });
  await hours(world, 1.05);
  await applyAndDie(world, '"name":"a"', { caps });
  expect((await recordOf(world, 'a')).labels.stage).toBe('dev');
  await start(world, 'a');
  expect(granted(world)).toBe(1);
  expect((await recordOf(world, 'a')).labels.stage).toBe('dev');
  for (const one of Object.values(world.eks.state.clusters))
    if (one.name === 'a') Object.assign(one.tags, { env: 'dev' });
  await world.invoke('discover-clusters', {});
  await minutes(world, 3);
  const record = await recordOf(world, 'a');
  expect([record.tags.env, record.labels.stage]).toEqual(['dev', 'dev']);
  await start(world, 'z');
  expect(await capKeysOf(world, 'a')).toContain('label/stage/dev');
  expect(granted(world)).toBe(1);
});

test('tags that change while held grants are counted by a new Fleet are counted', async () => {
  const caps = { perLabel: { stage: 1 } };
  const clusters = [tagged('a', { stage: 'x', env: 'prod' }), tagged('z', { stage: 'dev', env: 'dev' })];
  const world = await smallFleet({ clusters, caps, policies: [] });
  await hours(world, 1.05);
  await start(world, 'z');
  expect(granted(world)).toBe(1);
  for (const one of Object.values(world.eks.state.clusters))
    if (one.name === 'z') Object.assign(one.tags, { env: 'prod' });
  const queryActive = world.table.queryActive.bind(world.table);
  const get = world.table.get.bind(world.table);
  let state = 0;
  const queryOnce: typeof queryActive = async () => {
    if (state === 0) state = 1;
    return queryActive();
  };
  world.table.queryActive = queryOnce;
  const getOnce: typeof get = async (key) => {
    if (state === 1 && key.sk.includes('GRANT') && key.pk.includes('/z@')) {
      state = 2;
      await world.invoke('discover-clusters', {});
      await world.clock.runUntil(new Date(world.clock.now().getTime() + 60_000));
      onceBefore(world, ['"kind":"Cluster"', '"name":"a"'], () => Promise.reject(new Error('crash')));
    }
    return get(key);
  };
  world.table.get = getOnce;
  await applyFleet(world, 'env', { caps }).catch(() => undefined);
  expect([state, (await recordOf(world, 'z')).tags.env, (await recordOf(world, 'z')).labels.stage]).toEqual([
    2,
    'prod',
    'dev',
  ]);
  await start(world, 'a');
  expect(granted(world)).toBe(1);
});
