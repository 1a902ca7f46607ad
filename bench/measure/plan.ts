import { parseConfig } from '../../core/config/parse-config.ts';
import { parseInventory } from '../../core/inventory/document/parse-inventory.ts';
import type { PlanDocument } from '../../core/plan/document/plan-schema.ts';
import { drawPlan } from '../../core/plan/draw-plan.ts';
import { planRules } from '../../core/plan/offline-snapshot.ts';
import { type Figure, type Measure, median, rounded } from '../figure.ts';
import { planConfig, planInventory } from '../fleet/plan-files.ts';

const NOW = new Date('2026-11-20T08:00:00Z');
const FAR = '2027-06-01';
/** Before the plan of either fleet ends: each constraint is tried. */
const NEAR = '2026-12-06';

/** From the texts of config and inventory to the whole document, the Monte Carlo with it. */
export const measure: Measure = async () => [
  ...measured(1_000, 7, 300, 'ms'),
  ...measured(10_000, 5, 3_000, 'ms'),
  infeasible(10_000),
];

function once(clusters: number, deadline: string): { readonly spent: number; readonly plan: PlanDocument } {
  const [config, inventory] = [planConfig(deadline), planInventory(clusters)];
  const begun = performance.now();
  const parsed = parseConfig([{ path: 'config.yaml', text: config }]);
  const fleet = parseInventory({ path: 'inventory.json', text: inventory }).inventory;
  if (fleet === undefined || parsed.errors.length > 0) throw new Error('the config of the bench is not valid');
  const plan = drawPlan(planRules(parsed), fleet, { now: NOW, seed: 1 });
  return { spent: performance.now() - begun, plan };
}

function measured(clusters: number, runs: number, limit: number, unit: 'ms'): Figure[] {
  const first = once(clusters, FAR);
  const times = Array.from({ length: runs }, () => once(clusters, FAR).spent);
  const planned = first.plan.waves.flatMap((wave) => wave.clusters).filter(({ end }) => end !== null).length;
  if (planned !== clusters || !first.plan.feasible) throw new Error(`${planned} of ${clusters} clusters are planned`);
  const name = `plan, ${clusters.toLocaleString('en')} clusters, 8 waves, 6 calendars`;
  const note = `${first.plan.eta.runs} runs of the Monte Carlo`;
  return [
    { name: `${name}: median of ${runs}`, value: rounded(median(times)), unit, limit, note },
    { name: `${name}: the first in its process`, value: rounded(first.spent), unit },
  ];
}

function infeasible(clusters: number): Figure {
  const { spent, plan } = once(clusters, NEAR);
  if (plan.limitedBy === null) throw new Error('the plan is feasible, so that nothing was searched');
  const note = `limited by ${plan.limitedBy.kind}`;
  const name = `plan, ${clusters.toLocaleString('en')} clusters, with the search for what limits it`;
  return { name, value: rounded(spent / 1000), unit: 's', limit: 30, note };
}
