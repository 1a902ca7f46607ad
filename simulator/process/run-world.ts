import { type RunOptions, untilRest } from './until-rest.ts';
import type { World } from './world.ts';

/** The schedules of the stack, in minutes. */
export const SCHEDULE = { reconcile: 1, discover: 60, watch: 60 } as const;

/** Runs the schedules until the fleet is at rest. Gives whether it came to rest in time. */
export async function runWorld(world: World, options: RunOptions): Promise<boolean> {
  const { clock } = world;
  let stopped = false;
  every(
    world,
    SCHEDULE.discover,
    () => stopped,
    async () => void (await world.invoke('discover-clusters', {}).catch(() => {})),
  );
  every(
    world,
    SCHEDULE.watch,
    () => stopped,
    async () => void (await world.invoke('watch-versions', {}).catch(() => {})),
  );
  every(
    world,
    SCHEDULE.reconcile,
    () => stopped,
    () => world.tick(),
  );

  try {
    return await untilRest(world, clock, options);
  } finally {
    stopped = true;
  }
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
