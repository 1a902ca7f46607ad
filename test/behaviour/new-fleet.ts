import { applyConfig } from '../../core/operations/apply-documents.ts';
import type { World } from '../../simulator/process/world.ts';
import { fleetOf, onceBefore } from './changed-policy.ts';
import { beginByHand, clusterArn, hours, minutes, PERSON, smallFleet } from './small-fleet.ts';

export const tagged = (name: string, tags: Record<string, string>) => ({
  name,
  version: '1.36',
  tags,
  nodegroups: [{ name: 'workers' }],
});

/** A Fleet by which the stage of a cluster is what this tag says. */
export const applyFleet = (world: World, tag: string, by = PERSON, more: object = {}) =>
  applyConfig(world.ports, [fleetOf({ labels: { fromTags: { stage: tag } }, ...more })], by);

/** Somebody applies a Fleet and dies before the first cluster of which this is written has the label that is stored for lists. */
export async function applyAndDie(world: World, text: string, more: object = {}): Promise<void> {
  onceBefore(world, ['"kind":"Cluster"', text], () => Promise.reject(new Error('crash')));
  await expect(applyFleet(world, 'env', PERSON, more)).rejects.toThrow('crash');
}

/** Asks for an upgrade by hand, and gives it the time to be granted. */
export async function askFor(world: World, name: string): Promise<void> {
  await beginByHand(world, 'upgrade-cluster', { cluster: clusterArn(name), targetVersion: '1.37' }, name);
  await minutes(world, 3);
}

export const granted = (world: World) => world.table.auditTimeline().filter(({ event }) => event === 'Granted').length;

export const ONE_A_STAGE = { perLabel: { stage: 1 } };

/** One may run in each stage, and z holds the grant of its own; by the tag `env` it would be in that of a, which is not its stage yet. */
export async function heldByZ(): Promise<World> {
  const clusters = [tagged('a', { stage: 'x', env: 'prod' }), tagged('z', { stage: 'dev', env: 'prod' })];
  const world = await smallFleet({ clusters, caps: ONE_A_STAGE, policies: [] });
  await hours(world, 1.1);
  await askFor(world, 'z');
  expect(granted(world)).toBe(1);
  return world;
}
