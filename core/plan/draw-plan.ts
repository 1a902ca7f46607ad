import { dayOrInstant } from '../config/day-or-instant.ts';
import { apiVersion } from '../config/kinds.ts';
import type { LearnedDurations } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { Inventory } from '../inventory/document/parse-inventory.ts';
import { candidatesOf } from '../rollout/candidates.ts';
import { rolloutPlanHash } from '../rollout/plan-hash.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { deadlineSource } from './deadline.ts';
import { exclusionOf } from './document/exclusions.ts';
import { instantOrNull, instantText } from './document/instant.ts';
import type { PlanDocument } from './document/plan-schema.ts';
import { wavesOf } from './document/waves.ts';
import { type Drawn, draw, endOf, meets, membersOf } from './drawn.ts';
import { limitedBy } from './limits/limited-by.ts';
import { someNeverStart } from './never-starts.ts';
import type { PlanRules } from './offline-snapshot.ts';
import type { Chance } from './plan-input.ts';
import { HORIZON_MILLISECONDS, runForward } from './run-forward.ts';

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
    const at = instantOrNull(typeof deadline === 'string' ? dayOrInstant(deadline) : undefined);
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

const NO_POLICY = reason('NoPolicy', 'No policy selects it.');

/** Every cluster that is in no wave, with one reason: the first that any policy gave. */
function excludedOf({ rules, input, plans }: Drawn): PlanDocument['excluded'] {
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

/** So many hops are drawn in all, so that a plan stays within its time: small fleets get many runs, large ones few. */
const HOPS_IN_ALL = 6_000;
const FEWEST_RUNS = 4;
/** From so many hops on durations are rounded to a quarter of the estimate, else to a twelfth: over many the difference evens out. */
const MANY_HOPS = 500;
const MOST_RUNS = 200;

/** Large fleets need few runs: the last end of thousands of hops hardly moves. */
export const runsFor = (hops: number): number =>
  Math.min(MOST_RUNS, Math.max(FEWEST_RUNS, Math.round(HOPS_IN_ALL / Math.max(1, hops))));

/**
 * When all is done, durations and failures drawn by chance, the same seed giving the same answer. A run in which a cluster that belongs to the
 * plan was never tried, since a wave halted before or it is set aside for good, is never done.
 */
export function etaOf(drawn: Drawn, seed: number, runs?: number): PlanDocument['eta'] {
  const { input, plans } = drawn;
  const members = plans.flatMap(membersOf);
  const hops = members.reduce(
    (sum, { from, to }) => sum + KubeVersion.parse(from).hopsTo(KubeVersion.parse(to)).length,
    0,
  );
  const count = members.length === 0 ? 0 : (runs ?? runsFor(hops));
  const spread = spreadOf(input.snapshot.learned);
  const ends: number[] = [];
  const never = plans.some((plan) => {
    const left = membersOf(plan).filter(({ clusterKey }) => !drawn.forward.fleet.lived.has(clusterKey));
    return someNeverStart(input, plan, left, input.now.getTime() + HORIZON_MILLISECONDS);
  });
  if (never) ends.push(...Array.from({ length: count }, () => Number.POSITIVE_INFINITY));
  for (let run = ends.length; run < count; run += 1) {
    const { fleet } = runForward(input, plans, drawnChance(spread, seed, run, hops > MANY_HOPS ? 4 : 12));
    const settled = new Set<string>();
    for (const { list } of fleet.members.values())
      for (const { clusterKey, status } of list)
        if (status === 'Succeeded' || status === 'Failed') settled.add(clusterKey);
    const done = members.every(({ clusterKey }) => settled.has(clusterKey));
    ends.push(done ? lastEnd(fleet.lived) : Number.POSITIVE_INFINITY);
  }
  ends.sort((a, b) => a - b);
  const quantile = (share: number): string | null => {
    const end = ends[Math.max(0, Math.ceil(share * ends.length) - 1)];
    return instantOrNull(end === Number.POSITIVE_INFINITY ? undefined : end);
  };
  const unfinished = ends.filter((end) => end === Number.POSITIVE_INFINITY).length;
  return { p50: quantile(0.5), p90: quantile(0.9), runs: count, unfinished, seed };
}

function lastEnd(lived: ReadonlyMap<string, { readonly endedAt: number | undefined }>): number {
  let last = 0;
  for (const { endedAt = 0 } of lived.values()) last = Math.max(last, endedAt);
  return last;
}

/** How long hops last and how many fail. Seconds; undefined = as the estimate says. */
export interface Spread {
  readonly learned: { readonly p50: number; readonly p90: number } | undefined;
  readonly failureRate: number;
}

/** From so many upgrades on they say how this fleet's hops spread; as for estimates (core/policy/hop-rules.ts). */
const ENOUGH = 5;
/** Nothing is known: an estimate is what nine of ten hops keep, and half of them are done in four fifths of it. */
const HALF_OF_ESTIMATE = 0.8;
/** The 90th percentile of the normal distribution, in standard deviations. */
const NINE_OF_TEN = 1.2816;
/** No hop is drawn longer than this many times the ninth of ten: state machines time out. */
const LONGEST = 3;

export function spreadOf(learned: LearnedDurations | undefined): Spread {
  if (learned === undefined) return { learned: undefined, failureRate: 0 };
  const { count, p50, p90, failureRate } = learned;
  return { learned: count >= ENOUGH && p50 > 0 ? { p50, p90: Math.max(p50, p90) } : undefined, failureRate };
}

/**
 * Durations from a log-normal distribution with these quantiles; failures with the learned rate. The same seed, run, cluster and hop draw
 * the same, whatever is asked before.
 *
 * @param parts durations are rounded to so many parts of the estimate, never finer than a minute: where ends meet, fewer decisions are made
 */
export function drawnChance(spread: Spread, seed: number, run: number, parts = 12): Chance {
  const salt = mixed(mixed(seed) ^ (run + 1));
  return {
    milliseconds(clusterKey, hop, estimate) {
      const median = spread.learned === undefined ? estimate * HALF_OF_ESTIMATE : spread.learned.p50 * 1000;
      const late = spread.learned === undefined ? estimate : spread.learned.p90 * 1000;
      const sigma = Math.log(late / median) / NINE_OF_TEN;
      const drawn = Math.min(median * Math.exp(sigma * normal(salt, clusterKey, hop)), late * LONGEST);
      const grain = Math.max(60_000, Math.round(estimate / parts / 60_000) * 60_000);
      return Math.max(grain, Math.round(drawn / grain) * grain);
    },
    fails: (clusterKey, hop) => uniform(salt, clusterKey, hop, 3) < spread.failureRate,
  };
}

function normal(salt: number, key: string, hop: number): number {
  const radius = Math.sqrt(-2 * Math.log(uniform(salt, key, hop, 1)));
  return radius * Math.cos(2 * Math.PI * uniform(salt, key, hop, 2));
}

/** Above 0, at most 1. */
function uniform(salt: number, key: string, hop: number, what: number): number {
  return (mixed(salt ^ mixed(hashOf(key) + hop * 8 + what)) + 1) / 2 ** 32;
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the result. */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const hashes = new Map<string, number>();
const MOST_HASHES = 200_000;

/** FNV-1a. */
function hashOf(key: string): number {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  if (hashes.size >= MOST_HASHES) hashes.clear();
  hashes.set(key, hash);
  return hash;
}
