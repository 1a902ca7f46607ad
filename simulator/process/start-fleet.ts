import { applyConfig } from '../../core/operations/apply-config.ts';
import type { LoadOptions } from '../fleet/load-fleet.ts';
import { knowVersions, type PreparedFleet, prepareFleet } from './prepare-fleet.ts';
import { World, type WorldOptions } from './world.ts';

/** Who applies the folder's config in a run on one machine. */
export const LOCAL_PRINCIPAL = 'arn:aws:iam::000000000000:role/local-admin';

export interface StartedFleet extends PreparedFleet {
  readonly world: World;
}

/** Loads a fleet folder into a world and applies its config. Throws `InvalidInput` with every config error, each with its position. */
export async function startFleet(
  folder: string,
  options: Pick<WorldOptions, 'seed' | 'speed' | 'around'> & Pick<LoadOptions, 'defaultNow'>,
): Promise<StartedFleet> {
  const { defaultNow, ...worldOptions } = options;
  // A dump is days old, a rehearsal is about the days to come.
  const prepared = await prepareFleet(folder, defaultNow === undefined ? {} : { defaultNow });
  const { loaded, fleet, policies } = prepared;
  const world = new World({ ...worldOptions, state: loaded.state, start: loaded.now });
  await knowVersions(world.table, prepared);
  await applyConfig(world.ports, [fleet, ...policies], LOCAL_PRINCIPAL);
  return { world, ...prepared };
}
