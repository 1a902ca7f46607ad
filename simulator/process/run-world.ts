import { isAtRest } from './at-rest.ts';
import type { World } from './world.ts';

/** The schedules of the stack, in minutes. */
export const SCHEDULE = { reconcile: 1, discover: 60, watch: 60 } as const;

export interface RunOptions {
  /** The run ends here at the latest. */
  readonly until: Date;
  /** It ends earlier once nothing has moved for so many hours, and nothing outside is expected any more. */
  readonly quietHours?: number;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
}

/** Runs the schedules until the fleet is at rest. Gives whether it came to rest in time. */
export async function runWorld(world: World, options: RunOptions): Promise<boolean> {
  const { clock } = world;
  const quietMilliseconds = (options.quietHours ?? 3) * 3_600_000;
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

  let quietSince: number | undefined;
  try {
    while (clock.now() < options.until && options.signal?.aborted !== true) {
      await clock.runUntil(new Date(clock.now().getTime() + 10 * 60_000), options.signal);
      const now = clock.now().getTime();
      if (!(await isAtRest(world))) quietSince = undefined;
      else quietSince ??= now;
      if (quietSince !== undefined && now - quietSince >= quietMilliseconds) return true;
    }
    return false;
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
