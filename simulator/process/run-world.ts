import { type RunOptions, untilRest } from './until-rest.ts';
import type { World } from './world.ts';

/** The schedules of the stack, in minutes. */
export const SCHEDULE = { reconcile: 1, discover: 60, watch: 60 } as const;

/**
 * Three of four ticks that would find no change are left out, as if EventBridge had lost them. The interval is not five minutes: every grant has its
 * turn once in five (core/rollout/carry-out.ts), and a grant that misses its turn once would always miss it.
 */
export const IDLE_MINUTES = 4;

export interface WorldRunOptions extends RunOptions {
  /** The interval in minutes while nothing in the table changes, as if EventBridge had lost the other ticks. Every minute when absent. */
  readonly idleMinutes?: number;
  /** The interval between discoveries; that of the stack when absent. */
  readonly discoverMinutes?: number;
}

/** Runs the schedules until the fleet is at rest. Returns whether it came to rest in time. */
export async function runWorld(world: World, options: WorldRunOptions): Promise<boolean> {
  const { clock } = world;
  let stopped = false;
  every(
    world,
    options.discoverMinutes ?? SCHEDULE.discover,
    () => stopped,
    async () => void (await world.invoke('discover-clusters', {}).catch(() => {})),
  );
  every(
    world,
    SCHEDULE.watch,
    () => stopped,
    async () => void (await world.invoke('watch-versions', {}).catch(() => {})),
  );
  every(world, SCHEDULE.reconcile, () => stopped, looking(world, options.idleMinutes ?? SCHEDULE.reconcile));

  try {
    return await untilRest(world, clock, options);
  } finally {
    stopped = true;
  }
}

/** It looks again in a minute when anything has changed since its last look, even by itself; otherwise after the longer interval. */
function looking(world: World, idleMinutes: number): () => Promise<void> {
  let seen: number | undefined;
  let lookedAt = 0;
  return async () => {
    const now = world.clock.now().getTime();
    if (seen === world.table.writes && now - lookedAt < idleMinutes * 60_000) return;
    lookedAt = now;
    seen = world.table.writes;
    await world.tick();
  };
}

function every(world: World, minutes: number, stopped: () => boolean, run: () => Promise<void>): void {
  const { clock } = world;
  const again = (): void => {
    clock.schedule(new Date(clock.now().getTime() + minutes * 60_000), async () => {
      if (stopped()) return;
      again();
      await run();
    });
  };
  clock.schedule(clock.now(), run);
  again();
}
