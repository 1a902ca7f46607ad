import { Grants } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { clusterOf, keyOf, onceBefore } from './changed-policy.ts';
import { applyAndDie, applyFleet, askFor, granted, tagged } from './new-fleet.ts';
import { hours, minutes, PERSON, recordOf, smallFleet } from './small-fleet.ts';

const capKeysOf = async (world: World, name: string) =>
  (await load(world.table, Grants, await keyOf(world, name)))?.data.capKeys;

test('a tag that brings back the label that is still stored is counted for who holds a grant', async () => {
  const caps = { perLabel: { stage: 1 } };
  const clusters = [tagged('a', { stage: 'dev', env: 'prod' }), tagged('z', { stage: 'x', env: 'dev' })];
  const world = await smallFleet({ clusters, caps, policies: [] });
  await hours(world, 1.05);
  await applyAndDie(world, '"name":"a"', { caps });
  expect((await recordOf(world, 'a')).labels.stage).toBe('dev');
  await askFor(world, 'a');
  expect(granted(world)).toBe(1);
  expect((await recordOf(world, 'a')).labels.stage).toBe('dev');
  Object.assign(clusterOf(world, 'a')?.tags ?? {}, { env: 'dev' });
  await world.invoke('discover-clusters', {});
  await minutes(world, 3);
  const record = await recordOf(world, 'a');
  expect([record.tags.env, record.labels.stage]).toEqual(['dev', 'dev']);
  await askFor(world, 'z');
  expect(await capKeysOf(world, 'a')).toContain('label/stage/dev');
  expect(granted(world)).toBe(1);
});

test('tags that change while held grants are counted by a new Fleet are counted', async () => {
  const caps = { perLabel: { stage: 1 } };
  const clusters = [tagged('a', { stage: 'x', env: 'prod' }), tagged('z', { stage: 'dev', env: 'dev' })];
  const world = await smallFleet({ clusters, caps, policies: [] });
  await hours(world, 1.05);
  await askFor(world, 'z');
  expect(granted(world)).toBe(1);
  Object.assign(clusterOf(world, 'z')?.tags ?? {}, { env: 'prod' });
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
  await applyFleet(world, 'env', PERSON, { caps }).catch(() => undefined);
  expect([state, (await recordOf(world, 'z')).tags.env, (await recordOf(world, 'z')).labels.stage]).toEqual([
    2,
    'prod',
    'dev',
  ]);
  await askFor(world, 'a');
  expect(granted(world)).toBe(1);
});
