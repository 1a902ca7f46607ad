import { clusterText } from '../../cli/verbs/cluster-text.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, recordOf, run, smallFleet } from './small-fleet.ts';

// docs/policies.md, Alarms that rest during steps: what rang is told once the step is over, too.

async function ringing(state: 'OK' | 'ALARM'): Promise<World> {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }],
    policy: { silences: [{ alarms: ['{cluster}-errors'], during: ['upgrade-control-plane'] }] },
  });
  world.silences.alarms.set('web-errors', { state });
  return world;
}

async function described(world: World): Promise<string> {
  const shown = { paint: (_: unknown, text: string) => text, now: world.clock.now() } as never;
  return clusterText(await loadClusterDetail(world.ports, await recordOf(world, 'web')), shown).join('\n');
}

test('what rang while it was silenced is described with its upgrade and step, long after that is over', async () => {
  const world = await ringing('ALARM');
  await run(world);
  await hours(world, 24);
  expect(await described(world)).toMatch(
    /Rang while silenced:\n +1\.36-1\.37, upgrade-control-plane \(cluster\), lifted 2026-\S+Z: The alarm web-errors is in ALARM: As the scenario has it\./,
  );
  // By which the evidence of the upgrade has it, whoever lifts the silence, and when.
  const lifted = (await world.auditTimeline()).filter(({ event }) => event === 'EffectsClosed');
  expect(lifted.map(({ detail }) => detail.upgradeId)).toEqual(['1.36-1.37']);
});

test('where nothing rang, nothing is said', async () => {
  const world = await ringing('OK');
  await run(world);
  expect(await described(world)).not.toContain('Rang while silenced');
});
