import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { attributesClass, OLD } from './attributes-class.ts';
import { apply, at, onceBefore } from './changed-policy.ts';
import { hours, membersOf, recordOf, rolloutsOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

describe('what an attempt to create a rollout has left that died', () => {
  test.each([false, true])('does not have clusters wait that are through (attempt died: %s)', async (dies) => {
    const world = await smallFleet({ clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])], policies: [] });
    await hours(world, 1.2);
    if (dies)
      onceBefore(world, ['"RolloutCreated"'], () =>
        Promise.reject(Object.assign(new Error('Throttled'), { name: 'ThrottlingException' })),
      );
    await apply(world, { name: 'dev', selector: {} }, at('prod'));
    if (dies) await world.tick();
    await apply(world, at('dev'), at('prod'));
    await hours(world, 12);
    const [d, p] = await Promise.all(['d', 'p'].map((name) => recordOf(world, name)));
    if (d === undefined || p === undefined) throw new Error('gone');
    const told = await Promise.all([d, p].map((one) => explainCluster(world.ports, one)));
    expect(told.map(({ version, state }) => [version, state])).toEqual([
      ['1.37', 'UpToDate'],
      ['1.37', 'UpToDate'],
    ]);
  });

  test.each([false, true])('does not hide that a cluster is blocked (attempt died: %s)', async (dies) => {
    const blocked = staged('prod', ['b']).map((one) => ({ ...one, objects: [attributesClass(OLD)] }));
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p']), ...blocked],
      policies: [],
    });
    await hours(world, 1.2);
    if (dies)
      onceBefore(world, ['"RolloutCreated"'], () =>
        Promise.reject(Object.assign(new Error('Throttled'), { name: 'ThrottlingException' })),
      );
    await apply(world, { name: 'dev', selector: {} }, at('prod'));
    if (dies) await world.tick();
    await apply(world, at('dev'), at('prod'));
    await hours(world, 12);
    const [rollout] = await rolloutsOf(world);
    const b = (await membersOf(world)).find(({ name, rolloutId }) => name === 'b' && rolloutId === rollout?.id);
    const told = await explainCluster(world.ports, await recordOf(world, 'b'));
    expect([rollout?.status, b?.status, told.state, JSON.stringify(told).includes('liftlock retry cluster b')]).toEqual(
      ['Completed', 'Blocked', 'Blocked', true],
    );
    expect(told.rollout?.id).toBe(rollout?.id);
  });
});
