import { type Reason, reason } from '../../contracts/step-result.ts';
import { candidatesOf } from '../../rollout/candidates.ts';
import { type Drawn, membersOf } from '../drawn.ts';
import { exclusionOf } from './exclusions.ts';
import type { PlanDocument } from './plan-schema.ts';

const NO_POLICY = reason('NoPolicy', 'No policy selects it.');

/** Every cluster that is in no wave, with one reason: the first that any policy gave. */
export function excludedOf({ rules, input, plans }: Drawn): PlanDocument['excluded'] {
  const { snapshot, now } = input;
  const inWave = new Set(plans.flatMap((plan) => membersOf(plan).map(({ clusterKey }) => clusterKey)));
  const reasons = new Map<string, Reason>();
  const note = (clusterKey: string, why: Reason | undefined): void => {
    if (why !== undefined && !inWave.has(clusterKey) && !reasons.has(clusterKey)) reasons.set(clusterKey, why);
  };
  for (const name of [...rules.policies.keys()].sort()) {
    const plan = plans.find(({ rollout }) => rollout.policy === name);
    if (plan === undefined) {
      // Nobody of this policy goes, so there is no rollout of it.
      const { byWave, leftOut } = candidatesOf(snapshot, name, now);
      for (const { clusterKey, reason: why } of leftOut) note(clusterKey, why);
      for (const { cluster, refusals } of [...byWave.values()].flat()) note(cluster.clusterKey, refusals[0]);
      continue;
    }
    for (const { clusterKey, reason: why } of plan.leftOut) note(clusterKey, why);
    for (const { clusterKey, status, reasons: why } of plan.members)
      if (status === 'Excluded') note(clusterKey, why[0]);
  }
  return [...snapshot.clusters.values()]
    .filter(({ clusterKey }) => !inWave.has(clusterKey))
    .map(({ clusterKey, name, account, region, deletedAt }) => {
      const gone = deletedAt === undefined ? NO_POLICY : reason('Gone', `It was deleted (seen ${deletedAt}).`);
      const { code, message } = reasons.get(clusterKey) ?? gone;
      return { name, accountId: account, region, reason: exclusionOf(code), message };
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.accountId, b.accountId) || compare(a.region, b.region));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
