import type { World } from '../../process/world.ts';

const EVERY_MINUTES = 10;

/** Has people look at a world every ten minutes, for as long as it runs. */
export function lookRegularly(world: World, look: () => Promise<void>): void {
  world.clock.schedule(new Date(world.clock.now().getTime() + EVERY_MINUTES * 60_000), async () => {
    lookRegularly(world, look);
    await look();
  });
}
