import { deadlineInstant } from '../config/checks/deadline.ts';
import { apiVersion } from '../config/kinds.ts';
import type { Inventory } from '../inventory/document/parse-inventory.ts';
import { rolloutPlanHash } from '../rollout/plan-hash.ts';
import { deadlineSource } from './deadline.ts';
import { excludedOf } from './document/excluded.ts';
import { instantOrNull, instantText } from './document/instant.ts';
import type { PlanDocument } from './document/plan-schema.ts';
import { wavesOf } from './document/waves.ts';
import { type Drawn, draw, endOf, meets } from './drawn.ts';
import { spreadOf } from './eta/drawn-chance.ts';
import { etaOf } from './eta/eta.ts';
import { limitedBy } from './limits/limited-by.ts';
import type { PlanRules } from './offline-snapshot.ts';

export interface PlanOptions {
  readonly now: Date;
  /** What chance is drawn from, a whole number. */
  readonly seed: number;
  /** Runs of the Monte Carlo; absent = by the size of the fleet. */
  readonly runs?: number;
}

/** What would happen under these rules, with dates: the reconciler's own decisions, run forward. Pure. */
export function drawPlan(rules: PlanRules, inventory: Inventory, { now, seed, runs }: PlanOptions): PlanDocument {
  const drawn = draw(rules, inventory, now);
  const { waves, cost } = wavesOf(drawn);
  const deadlines = deadlinesOf(drawn);
  const feasible = deadlines.every((deadline) => deadline.feasible);
  const idle = idleDeadlines(drawn);
  // Of policies whose clusters are all done only where all are: no plan has to meet theirs.
  const instants = (deadlines.length > 0 ? deadlines : idle).flatMap(({ at }) => at ?? []).sort();
  return {
    apiVersion,
    kind: 'RolloutPlan',
    now: instantText(now),
    waves,
    excluded: excludedOf(drawn),
    deadline: instants[0] ?? null,
    deadlines: [...deadlines, ...idle].sort((a, b) => (a.policy < b.policy ? -1 : 1)),
    feasible,
    limitedBy: feasible ? null : limitedBy(drawn, inventory),
    eta: etaOf(drawn, seed, runs),
    costOfWaiting: cost,
    assumptions: assumptionsOf(drawn, inventory),
    binding: inventory.complete,
    hash: rolloutPlanHash(waves.map(({ hash }) => hash)),
  };
}

/** Of policies of which no cluster goes: whose end of support it was meant to come before nobody knows then. */
function idleDeadlines({ rules, deadlines }: Drawn): PlanDocument['deadlines'] {
  return [...rules.policies].flatMap(([policy, { spec }]) => {
    const { deadline } = spec;
    if (deadline === undefined || deadlines.some((one) => one.policy === policy)) return [];
    const at = instantOrNull(typeof deadline === 'string' ? deadlineInstant(deadline) : undefined);
    return [{ policy, at, source: deadlineSource(deadline), endsAt: null, feasible: true, overdue: [] }];
  });
}

function deadlinesOf(drawn: Drawn): PlanDocument['deadlines'] {
  return drawn.deadlines.map((deadline) => {
    const plan = drawn.plans.find(({ rollout }) => rollout.policy === deadline.policy);
    const end = plan === undefined ? undefined : endOf(plan, drawn.forward);
    return {
      policy: deadline.policy,
      at: instantOrNull(deadline.at),
      source: deadline.source,
      endsAt: instantOrNull(end),
      feasible: meets(drawn, drawn.forward, deadline),
      overdue: deadline.overdue.map(({ cluster: { name, account, region }, at }) => ({
        name,
        accountId: account,
        region,
        at: instantText(at),
      })),
    };
  });
}

/** What a plan takes for granted, in sentences. */
function assumptionsOf({ rules, input }: Drawn, inventory: Inventory): string[] {
  const { learned } = input.snapshot;
  const specs = [...rules.policies.values()].map(({ spec }) => spec);
  const stated = specs.filter(({ estimates }) => estimates.upgrade !== undefined).length;
  const source =
    learned === undefined
      ? '60m, since nothing was learned yet'
      : `learned from ${learned.count} upgrades of this fleet`;
  const estimates = [
    ...(stated > 0 ? ['as the policy states (estimates.upgrade)'] : []),
    ...(stated < specs.length ? [source] : []),
  ];
  const spread = spreadOf(learned);
  const failures = `${Math.round(spread.failureRate * 1000) / 10} % of hops fail`;
  return [
    'Approvals are given at once and gates stay green.',
    `One hop lasts: ${estimates.join('; else ')}. It lasts exactly that, and nothing fails, in every date but eta.`,
    spread.learned === undefined
      ? `For eta half of the hops take four fifths of the estimate or less, nine of ten the estimate or less; ${failures}.`
      : `For eta durations are drawn as learned (half within ${spread.learned.p50} s, nine of ten within ${spread.learned.p90} s); ${failures}.`,
    'Every Region offers what EKS has released by now, and nothing new appears meanwhile.',
    'Nothing runs yet, rollouts of policies with trigger manual start now too, and the Fleet is in mode act.',
    'Labels, tags and node groups are as the inventory has them; findings of scans are not known, and block nobody.',
    'Extended support costs the list price.',
    ...(inventory.complete
      ? []
      : ['Not every cluster has createdAt, so the hashes bind no approvals: a recreated cluster would look the same.']),
  ];
}
