import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import { dieBeforeRollout } from './accidents.ts';
import { apply, at } from './changed-policy.ts';
import { hours, membersOf, recordOf, rolloutsOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

/** A policy is applied, and soon after it another one; whoever creates the rollout of the first may die. */
async function planTwice(world: World, dies: boolean): Promise<void> {
  if (dies) dieBeforeRollout(world);
  await apply(world, { name: 'dev', selector: {} }, at('prod'));
  if (dies) await world.tick();
  await apply(world, at('dev'), at('prod'));
  await hours(world, 12);
}

describe('what an attempt to create a rollout has left that died', () => {
  test.each([false, true])('does not have clusters wait that are through (attempt died: %s)', async (dies) => {
    const world = await smallFleet({ clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])], policies: [] });
    await hours(world, 1.2);
    await planTwice(world, dies);
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
    await planTwice(world, dies);
    const [rollout] = await rolloutsOf(world);
    const b = (await membersOf(world)).find(({ name, rolloutId }) => name === 'b' && rolloutId === rollout?.id);
    const told = await explainCluster(world.ports, await recordOf(world, 'b'));
    expect([rollout?.status, b?.status, told.state, JSON.stringify(told).includes('liftlock retry cluster b')]).toEqual(
      ['Completed', 'Blocked', 'Blocked', true],
    );
    expect(told.rollout?.id).toBe(rollout?.id);
  });
});
