import type { UpgradePolicy, UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterEnvironment } from '../expression/cluster-environment.ts';
import { compilePredicate } from '../expression/predicate.ts';
import { atMost, remembered } from '../model/remembered.ts';
import type { Table } from '../ports/table.ts';
import { matchSelector } from '../selector/match.ts';
import { loadAppliedConfigs, readPolicies, selectorAlone } from './applied.ts';

/**
 * `none`: no policy selects the cluster. `ambiguous`: several do, so the cluster is left alone (semantics.md, Which policy). `errors`: policies whose
 * expression has no answer for the cluster, which is never a match.
 */
export type PolicyMatch = { readonly errors: readonly PolicyError[] } & (
  | { readonly type: 'one'; readonly policy: UpgradePolicy }
  | { readonly type: 'none' }
  | { readonly type: 'ambiguous'; readonly names: readonly string[] }
);

interface PolicyError {
  readonly policy: string;
  /** With code `PolicyError`. */
  readonly reason: Reason;
}

/** `unreadable`: policies of which this version can read the selector at most. */
export function policyOf(
  cluster: ClusterRecord,
  policies: readonly UpgradePolicy[],
  unreadable: readonly AppliedConfig[] = [],
): PolicyMatch {
  const matching: UpgradePolicy[] = [];
  const errors: PolicyError[] = [];
  for (const policy of policies) {
    const { matches, error } = selects(policy.spec.selector, cluster);
    if (matches) matching.push(policy);
    if (error !== undefined) {
      const { name } = policy.metadata;
      errors.push({ policy: name, reason: policyError(`the policy ${name} selects it`, 'spec.selector.when', error) });
    }
  }
  const [first] = matching;
  if (first === undefined) return { type: 'none', errors };
  const others = unreadable.filter((config) => {
    const selector = selectorAlone(config);
    return selector !== undefined && selects(selector, cluster).matches;
  });
  const names = [
    ...matching.map((policy) => policy.metadata.name),
    ...others.map(({ name }) => `${name} that this version cannot read`),
  ];
  if (names.length > 1) return { type: 'ambiguous', names: names.sort(), errors };
  return { type: 'one', policy: first, errors };
}

/** `names`: the policies that select the cluster. */
export const ambiguousPolicy = (names: readonly string[]): Reason =>
  reason('AmbiguousPolicy', `Several policies select it (${names.join(', ')}); it is left alone until one does.`);

/**
 * The policy for an upgrade that a person starts: the one that selects its cluster. Where no policy that this version can read selects the cluster,
 * an unreadable one may, so one of `unreadable` is named. Undefined = only the Fleet and the calendars of the cluster's tags limit the upgrade.
 */
export function policyByHand(match: PolicyMatch, unreadable: readonly AppliedConfig[]): string | undefined {
  if (match.type === 'one') return match.policy.metadata.name;
  return match.type === 'none' ? unreadable[0]?.name : undefined;
}

/** Why it is not decided which policy a cluster belongs to, though one may select it: then nobody knows its windows. */
export function undecidedPolicy(match: PolicyMatch): Reason[] {
  if (match.type === 'ambiguous') return [ambiguousPolicy(match.names)];
  return match.type === 'none' ? match.errors.map((error) => error.reason) : [];
}

/** `name`: the policy of the rollout; absent for an upgrade that a person starts. */
export const unreadablePolicy = (name: string | undefined): Reason =>
  reason(
    'PolicyNotConfigured',
    name === undefined
      ? 'A policy is applied that this version of Liftlock cannot read, and it may select this cluster: nobody knows its windows. `liftlock get policies` names it. Apply it anew.'
      : `The policy ${name} is not applied, or this version of Liftlock cannot read it: nobody knows its windows and approvals. Apply it anew.`,
  );

export async function loadAllPolicies(table: Pick<Table, 'queryPartition'>): Promise<UpgradePolicy[]> {
  return readPolicies(await loadAppliedConfigs(table, 'UpgradePolicy')).policies;
}

/** The reason where an expression has no answer: what would follow from it does not happen, and this says why. */
export const policyError = (whether: string, field: string, error: string): Reason =>
  reason(
    'PolicyError',
    `Nobody can say whether ${whether}: the expression in ${field} has no answer for it (${error}), and that is never a match. Correct the expression, or ask first with has(…).`,
  );

type Selector = UpgradePolicySpec['selector'];

/** Whether a selector takes a cluster, and why. `error`: its expression has no answer, so it does not match, and people must be told. */
interface Selection {
  readonly matches: boolean;
  /** As `SelectorMatch.reasons`. */
  readonly reasons: readonly string[];
  readonly error?: string;
}

/** Labels are matched first: the expression is evaluated only for clusters that the labels leave. */
export function selects(selector: Selector, cluster: ClusterRecord): Selection {
  const byLabels = matchSelector(selector, cluster.labels);
  const { when } = selector;
  if (when === undefined || !byLabels.matches) return byLabels;
  const compiled = compiledOf(when);
  if ('problems' in compiled) return failed(when, compiled.problems[0]?.message ?? '');
  const result = compiled.predicate.test(cluster);
  if ('error' in result) return failed(when, result.error);
  const { matches } = result;
  const text = shortened(when);
  return { matches, reasons: matches ? [...byLabels.reasons, `${text} is true`] : [`needs: ${text}; it is false`] };
}

/** The expression shortened, since reasons are kept in items and read by people; the policy has the whole of it. */
const shortened = (when: string): string => (when.length > 120 ? `${when.slice(0, 119)}…` : when);

function failed(when: string, error: string): Selection {
  return { matches: false, reasons: [`the expression ${shortened(when)} has no answer: ${error}`], error };
}

/** A compiled expression is kept: its meaning never changes, and there are never thousands of different ones in use at once. */
const compiledOf = remembered((source: string) => compilePredicate(source, clusterEnvironment), atMost(1000));
