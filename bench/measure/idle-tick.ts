import type { Measure } from '../figure.ts';
import { oneCluster, upgradeIt } from '../fleet/one-cluster.ts';

const MINUTES = 10;
const note = 'each queries what is not at rest, one reads the marker';

/** Ticks over a fleet in which nothing is in motion, after everything was upgraded. */
export const measure: Measure = async () => {
  const world = await oneCluster(1);
  await upgradeIt(world, 2);
  const { reads } = world.table;
  const before = { ...reads };
  const written = world.table.auditTimeline().length;
  const last = world.clock.now().getTime();
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    await world.clock.runUntil(new Date(last + minute * 60_000));
    await world.tick();
  }
  const count = Object.entries(reads).reduce(
    (sum, [kind, number]) => sum + number - (before[kind as keyof typeof reads] ?? 0),
    0,
  );
  return [
    { name: `Idle ticks of ${MINUTES} minutes`, value: count, unit: 'reads', limit: MINUTES + 1, note },
    {
      name: 'Idle ticks, audited writes',
      value: world.table.auditTimeline().length - written,
      unit: 'writes',
      limit: 0,
    },
  ];
};
