import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatIssue } from '../../core/config/issue.ts';
import { parseConfig } from '../../core/config/parse-config.ts';
import type { Fleet, UpgradePolicy } from '../../core/config/types.ts';
import { applyConfig } from '../../core/operations/apply-config.ts';
import { Regions } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import { type LoadedFleet, type LoadOptions, loadFleet } from '../fleet/load-fleet.ts';
import { World, type WorldOptions } from './world.ts';

/** Who applies the folder's config in a run on one machine. */
export const LOCAL_PRINCIPAL = 'arn:aws:iam::000000000000:role/local-admin';

export interface StartedFleet {
  readonly world: World;
  readonly loaded: LoadedFleet;
  readonly fleet: Fleet;
  readonly policies: readonly UpgradePolicy[];
  readonly warnings: readonly string[];
}

/** As if watch-versions had looked before: what EKS offers beyond that is news in this run. */
async function knowVersions(world: World, { spec }: Fleet, { knownVersions, now }: LoadedFleet): Promise<void> {
  if (knownVersions === undefined) return;
  const known = { versions: [], announced: [...knownVersions], checkedAt: now.toISOString() };
  await world.table.transact(spec.regions.map((region) => put(Regions, { region, ...known }, 'absent')));
}

/** Loads a fleet folder into a world and applies its config. Throws `InvalidInput` with every config error, each with its position. */
export async function startFleet(
  folder: string,
  options: Pick<WorldOptions, 'seed' | 'speed' | 'around'> & Pick<LoadOptions, 'defaultNow'>,
): Promise<StartedFleet> {
  const { defaultNow, ...worldOptions } = options;
  // A dump is days old, a rehearsal is about the days to come.
  const loaded = await loadFleet(folder, defaultNow === undefined ? {} : { defaultNow });
  const files = await Promise.all(
    loaded.configPaths.map(async (path) => ({
      path: join(folder, path),
      text: await readFile(join(folder, path), 'utf8'),
    })),
  );
  const config = parseConfig(files, { now: loaded.now });
  const problems = config.errors.map(formatIssue);
  // A file with an error in it may well be the one that is missed.
  const whole = problems.length === 0;
  if (whole && config.fleet === undefined)
    problems.push(
      `${folder}: error: no Fleet among its YAML files. Add one (kind: Fleet): examples/fleet/fleet.yaml shows how.`,
    );
  if (whole && config.policies.length === 0)
    problems.push(
      `${folder}: error: no UpgradePolicy among its YAML files. Add one: examples/fleet/policies.yaml shows how.`,
    );
  if (Object.keys(loaded.state.clusters).length === 0)
    problems.push(
      `${folder}: error: no cluster among its JSON files. Add outputs of aws eks describe-cluster: docs/rehearse.md shows how.`,
    );
  if (problems.length > 0 || config.fleet === undefined)
    throw Object.assign(new Error(problems.join('\n')), { name: 'InvalidInput' });
  const world = new World({ ...worldOptions, state: loaded.state, start: loaded.now });
  await knowVersions(world, config.fleet, loaded);
  await applyConfig(world.ports, [config.fleet, ...config.policies], LOCAL_PRINCIPAL);
  return { world, loaded, fleet: config.fleet, policies: config.policies, warnings: config.warnings.map(formatIssue) };
}
