import type { Inventory } from '../../inventory/document/parse-inventory.ts';
import type { Drawn } from '../drawn.ts';
import { spreadOf } from '../eta/drawn-chance.ts';

/** What a plan takes for granted, in sentences. */
export function assumptionsOf({ rules, input }: Drawn, inventory: Inventory): string[] {
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
