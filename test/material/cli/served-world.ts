import { readFileSync } from 'node:fs';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { applyConfig } from '../../../core/operations/apply-documents.ts';
import { addCluster } from '../../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../../simulator/eks/empty-state.ts';
import { LOCAL_OPERATOR, serveApi } from '../../../simulator/process/serve-api.ts';
import { World } from '../../../simulator/process/world.ts';

export { LOCAL_OPERATOR };

export const START = new Date('2026-11-20T08:00:00Z');
const CREATED = new Date('2025-11-20T08:00:00Z');

const CLUSTERS = [
  { name: 'web', region: 'eu-central-1', version: '1.35', tags: { env: 'dev' } },
  { name: 'shop', region: 'eu-central-1', version: '1.35', tags: { env: 'prod' } },
  { name: 'twin', region: 'eu-central-1', version: '1.36', tags: { env: 'prod', 'liftlock/paused': 'true' } },
  { name: 'twin', region: 'us-east-1', version: '1.36', tags: { 'liftlock/pin-version': '1.36' } },
] as const;

/** Config of the world's fleet, as a person would write it. */
export const FLEET_YAML = readFileSync(new URL('./fleet.yaml', import.meta.url), 'utf8');

/** A Liftlock in one process behind a loopback server: four clusters that were discovered, two of one name. Time stands still. */
/** Clusters have no nodes, where a test gives them none. */
export async function servedWorld(
  nodegroups: readonly { readonly name: string }[] = [],
): Promise<{ world: World; url: string; close(): Promise<void> }> {
  const state = emptyState(START);
  for (const { name, region, version, tags } of CLUSTERS)
    addCluster(state, {
      name,
      version,
      createdAt: CREATED,
      account: '111111111111',
      region,
      tags,
      nodegroups: [...nodegroups],
    });
  const world = new World({ state, start: START, seed: 1 });
  const { fleet, policies } = parseConfig([{ path: 'fleet.yaml', text: FLEET_YAML }]);
  if (fleet === undefined) throw new Error('test/material/cli/fleet.yaml has no Fleet.');
  await applyConfig(world.ports, [fleet, ...policies], 'setup');
  await world.invoke('discover-clusters', {});
  await world.invoke('watch-versions', {});
  await world.clock.runUntil(new Date(START.getTime() + 60_000));
  await world.tick();
  return { world, ...(await serveApi(world, 0)) };
}
