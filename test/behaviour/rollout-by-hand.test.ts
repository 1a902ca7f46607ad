import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, onceBefore, retag, spec } from './changed-policy.ts';
import {
  discover,
  hours,
  membersOf,
  minutes,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const wave = (name: string) => ({ name, selector: { matchLabels: { stage: name } } });
const policy = { trigger: 'manual', waves: [wave('dev'), wave('prod')] };
const clusters = [...staged('dev', ['d1', 'd2']), ...staged('prod', ['p1'])];
const create = (world: World, options: { dryRun?: boolean; incompleteInventory?: boolean } = {}) =>
  startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, ...options });

/** Every account was looked at, and not one of the clusters that were listed is recorded but p1. */
async function discovering(): Promise<World> {
  const world = await smallFleet({ clusters, policy });
  await world.invoke('watch-versions', {});
  await world.invoke('discover-clusters', {});
  await recordCluster(world.ports, { account: '111111111111', region: 'eu-central-1', name: 'p1', depth: 'deep' });
  return world;
}
describe('a rollout by hand while discovery is under way', () => {
  test.each([false, true])('is refused, and names what is missing (dry run: %p)', async (dryRun) => {
    const world = await discovering();
    const refused = await create(world, { dryRun }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      name: 'RolloutBlocked',
      message: expect.stringContaining('Still to come: d1, d2.') as string,
      details: { reasons: [{ code: 'InventoryIncomplete' }] },
    });
    expect((refused as Error).message).toContain('--incomplete-inventory');
    expect(await rolloutsOf(world)).toEqual([]);
  });

  test('is refused before anybody has looked anywhere, and not told that there is nothing to do', async () => {
    const world = await smallFleet({ clusters, policy });
    await expect(create(world)).rejects.toThrow('Nobody has looked into 111111111111 in eu-central-1 yet.');
  });

  test.each([false, true])(
    'is planned over what is known when a person says so, and says it (dry run: %p)',
    async (dryRun) => {
      const world = await discovering();
      const rollout = await create(world, { dryRun, incompleteInventory: true });
      expect(rollout.members.map(({ name }) => name)).toEqual(['p1']);
      expect(rollout.reasons).toMatchObject([
        { code: 'PlannedIncomplete', message: expect.stringContaining('Still to come: d1, d2.') as string },
      ]);
      const written = world.table.auditTimeline().filter(({ event }) => event === 'RolloutCreated');
      expect(written.map(({ detail }) => detail.reasons)).toEqual(dryRun ? [] : [rollout.reasons]);
    },
  );

  test('begins once all is recorded, with everybody in their own wave, and has nothing to say of it', async () => {
    const world = await discovering();
    await discover(world);
    const rollout = await create(world, { incompleteInventory: true });
    expect([rollout.reasons, rollout.members.map(({ name, waveIndex }) => [name, waveIndex])]).toEqual([
      [],
      [
        ['d1', 0],
        ['d2', 0],
        ['p1', 1],
      ],
    ]);
  });
});

test('a cluster whose wave had begun when it appeared goes with a later one, and everybody is told', async () => {
  const world = await smallFleet({
    clusters,
    policy: { ...policy, waves: [{ ...wave('dev'), soak: '6h' }, wave('prod')] },
  });
  await discover(world);
  const { id } = await create(world);
  await hours(world, 3);
  for (const late of staged('dev', ['d3'])) addCluster(world.eks.state, late);
  await hours(world, 2);
  const said = 'Its own wave dev has begun and takes nobody in any more, so it goes with the wave prod.';
  const told = { code: 'LaterWave', message: said };
  expect((await membersOf(world)).find(({ name }) => name === 'd3')).toMatchObject({ waveIndex: 1, reasons: [told] });
  const { members } = await loadRolloutDetail(world.table, id, world.clock.now());
  expect(members.find(({ name }) => name === 'd3')?.reasons).toEqual([told]);
  expect((await explainCluster(world.ports, await recordOf(world, 'd3'))).reasons).toContainEqual(told);
  const replanned = world.table.auditTimeline().filter(({ event }) => event === 'RolloutReplanned');
  expect(replanned.flatMap(({ detail }) => detail.reasons)).toContainEqual({
    code: 'LaterWave',
    message: '1 put into the wave prod, since the wave that matches has begun: d3.',
  });
  expect(replanned).toHaveLength(1);
  await run(world);
  expect(versionOf(world, 'd3')).toBe('1.37');
});

test('a cluster that was just created is set aside, and still told that it goes later', async () => {
  const soaking = [{ ...wave('dev'), soak: '12h' }, wave('prod')];
  const world = await smallFleet({ clusters, policy: { ...policy, waves: soaking } });
  await discover(world);
  await create(world);
  await hours(world, 2);
  for (const late of staged('dev', ['d3'])) addCluster(world.eks.state, { ...late, createdAt: world.clock.now() });
  const codesOf = async () =>
    (await membersOf(world)).find(({ name }) => name === 'd3')?.reasons.map(({ code }) => code);
  for (const _ of [1, 2, 3]) {
    await hours(world, 1.5);
    expect(await codesOf()).toEqual(['RecentlyCreated', 'LaterWave']);
  }
  const replanned = world.table.auditTimeline().filter(({ event }) => event === 'RolloutReplanned');
  expect(replanned.length).toBeLessThanOrEqual(2);
  await run(world);
  expect(versionOf(world, 'd3')).toBe('1.37');
});

describe('a rollout that a person creates while a cluster gets another tag', () => {
  // Planned over what was read before; then the tag is recorded and looked at; then the rollout is written. `how`: what happens before it is marked.
  test.each([
    ['its function dies once it is written', { approvals: 1 }],
    ['the reconciler comes before the mark', { approvals: 1 }],
    ['the reconciler comes before the mark', undefined],
    ['nothing (control)', { approvals: 1 }],
  ])('does not begin with it in the wave that it was in before: %s, prod asks for %j', async (how, approval) => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d', 'p']), ...staged('prod', ['q'])],
      policies: [],
    });
    await hours(world, 1.2);
    const waves = [
      at('dev', { soak: '6h', maxConcurrency: 5 }),
      at('prod', approval === undefined ? {} : { approval }),
    ];
    await applySpec(world, { ...spec(...waves), trigger: 'manual' });
    await hours(world, 0.2);
    const happened = onceBefore(world, ['"RolloutCreated"'], async () => {
      await retag(world, 'p', { stage: 'prod' });
      const { events } = world.ports;
      const publish = events.publish.bind(events);
      if (how.startsWith('its function')) {
        Object.assign(events, {
          publish: () => {
            Object.assign(events, { publish });
            return Promise.reject(
              Object.assign(new Error('Task timed out after 30.00 seconds'), { name: 'Sandbox.Timedout' }),
            );
          },
        });
      }
      if (how.startsWith('the reconciler')) onceBefore(world, [], () => minutes(world, 2));
    });
    await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false }).catch(() => undefined);
    await minutes(world, 90);
    expect(happened()).toBe(true);
    expect([touched(world, 'd'), touched(world, 'p')]).toEqual([true, false]);
  });
});
