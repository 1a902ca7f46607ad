import { type CompiledCalendar, compileCalendar } from '../calendar/compile-calendar.ts';
import type { FleetSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { AppliedConfig, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { batched } from '../store/batched.ts';
import { Configs, ReconcileMarkers } from '../store/entities.ts';
import { load, unchanged } from '../store/entity.ts';
import { calendarSpec, upgradePolicy } from './applied.ts';
import { type HopRules, hopRules } from './hop-rules.ts';
import { allPolicies, policyOf } from './policy-of.ts';

export interface LoadedRules {
  /** Undefined when no policy selects the cluster, or several do. */
  readonly rules: HopRules | undefined;
  readonly policyAppliedBy: string | undefined;
  /** "The policy and the calendars are still as read": part of the transaction that rests on them. */
  readonly checks: readonly WriteOperation[];
}

const NO_RULES: LoadedRules = { rules: undefined, policyAppliedBy: undefined, checks: [] };

/**
 * Reads what a policy says of a cluster's hop, strongly consistent: its rollout's policy, or for an upgrade started by hand the one that
 * selects the cluster. Nothing of a cluster that is not known, nor without a Fleet: there nothing may start anyway.
 */
export async function loadRules(
  table: Pick<Table, 'getAll' | 'queryPartition'>,
  cluster: ClusterRecord | undefined,
  fleet: FleetSpec | undefined,
  place: { readonly rollout: Rollout; readonly wave: Wave | undefined } | undefined,
): Promise<LoadedRules> {
  if (cluster === undefined || fleet === undefined) return NO_RULES;
  const name = place?.rollout.policy ?? (await selecting(table, cluster));
  if (name === undefined) return NO_RULES;
  const reader = batched(table);
  const [applied, marker] = await Promise.all([
    load(reader, Configs, 'UpgradePolicy', name),
    place?.wave?.estimateSeconds === undefined ? load(reader, ReconcileMarkers) : undefined,
  ]);
  const policy = upgradePolicy(applied?.data);
  const learned = marker?.data.learned;
  const calendars = new Map<string, CompiledCalendar>();
  const wanted = hopRules(policy, cluster, place?.wave, calendars, fleet.tagPrefix, learned).calendarNames;
  const checks = [unchanged(Configs, applied, 'UpgradePolicy', name)];
  const reads = await Promise.all(
    wanted.map(async (calendar) => [calendar, await load(reader, Configs, 'Calendar', calendar)] as const),
  );
  for (const [calendar, read] of reads) {
    checks.push(unchanged(Configs, read, 'Calendar', calendar));
    const compiled = compiledCalendar(read?.data);
    if (compiled !== undefined) calendars.set(calendar, compiled);
  }
  const rules = hopRules(policy, cluster, place?.wave, calendars, fleet.tagPrefix, learned);
  return { rules, policyAppliedBy: applied?.data.appliedBy, checks };
}

async function selecting(table: Pick<Table, 'queryPartition'>, cluster: ClusterRecord): Promise<string | undefined> {
  const match = policyOf(cluster, await allPolicies(table));
  return match.type === 'one' ? match.policy.metadata.name : undefined;
}

/** Undefined when this version cannot read it: then it counts as not applied, and closed. */
export function compiledCalendar(applied: AppliedConfig | undefined): CompiledCalendar | undefined {
  const spec = calendarSpec(applied);
  return applied === undefined || spec === undefined
    ? undefined
    : remembered(applied, () => compileCalendar(applied.name, spec));
}

/** Compiling takes time and gives the same for the same revision, so the newest ones are kept. */
const MOST_REMEMBERED = 200;
const memory = new Map<string, CompiledCalendar>();

function remembered({ name, revision }: AppliedConfig, compile: () => CompiledCalendar): CompiledCalendar {
  const key = `${name}/${revision}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  const compiled = compile();
  if (memory.size >= MOST_REMEMBERED) memory.clear();
  memory.set(key, compiled);
  return compiled;
}
