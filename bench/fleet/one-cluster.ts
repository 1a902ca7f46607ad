import { parseConfig } from '../../core/config/parse-config.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { Members, Upgrades } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { addCluster, type ClusterSpecification, type NodegroupSpecification } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { World, type WorldOptions } from '../../simulator/process/world.ts';

const START = new Date('2026-11-20T08:00:00Z');
const configWith = (policy: object): string => `
apiVersion: liftlock/v1alpha1
kind: Fleet
metadata: { name: bench }
spec: { mode: act, accounts: ["111111111111"], regions: [eu-central-1], spokeRole: { externalId: bench } }
---
apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: everything }
spec: ${JSON.stringify({ selector: {}, target: '1.37', trigger: 'automatic', waves: [{ name: 'all' }], ...policy })}
`;

/** One cluster at 1.36 with these node groups, or so many of one node each unless told otherwise, and a policy that takes it to 1.37. */
export async function oneCluster(
  groups: number | readonly NodegroupSpecification[],
  {
    nodes = 1,
    policy = {},
    workloads = [],
    podDisruptionBudgets = [],
    ...options
  }: Pick<WorldOptions, 'timing' | 'around' | 'onRequest' | 'requestMilliseconds' | 'keepHistories'> &
    Pick<ClusterSpecification, 'workloads' | 'podDisruptionBudgets'> & {
      readonly nodes?: number;
      readonly policy?: object;
    } = {},
): Promise<World> {
  const state = emptyState(START);
  const nodegroups =
    typeof groups === 'number'
      ? Array.from({ length: groups }, (_, index) => ({ name: `group-${index}`, nodes, zones: 1 }))
      : [...groups];
  addCluster(state, { name: 'shop', version: '1.36', nodegroups, workloads, podDisruptionBudgets });
  const world = new World({ state, start: START, seed: 1, ...options });
  const { fleet, policies, errors } = parseConfig([{ path: 'bench.yaml', text: configWith(policy) }], { now: START });
  if (fleet === undefined || errors.length > 0) throw new Error(JSON.stringify(errors));
  await applyConfig(world.ports, [fleet, ...policies], 'arn:aws:iam::000000000000:role/bench');
  return world;
}

/** Runs it to the end of its upgrade; fails when it is not upgraded. */
export async function upgradeIt(world: World, days: number): Promise<void> {
  const until = new Date(world.clock.now().getTime() + days * 86_400_000);
  const rested = await runWorld(world, { until, quietHours: 2 });
  const [member] = await loadKind(world.table, Members);
  const [upgrade] = await loadKind(world.table, Upgrades);
  if (!rested || member?.status !== 'Succeeded')
    throw new Error(`the cluster was not upgraded: ${member?.status}, ${JSON.stringify(upgrade?.reasons)}`);
}

/** How long the updates of one type really took, in seconds: what was fixed is what was measured. */
export function durations(
  world: World,
  of: (update: { nodegroupName?: string; addonName?: string }) => boolean,
): number[] {
  return Object.values(world.eks.state.clusters).flatMap((cluster) =>
    cluster.updates
      .filter((update) => update.type === 'VersionUpdate' && of(update))
      .map((update) => Math.round(((update.endedAt ?? Number.NaN) - update.createdAt) / 1000)),
  );
}
