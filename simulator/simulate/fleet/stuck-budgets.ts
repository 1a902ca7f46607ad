import type { Document } from './documents.ts';
import { SeededChoices } from './seeded-choices.ts';

/**
 * In one world of eight some clusters with node groups have a budget that never lets a pod go, and the policies have the last roll of a group sent by
 * force, where the stage is the right one. It uses choices of its own, as `neverMeets` does.
 */
export function stuckBudgets(seed: number) {
  const choices = new SeededChoices(seed * 1_299_709 + 3);
  if (!choices.chance(0.125)) return undefined;
  const selector = choices.pick<Document>([
    { matchLabels: { stage: 'dev' } },
    { matchExpressions: [{ key: 'stage', operator: 'NotIn', values: ['prod'] }] },
  ]);
  const force = { after: choices.pick(['20m', '1h', '4h']), selector };
  const podEvictionFailure = { retries: choices.integer(1, 3), pause: choices.pick(['5m', '30m']), force };
  /** A budget of prod is a failure of the upgrade, so few have one. */
  const ofCluster = (stage: string): Document =>
    choices.chance(stage === 'prod' ? 0.1 : 0.5) ? { workloads: [WORKLOAD], podDisruptionBudgets: [NEVER] } : {};
  return { nodes: { podEvictionFailure }, ofCluster };
}

const labels = { app: 'stuck' };
const WORKLOAD = { kind: 'Deployment', namespace: 'stuck', name: 'api', replicas: 2, labels, image: 'api:1' };
const NEVER = { namespace: 'stuck', name: 'never', matchLabels: labels, maxUnavailable: 0 };
