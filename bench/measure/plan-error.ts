import { parseConfig } from '../../core/config/parse-config.ts';
import { parseInventory } from '../../core/inventory/document/parse-inventory.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { drawPlan } from '../../core/plan/draw-plan.ts';
import { planRules } from '../../core/plan/offline-snapshot.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { Upgrades } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { loadAllMembers } from '../../simulator/process/load-all-members.ts';
import { IDLE_MINUTES, runWorld } from '../../simulator/process/run-world.ts';
import { World } from '../../simulator/process/world.ts';
import { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';
import { type Figure, type Measure, median, rounded } from '../figure.ts';
import { configText } from '../fleet/plan-files.ts';

const SEEDS = Number(process.env.SEEDS ?? 100);
const CLUSTERS = 10;
const START = new Date('2026-11-20T08:00:00Z');
const BY = 'arn:aws:iam::000000000000:role/bench';
/** One drain in ten takes three times as long as half of them do, or longer. No plan reads this. */
const TIMING = { drainTail: 3 };
const WAVES = [
  { name: 'canaries', clusters: ['shop-0', 'shop-1'], maxConcurrency: 2 },
  { name: 'others', maxConcurrency: 3 },
];

/**
 * Fleets whose nodes drain log-normally with a long tail: one rollout has taught how long upgrades take, then the plan of the next one is held
 * against what becomes of it.
 */
export const measure: Measure = async () => {
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) outcomes.push(await rolledOut(seed));
  const errors = outcomes.map(({ actual, eta }) => Math.abs(eta - actual) / actual).sort((a, b) => a - b);
  const dated = outcomes.map(({ actual, dates }) => Math.abs(dates - actual) / actual);
  const kept = outcomes.filter(({ actual, late }) => actual <= late).length / outcomes.length;
  const note = `seeds 1 to ${SEEDS}, ${CLUSTERS} clusters each, learned from ${CLUSTERS} upgrades; ${median(outcomes.map(({ actual }) => actual)).toFixed(1)} h in the middle`;
  const percent = (share: number): number => rounded(100 * share);
  const figures: readonly (readonly [string, number, Partial<Figure>?])[] = [
    ['eta.p50 of a plan against what became of it, median error', median(errors), { limit: 15, note }],
    ['the same, nine of ten', errors[Math.ceil(0.9 * errors.length) - 1] ?? Number.NaN, { limit: 40 }],
    ['the same of its dates, median error', median(dated), { note: 'each hop taken to last what nine of ten kept' }],
    ['rollouts that were done by eta.p90', kept],
  ];
  return figures.map(([name, value, rest]) => ({ name, value: percent(value), unit: '%', ...rest }));
};

/** Hours from the plan on. */
interface Outcome {
  readonly actual: number;
  readonly eta: number;
  readonly late: number;
  readonly dates: number;
}

async function rolledOut(seed: number): Promise<Outcome> {
  const choices = new SeededChoices(seed);
  const state = emptyState(START);
  for (let index = 0; index < CLUSTERS; index += 1) {
    const nodegroups = Array.from({ length: choices.integer(1, 3) }, (_, at) => ({
      name: `group-${at}`,
      nodes: choices.integer(2, 12),
    }));
    addCluster(state, { name: `shop-${index}`, version: '1.35', nodegroups });
  }
  const world = new World({ state, start: START, seed, timing: TIMING, keepHistories: false });
  const plan = async (target: string) => {
    const policy = { selector: {}, target, trigger: 'automatic', waves: WAVES };
    const documents = [{ kind: 'UpgradePolicy', metadata: { name: 'standard' }, spec: policy }];
    const text = configText(
      { regions: ['eu-central-1'], accounts: ['111111111111'], organizationId: undefined },
      documents,
    );
    const now = world.clock.now();
    const parsed = parseConfig([{ path: 'bench.yaml', text }], { now });
    if (parsed.fleet === undefined || parsed.errors.length > 0) throw new Error(JSON.stringify(parsed.errors));
    await applyConfig(world.ports, [parsed.fleet, ...parsed.policies], BY);
    return { rules: planRules(parsed), now };
  };
  const toRest = async () => {
    const until = new Date(world.clock.now().getTime() + 10 * 86_400_000);
    if (!(await runWorld(world, { until, quietHours: 2, idleMinutes: IDLE_MINUTES })))
      throw new Error(`the fleet of seed ${seed} did not come to rest`);
  };
  await plan('1.36');
  await toRest();
  const { rules, now } = await plan('1.37');
  const { items, learned } = await listClusters(world.ports, { inventory: true });
  const document = {
    apiVersion: 'liftlock/v1alpha1',
    kind: 'Inventory',
    clusters: items.map((one) => one.inventory),
    learned,
  };
  const { inventory, errors } = parseInventory({ path: 'inventory.json', text: JSON.stringify(document) });
  if (inventory === undefined || learned === undefined) throw new Error(`no inventory: ${JSON.stringify(errors)}`);
  const { eta, waves } = drawPlan(rules, inventory, { now, seed });
  await toRest();
  const hop = (await loadAllMembers(world.table)).filter(({ to }) => to === '1.37');
  if (hop.length !== CLUSTERS || hop.some(({ status }) => status !== 'Succeeded'))
    throw new Error(`not all clusters of seed ${seed} were upgraded: ${hop.map(({ status }) => status).join(', ')}`);
  const hours = (at: string | null | undefined): number => (Date.parse(at ?? '') - now.getTime()) / 3_600_000;
  const last = (instants: readonly (string | null | undefined)[]) =>
    instants
      .map((at) => at ?? '~')
      .sort()
      .at(-1);
  return {
    actual: hours(
      last((await loadKind(world.table, Upgrades)).filter(({ to }) => to === '1.37').map(({ endedAt }) => endedAt)),
    ),
    eta: hours(eta.p50),
    late: hours(eta.p90),
    dates: hours(last(waves.flatMap(({ clusters }) => clusters.map(({ end }) => end)))),
  };
}
