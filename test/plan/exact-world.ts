import { parseConfig } from '../../core/config/parse-config.ts';
import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Inventory } from '../../core/inventory/document/parse-inventory.ts';
import { parseInventory } from '../../core/inventory/document/parse-inventory.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { type PlanRules, planRules } from '../../core/plan/offline-snapshot.ts';
import { writtenCluster } from '../../core/queries/list-clusters.ts';
import { addCluster, type ClusterSpecification } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import type { Timing } from '../../simulator/eks/operation-context.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { World } from '../../simulator/process/world.ts';
import { clustersOf, DAY, PERSON, upgradesOf } from '../behaviour/small-fleet.ts';
import { EQUAL_TIMING } from '../simulation/makespan/equal-scenarios.ts';

/** Everything takes as long for one cluster as for another, and events arrive at once. */
export const EXACT: Partial<Timing> = {
  ...EQUAL_TIMING,
  visibility: [2, 2],
  addon: [60, 60],
};

export interface Rehearsal {
  readonly clusters: readonly ClusterSpecification[];
  readonly documents: readonly object[];
  readonly timing?: Partial<Timing>;
}

export interface Rehearsed {
  readonly rules: PlanRules;
  /** As it was before anything moved. */
  readonly inventory: Inventory;
  /** When the first cluster was granted. */
  readonly startedAt: Date;
  /** By cluster: first start and last end, milliseconds since the epoch. */
  readonly lived: ReadonlyMap<string, { readonly start: number; readonly end: number }>;
}

/** Runs a fleet without faults in a whole world, to its end. */
export async function rehearse({ clusters, documents, timing = {} }: Rehearsal): Promise<Rehearsed> {
  const state = emptyState(DAY);
  for (const cluster of clusters) addCluster(state, cluster);
  const world = new World({ state, start: DAY, seed: 3, timing, deliver: () => [0] });
  const text = documents.map((one) => JSON.stringify({ apiVersion: 'liftlock/v1alpha1', ...one })).join('\n---\n');
  const config = parseConfig([{ path: 'test.yaml', text }], { now: DAY });
  if (config.fleet === undefined || config.errors.length > 0) throw new Error(JSON.stringify(config.errors));
  await applyConfig(world.ports, [config.fleet, ...config.calendars, ...config.policies], PERSON);
  await world.invoke('discover-clusters', {});
  await world.clock.runUntil(new Date(DAY.getTime() + 60_000));
  const written = (await clustersOf(world)).map((cluster) => writtenCluster(cluster, undefined));
  const document = { apiVersion: 'liftlock/v1alpha1', kind: 'Inventory', clusters: written };
  const { inventory, errors } = parseInventory({ path: 'inventory', text: JSON.stringify(document) });
  if (inventory === undefined) throw new Error(JSON.stringify(errors));
  // Windows and freezes are quiet for days.
  await runWorld(world, { until: new Date(DAY.getTime() + 30 * 86_400_000), quietHours: 96 });
  expect(await checkInvariants(world)).toEqual([]);
  const lived = livedOf(await upgradesOf(world));
  const startedAt = new Date(Math.min(...[...lived.values()].map(({ start }) => start)));
  return { rules: planRules(config), inventory, startedAt, lived };
}

function livedOf(upgrades: readonly Upgrade[]): Rehearsed['lived'] {
  const lived = new Map<string, { start: number; end: number }>();
  for (const { clusterKey, status, startedAt = '', endedAt = '' } of upgrades) {
    if (status !== 'Succeeded') throw new Error(`an upgrade of ${clusterKey} is ${status}`);
    const known = lived.get(clusterKey);
    const [start, end] = [Date.parse(startedAt), Date.parse(endedAt)];
    lived.set(clusterKey, {
      start: Math.min(start, known?.start ?? Number.POSITIVE_INFINITY),
      end: Math.max(end, known?.end ?? 0),
    });
  }
  return lived;
}
