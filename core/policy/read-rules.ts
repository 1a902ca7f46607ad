import type { CompiledCalendar } from '../calendar/compile-calendar.ts';
import type { FleetSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { AppliedConfig, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import type { ItemKey, Table, WriteOperation } from '../ports/table.ts';
import { Configs, Learned, loadNamesakes, ReconcileMarkers } from '../store/entities.ts';
import { batched, load, unchanged } from '../store/entity.ts';
import { loadAppliedConfigs, loadAuthors, readPolicies, upgradePolicy } from './applied.ts';
import { labeled } from './cluster-labels.ts';
import { type HopRules, hopRules } from './hop-rules.ts';
import { namingWave, sharedName } from './namesakes.ts';
import { policyByHand, policyOf, undecidedPolicy } from './policy-of.ts';

/** What was read of a hop's rules. Code that needs no window thus does not load what compiles calendars, which is large. */
export interface ReadRules {
  /** The rules, given the compiled calendars by name. */
  rules(calendars: ReadonlyMap<string, CompiledCalendar>): HopRules;
  /** The applied calendars that hold for the hop. */
  readonly calendars: readonly AppliedConfig[];
  readonly policyAppliedBy: readonly string[] | undefined;
  /** Checks that the policy, its Channel and the calendars are still as read, for the transaction that rests on them. */
  readonly checks: readonly WriteOperation[];
}

interface Selecting {
  readonly name: string | undefined;
  readonly undecided: readonly Reason[];
}

/**
 * Reads the rules for a cluster's hop, strongly consistent: by the policy of its rollout, or for an upgrade that a person started by the policy that
 * selects the cluster (`policyByHand`). Undefined for a cluster that is not known or without a Fleet: nothing may start there anyway. `ahead`: a
 * reader that has some of these items already, as `keysOfRules` names them.
 */
export async function readRules(
  table: Pick<Table, 'getAll' | 'queryPartition'>,
  stored: ClusterRecord | undefined,
  fleet: FleetSpec | undefined,
  place: { readonly rollout: Rollout; readonly wave: Wave | undefined } | undefined,
  ahead: Pick<Table, 'getAll'> = table,
): Promise<ReadRules | undefined> {
  if (stored === undefined || fleet === undefined) return undefined;
  const cluster = labeled(stored, fleet);
  const { name, undecided } = place === undefined ? await selecting(table, cluster, fleet) : ofRollout(place.rollout);
  const reader = batched(ahead);
  const unestimated = place?.wave?.estimateSeconds === undefined;
  const [applied, durations, marker] = await Promise.all([
    name === undefined ? undefined : load(reader, Configs, 'UpgradePolicy', name),
    unestimated ? load(reader, Learned) : undefined,
    unestimated ? load(reader, ReconcileMarkers) : undefined,
  ]);
  const policy = name === undefined ? undefined : (upgradePolicy(applied?.data) ?? 'unreadable');
  const learned = durations?.data ?? marker?.data.learned;
  const rules: ReadRules['rules'] = (calendars) => {
    const found = hopRules(policy, cluster, place?.wave, calendars, fleet.tagPrefix, learned);
    return { ...found, unplaced: [...found.unplaced, ...undecided] };
  };
  const checks = name === undefined ? [] : [unchanged(Configs, applied, 'UpgradePolicy', name)];
  const calendars: AppliedConfig[] = [];
  const [author, ...reads] = await Promise.all([
    loadAuthors(reader, applied?.data),
    ...rules(new Map()).calendarNames.map(
      async (calendar) => [calendar, await load(reader, Configs, 'Calendar', calendar)] as const,
    ),
  ]);
  checks.push(...author.checks);
  for (const [calendar, read] of reads) {
    checks.push(unchanged(Configs, read, 'Calendar', calendar));
    if (read !== undefined) calendars.push(read.data);
  }
  if (place !== undefined) rememberRules(table, place.rollout.id, checks);
  return { rules, calendars, policyAppliedBy: author.authors, checks };
}

const ofRollout = ({ policy: name }: Rollout): Selecting => ({ name, undecided: [] });

async function selecting(
  table: Pick<Table, 'getAll' | 'queryPartition'>,
  cluster: ClusterRecord,
  fleet: FleetSpec,
): Promise<Selecting> {
  const { policies, unreadable } = readPolicies(await loadAppliedConfigs(table, 'UpgradePolicy'));
  const match = policyOf(cluster, policies, unreadable);
  const name = policyByHand(match, unreadable);
  if (match.type !== 'one') return { name, undecided: undecidedPolicy(match) };
  const { policy } = match;
  const named = namingWave(policy, cluster, fleet.tagPrefix);
  if (named === -1) return { name, undecided: [] };
  const others = (await loadNamesakes(table, cluster)).map((one) => labeled(one, fleet));
  const selected = others.filter((one) => {
    const other = policyOf(one, policies, unreadable);
    return other.type === 'one' && other.policy === policy;
  });
  return { name, undecided: sharedName(policy, named, [cluster, ...selected], fleet) };
}

/**
 * The items from which the rules of each rollout were last read, by its id. They only tell what to read ahead; every decision rests on a fresh
 * reading.
 */
const lastRead = new WeakMap<Pick<Table, 'getAll'>, Map<string, readonly ItemKey[]>>();
/** A function is not told when a rollout ends, so beyond this many the rollout that was not read for longest is forgotten. */
const MOST_REMEMBERED = 500;

/**
 * The items that the rules of a rollout are likely in, so that they are read together with the rollout itself; none where no rules of it were read
 * yet.
 */
export const keysOfRules = (table: Pick<Table, 'getAll'>, rolloutId: string | undefined): readonly ItemKey[] =>
  (rolloutId === undefined ? undefined : lastRead.get(table)?.get(rolloutId)) ?? [];

/** `checks`: the checks of everything that the rules were read from. */
function rememberRules(table: Pick<Table, 'getAll'>, rolloutId: string, checks: readonly WriteOperation[]): void {
  const known = lastRead.get(table) ?? new Map<string, readonly ItemKey[]>();
  lastRead.set(table, known);
  known.delete(rolloutId);
  known.set(
    rolloutId,
    checks.flatMap((check) => (check.type === 'check' ? [check.key] : [])),
  );
  const [oldest = ''] = known.keys();
  if (known.size > MOST_REMEMBERED) known.delete(oldest);
}
