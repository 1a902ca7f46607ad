import { applyConfig } from '../../core/operations/apply-documents.ts';
import type { World } from '../../simulator/process/world.ts';
import { at, fleetOf, onceBefore, soaking, spec } from './changed-policy.ts';
import { restored } from './restored.ts';
import { hours, PERSON, smallFleet, versionOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const ACCOUNTS = ['111111111111', '222222222222'];
const invalid = Object.assign(new Error('The security token included in the request is invalid.'), {
  name: 'UnrecognizedClientException',
});

/** A rollout that soaks before a wave over two accounts; the second of them cannot be listed any more, and denies nothing. */
async function unlisted(): Promise<World> {
  const elsewhere = staged('prod', ['q']).map((one) => ({ ...one, account: '222222222222' }));
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p']), ...elsewhere].map((one) => ({
      ...one,
      tags: { ...one.tags, env: one.tags.stage },
    })),
    policy: spec(soaking, at('prod', { maxConcurrency: 2 })),
  });
  await hours(world, 3);
  const list = world.ports.eks.listClusters.bind(world.ports.eks);
  const listClusters: typeof list = (scope) =>
    scope.account === '222222222222' ? Promise.reject(invalid) : list(scope);
  Object.assign(world.ports.eks, { listClusters });
  await hours(world, 2);
  return world;
}

test.each<[string, (world: World) => Promise<void>]>([
  ['', async () => {}],
  [' after a restore', (world) => restored(world, world.table.snapshot(), world.clock.now())],
  [
    ' after somebody applied another rule for labels and died',
    async (world) => {
      onceBefore(world, ['"kind":"Cluster"', '"name":"q"'], () => Promise.reject(new Error('crash')));
      const labels = { fromTags: { stage: 'stage', env: 'env' } };
      await expect(applyConfig(world.ports, [fleetOf({ accounts: ACCOUNTS, labels })], PERSON)).rejects.toThrow(
        'crash',
      );
    },
  ],
])('an account that cannot be listed does not stop a rollout for the others%s', async (_, meanwhile) => {
  const world = await unlisted();
  await meanwhile(world);
  await hours(world, 24 * 6);
  expect(versionOf(world, 'p')).toBe('1.37');
});
