import { applyConfig } from '../../core/operations/apply-documents.ts';
import { Grants } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, clusterOf, fleetOf, keyOf, onceBefore, spec } from './changed-policy.ts';
import { applyAndDie, applyFleet, askFor, granted, heldByZ, ONE_A_STAGE, tagged } from './new-fleet.ts';
import { hours, minutes, PERSON, recordOf, smallFleet, touched } from './small-fleet.ts';

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
  const queryKind = world.table.queryKind.bind(world.table);
  const get = world.table.get.bind(world.table);
  let state = 0;
  const queryOnce: typeof queryKind = async (kind) => {
    if (state === 0) state = 1;
    return queryKind(kind);
  };
  world.table.queryKind = queryOnce;
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

/** Applies something while the index of what is under way does not have the grants yet. */
async function whileIndexLags(world: World, act: () => Promise<unknown>): Promise<void> {
  const queryActive = world.table.queryActive.bind(world.table);
  world.table.queryActive = async () => (await queryActive()).filter(({ kind }) => kind !== 'Grant');
  await act();
  world.table.queryActive = queryActive;
}

test('a grant of a moment ago, which the index does not have yet, is counted by a new Fleet', async () => {
  const world = await heldByZ();
  await whileIndexLags(world, () => applyAndDie(world, '"kind":"Cluster"', { caps: ONE_A_STAGE }));
  expect(await capKeysOf(world, 'z')).toContain('label/stage/prod');
  await askFor(world, 'a');
  expect(granted(world)).toBe(1);
});

test('a Fleet that begins to cap a label that no tag gives counts who holds a grant already', async () => {
  const world = await smallFleet({ clusters: [tagged('a', {}), tagged('z', {})], policies: [] });
  await hours(world, 1.1);
  await askFor(world, 'z');
  await whileIndexLags(world, () => applyConfig(world.ports, [fleetOf({ caps: { perLabel: { zone: 1 } } })], PERSON));
  await minutes(world, 2);
  await askFor(world, 'a');
  expect(granted(world)).toBe(1);
});

test.each([
  ['what was begun by hand', 'z', async (world: World) => askFor(world, 'z')],
  ['its own', 'a', (world: World) => applySpec(world, spec({ name: 'all', maxConcurrency: 1 }))],
])('a policy that begins to cap a label that no tag gives counts who runs already: %s', async (_, first, begin) => {
  const world = await smallFleet({ clusters: [tagged('a', {}), tagged('z', {})], policies: [] });
  await hours(world, 1.1);
  await begin(world);
  await hours(world, 0.2);
  const begun = () => ['a', 'z'].filter((name) => touched(world, name));
  expect(begun()).toEqual([first]);
  const many = spec({ name: 'all', maxConcurrency: 10 });
  await applySpec(world, { ...many, caps: { perLabel: { zone: 1 } } });
  await hours(world, 0.1);
  expect(begun()).toEqual([first]);
  await applySpec(world, many);
  await hours(world, 0.1);
  expect(begun()).toEqual(['a', 'z']);
});

test('a grant of a cluster that the index of clusters does not list yet is counted by a new Fleet', async () => {
  const world = await heldByZ();
  const queryKind = world.table.queryKind.bind(world.table);
  world.table.queryKind = async (kind) =>
    (await queryKind(kind)).filter(({ kind: one, pk }) => one !== 'Cluster' || !pk.includes('/z@'));
  await applyFleet(world, 'env', PERSON, { caps: ONE_A_STAGE });
  world.table.queryKind = queryKind;
  await askFor(world, 'a');
  expect(granted(world)).toBe(1);
});
