import { applyConfig } from '../../core/operations/apply-documents.ts';
import { configOf, knowVersions, type PreparedFleet } from './prepare-fleet.ts';
import { World, type WorldOptions } from './world.ts';

/** The identity that applies the folder's config in a run on one machine. */
export const LOCAL_PRINCIPAL = 'arn:aws:iam::000000000000:role/local-admin';

/** A world of a fleet folder with its config applied, before its first run. */
export async function startFleet(
  prepared: PreparedFleet,
  options: Pick<WorldOptions, 'seed' | 'speed' | 'around'>,
): Promise<World> {
  const { loaded } = prepared;
  const world = new World({ ...options, state: loaded.state, start: loaded.now });
  await knowVersions(world.table, prepared);
  await applyConfig(world.ports, configOf(prepared), LOCAL_PRINCIPAL);
  return world;
}
