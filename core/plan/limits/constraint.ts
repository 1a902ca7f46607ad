import type { UpgradePolicySpec as PolicySpec, Wave as WaveSpec } from '../../config/types.ts';
import type { LimitKind } from '../document/limit-kinds.ts';
import type { PlanRules } from '../offline-snapshot.ts';

/** One rule that may make a plan late, and how it can be loosened step by step. */
export interface Constraint {
  readonly kind: LimitKind;
  readonly name: string;
  /** Whose rule this is, a wave as `<policy>/<wave>`; absent = it holds for all waves. */
  readonly of?: { readonly wave: string } | { readonly calendar: string };
  /** For how many milliseconds this rule held clusters back in the plan, as far as is known: the heaviest is tried first. */
  readonly weight: number;
  /** After this many steps the rule does not limit anything any more. */
  readonly steps: number;
  /** The rules after a number of steps, from 1 on, and the change in words. Each step is looser than the one before. */
  at(step: number): { readonly rules: PlanRules; readonly change: string };
}

/** The rules with the spec of one policy changed. */
export function withPolicy(rules: PlanRules, name: string, change: (spec: PolicySpec) => PolicySpec): PlanRules {
  const policy = rules.policies.get(name);
  if (policy === undefined) return rules;
  return { ...rules, policies: new Map(rules.policies).set(name, { ...policy, spec: change(policy.spec) }) };
}

/** The rules with the spec of one wave changed. */
export const withWave = (
  rules: PlanRules,
  policy: string,
  wave: string,
  change: (spec: WaveSpec) => WaveSpec,
): PlanRules =>
  withPolicy(rules, policy, (spec) => ({
    ...spec,
    waves: spec.waves.map((one) => (one.name === wave ? change(one) : one)),
  }));

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A duration as config writes it, in whole minutes: `6h`, `90m`, `1h30m`. */
export function durationText(milliseconds: number): string {
  const hours = Math.floor(milliseconds / HOUR);
  const minutes = Math.round((milliseconds - hours * HOUR) / MINUTE);
  if (minutes === 0) return `${hours}h`;
  return hours === 0 ? `${minutes}m` : `${hours}h${minutes}m`;
}

/** The unit in which a duration is searched: hours, or minutes where it has less than four hours. */
export const grainOf = (milliseconds: number): number => (milliseconds >= 4 * HOUR ? HOUR : MINUTE);
