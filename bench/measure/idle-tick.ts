import type { Measure } from '../figure.ts';
import { oneCluster, upgradeIt } from '../fleet/one-cluster.ts';

/** A tick over a fleet in which nothing is in motion, after everything was upgraded. */
export const measure: Measure = async () => {
  const world = await oneCluster(1);
  await upgradeIt(world, 2);
  const { reads } = world.table;
  const before = { ...reads };
  const written = world.table.auditTimeline().length;
  await world.tick();
  const count = Object.entries(reads).reduce(
    (sum, [kind, number]) => sum + number - (before[kind as keyof typeof reads] ?? 0),
    0,
  );
  return [
    { name: 'Idle tick', value: count, unit: 'reads', limit: 1 },
    {
      name: 'Idle tick, audited writes',
      value: world.table.auditTimeline().length - written,
      unit: 'writes',
      limit: 0,
    },
  ];
};
