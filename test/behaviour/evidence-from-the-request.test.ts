import { coveredRecords } from '../../core/evidence/covered-records.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import type { World } from '../../simulator/process/world.ts';
import { drain, drainedShop, drainsOf } from './drained-shop.ts';
import { PERSON, recordOf, run, smallFleet } from './small-fleet.ts';

/** The first entry of the cluster that a file about the upgrade shows. */
async function firstShown(world: World, upgradeId: string) {
  const { clusterKey } = await recordOf(world, 'web');
  const items = Map.groupBy(await world.auditTimeline(), ({ subject }) => subject);
  const known = [...items].map(([subject, own]) => ({ subject, items: own }));
  const shown = coveredRecords(known, { kind: 'upgrade', clusterKey, upgradeId });
  const [first] = shown.find(({ subject }) => subject === clusterKey)?.items ?? [];
  return [first?.event, first?.principal, first?.detail.reason];
}

test('the evidence of a drain, and of a rollback alone, begins with who asked for it and why', async () => {
  const world = await drainedShop();
  await drain(world);
  await run(world, 1);
  const [{ id } = { id: '' }] = await drainsOf(world);
  expect(await firstShown(world, id)).toEqual(['DrainRequested', PERSON, undefined]);

  const other = await smallFleet({ clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }] });
  await run(other);
  const asked = { approve: true, reason: 'it lost its routes' };
  await requestRollback(other.ports, await recordOf(other, 'web'), PERSON, asked);
  await run(other);
  expect(await firstShown(other, 'rollback-1.37-1.36')).toEqual(['RollbackRequested', PERSON, asked.reason]);
});
