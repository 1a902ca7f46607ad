import type { ClusterRecord } from '../../../core/contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../../../core/contracts/items/rollout.ts';
import { planRollout } from '../../../core/rollout/plan-rollout.ts';
import { replanOf } from '../../../core/rollout/replan.ts';
import type { FleetSnapshot } from '../../../core/rollout/snapshot.ts';
import { clusterRecord } from '../policy/cluster-record.ts';
import { fleetSnapshot } from './fleet-snapshot.ts';

export const NOW = new Date('2026-11-20T12:00:00Z');

export const cluster = (name: string, stage: string, more: Partial<ClusterRecord> = {}): ClusterRecord =>
  clusterRecord({ name, version: '1.36', labels: { stage }, ...more });
export const wave = (name: string, more: object = {}) => ({
  name,
  selector: { matchLabels: { stage: name } },
  ...more,
});
export const fleet = (
  clusters: readonly ClusterRecord[],
  waves: readonly object[],
  versions = ['1.36', '1.37'],
): FleetSnapshot => fleetSnapshot({ clusters, policies: { p: { selector: {}, target: 'latest', waves } }, versions });

export interface Begun {
  readonly rollout: Rollout;
  readonly waves: readonly Wave[];
  readonly members: readonly Member[];
}

export function begin(snapshot: FleetSnapshot, statuses: readonly Wave['status'][] = []): Begun {
  const plan = planRollout(snapshot, 'p', { now: NOW, createdBy: 'a person' });
  if (plan === undefined) throw new Error('nothing to do');
  const waves = plan.waves.map((one, index) => ({ ...one, status: statuses[index] ?? one.status }));
  return { ...plan, waves };
}

export function later(snapshot: FleetSnapshot, { rollout, waves, members }: Begun, served: readonly string[] = []) {
  const history = { rollouts: [rollout], waves, members, served: new Set(served), accounts: [] };
  return replanOf({ ...snapshot, rollouts: [rollout], waves, members, history }, rollout, NOW);
}

export const dev = cluster('d', 'dev');
export const prod = cluster('p', 'prod');
export const both = [wave('dev'), wave('prod')];
