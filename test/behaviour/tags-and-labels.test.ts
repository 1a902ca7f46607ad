import { applyConfig } from '../../core/operations/apply-documents.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { fleetOf, onceBefore } from './changed-policy.ts';
import { discover, PERSON, recordOf, smallFleet } from './small-fleet.ts';

const web = { name: 'web', version: '1.36' };
const manual = { trigger: 'manual' };
const setTags = (world: World, tags: Record<string, string>) => {
  for (const cluster of Object.values(world.eks.state.clusters)) cluster.tags = { ...tags };
};
const observedTags = (world: World) =>
  world.table
    .auditTimeline()
    .filter(({ event }) => event === 'TagsObserved')
    .map(({ detail: { tags, before } }) => ({ tags, before }));
const byTier = { labels: { fromTags: { stage: 'tier' } } };

test('a tag with the prefix in another case is recorded: it keeps Liftlock away', async () => {
  const world = await smallFleet({ clusters: [web], policy: manual });
  await discover(world);
  setTags(world, { 'Liftlock/paused': 'true' });
  await discover(world);
  expect((await explainCluster(world.ports, await recordOf(world, 'web'))).reasons).toMatchObject([{ code: 'BadTag' }]);
  expect(observedTags(world)).toEqual([{ tags: { 'Liftlock/paused': 'true' }, before: {} }]);
});

test('while a policy has an expression, a change of any tag is recorded', async () => {
  const selector = { when: 'cluster.tags["team"] == "a"' };
  const world = await smallFleet({ clusters: [{ ...web, tags: { team: 'a' } }], policy: { ...manual, selector } });
  await discover(world);
  setTags(world, { team: 'b' });
  await discover(world);
  expect(observedTags(world)).toEqual([{ tags: { team: 'b' }, before: { team: 'a' } }]);
});

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
