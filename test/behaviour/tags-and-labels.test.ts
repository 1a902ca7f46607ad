import { applyConfig } from '../../core/operations/apply-documents.ts';
import type { World } from '../../simulator/process/world.ts';
import { fleetOf, onceBefore } from './changed-policy.ts';
import { discover, PERSON, recordOf, smallFleet } from './small-fleet.ts';

const web = { name: 'web', version: '1.36' };
const manual = { trigger: 'manual' };
const setTags = (world: World, tags: Record<string, string>) => {
  for (const cluster of Object.values(world.eks.state.clusters)) cluster.tags = { ...tags };
};
const byTier = { labels: { fromTags: { stage: 'tier' } } };

test('a new rule for labels holds for a cluster that is being recorded when it is applied', async () => {
  const tags = { stage: 'dev', tier: 'prod' };
  const world = await smallFleet({ clusters: [{ ...web, tags }], policy: manual });
  await discover(world);
  setTags(world, { ...tags, owner: 'shop' });
  const applied = onceBefore(world, ['"owner":"shop"'], () => applyConfig(world.ports, [fleetOf(byTier)], PERSON));
  await discover(world);
  expect([applied(), (await recordOf(world, 'web')).labels]).toEqual([true, { stage: 'prod' }]);
});

test('a new rule for labels holds for a cluster that comes while it is applied', async () => {
  const tags = { stage: 'dev', tier: 'prod' };
  const world = await smallFleet({ clusters: [{ ...web, tags }], policy: manual });
  const applied = onceBefore(world, ['"kind":"ClusterName"'], () =>
    applyConfig(world.ports, [fleetOf(byTier)], PERSON),
  );
  await discover(world);
  expect([applied(), (await recordOf(world, 'web')).labels]).toEqual([true, { stage: 'prod' }]);
});
