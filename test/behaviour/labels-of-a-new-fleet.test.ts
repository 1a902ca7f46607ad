import { applyConfig } from '../../core/operations/apply-documents.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, CARL, fleetOf, onceBefore, spec } from './changed-policy.ts';
import { clustersOf, hours, PERSON, smallFleet, touched } from './small-fleet.ts';

const tagged = (name: string, tags: Record<string, string>) => ({
  name,
  version: '1.36',
  tags,
  nodegroups: [{ name: 'workers' }],
});
/** A Fleet by which the stage of a cluster is what this tag says. */
const applyFleet = (world: World, tag: string, by = PERSON) =>
  applyConfig(world.ports, [fleetOf({ labels: { fromTags: { stage: tag } } })], by);

test('whoever applies a Fleet and dies before all clusters have its labels lets nothing begin by the labels of the one before', async () => {
  const world = await smallFleet({
    clusters: [tagged('d', { stage: 'dev', env: 'dev' }), tagged('a', { stage: 'dev', env: 'prod' })],
    policies: [],
  });
  await hours(world, 1.2);
  onceBefore(world, ['"kind":"Cluster"', '"stage":"prod"'], () => Promise.reject(new Error('crash')));
  await expect(applyFleet(world, 'env')).rejects.toThrow('crash');
  await applySpec(world, spec(at('dev'), at('prod', { approval: { approvals: 1 } })));
  await hours(world, 0.2);
  expect(touched(world, 'a')).toBe(false);
});

test('whoever applied a Fleet gives its labels to nobody once somebody else has applied the next one', async () => {
  const tags = { env: 'prod', tier: 'dev' };
  const world = await smallFleet({ clusters: [tagged('a', tags), tagged('b', tags)], policies: [] });
  await hours(world, 1.2);
  const overtaken = onceBefore(world, ['"kind":"Cluster"', '"stage":"dev"'], () => applyFleet(world, 'env', CARL));
  await applyFleet(world, 'tier');
  expect(overtaken()).toBe(true);
  expect((await clustersOf(world)).map(({ labels }) => labels)).toEqual([{ stage: 'prod' }, { stage: 'prod' }]);
});
