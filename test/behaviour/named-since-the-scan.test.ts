import type { World } from '../../simulator/process/world.ts';
import { applySpec, spec } from './changed-policy.ts';
import { hours, run, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

// docs/probes.md, What is blamed, and what is not: what a policy names only since the scan has not been compared with before the hop.

const shop = { name: 'shop', version: '1.36', nodegroups: [{ name: 'workers' }] };
const waves = [{ name: 'all', watch: '6h' }];
const rollback = { automatic: true };

/** A cluster that is watched while its policy gets another alarm, which rings. */
async function watched(alarm: 'red' | 'green', later: readonly string[]): Promise<World> {
  const world = await smallFleet({ clusters: [shop], policy: { waves, rollback, scan: { alarms: ['errors'] } } });
  world.gates.set('old', 'red');
  await hours(world, 4);
  expect((await upgradesOf(world))[0]?.reasons[0]?.code).toBe('Watching');
  await applySpec(world, { ...spec(...waves), rollback, scan: { alarms: later } });
  world.gates.set('errors', alarm);
  await run(world);
  return world;
}

test('an alarm that a policy names while its cluster is watched, and that rang before, is told, and takes nothing back', async () => {
  const world = await watched('green', ['errors', 'old']);
  const [hop] = await upgradesOf(world);
  expect([hop?.status, versionOf(world, 'shop')]).toEqual(['Succeeded', '1.37']);
  const told = hop?.steps['smoke-check']?.reasons.map(({ code, message }) => `${code}: ${message}`);
  expect(told).toContainEqual(expect.stringMatching(/^ChangedMeanwhile: .*alarm old/));
});

test('one that it has named all along is blamed as ever', async () => {
  const world = await watched('red', ['errors', 'old']);
  const [hop] = await upgradesOf(world);
  expect([hop?.status, versionOf(world, 'shop')]).toEqual(['RolledBack', '1.36']);
  const said = hop?.reasons.map(({ message }) => message).join(' ');
  expect(said).toContain('Worse than before the hop: alarm errors (was well');
  expect(said).not.toContain('alarm old (was well');
});
