import type { UpgradePolicy } from '../config/types.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { type AnyCode, waitsFor } from '../contracts/reasons.ts';
import type { Reason } from '../contracts/step-result.ts';
import { remembered } from '../model/remembered.ts';
import { HORIZON_MILLISECONDS } from '../policy/never-starts.ts';
import { SETTLING_MILLISECONDS } from '../policy/quarantine.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { soakOf } from '../policy/wave-soak.ts';
import { decide } from '../rollout/decide.ts';
import type { Decision, RolloutPlan, Waiting } from '../rollout/decisions.ts';
import { planRollout } from '../rollout/plan-rollout.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { isOwnReason } from './offered.ts';
import type { Chance, PlanInput } from './plan-input.ts';
import { type Standstill, VirtualFleet } from './virtual-fleet.ts';

export interface Forward {
  readonly fleet: VirtualFleet;
  /**
   * What each cluster waited for right before it began, or waits for for ever; clusters that never wait are missing. Filled only with the option
   * `reasons`.
   */
  readonly waited: ReadonlyMap<string, readonly Reason[]>;
  /** For how many milliseconds clusters waited for a reason, by its code. Several reasons hold at once. */
  readonly lost: ReadonlyMap<AnyCode, number>;
}

export interface ForwardOptions {
  /** The run ends at this instant; milliseconds since the epoch. */
  readonly until?: number;
  /** Whether to fill `waited`. */
  readonly reasons?: boolean;
  /** Offers all members to every decision. This is slow and gives the same result (a test holds it to that). */
  readonly everybody?: boolean;
}

/** A look that finds nothing within the present room is widened; at this depth all members were looked at. */
const DEEPEST = 8;
/** The most rounds of decisions that follow from each other at one instant. */
const ROUNDS = 50;

/** The rollouts that all policies would create now, manual ones too. */
export function rolloutPlans({ snapshot, now }: PlanInput): readonly RolloutPlan[] {
  return [...snapshot.policies.keys()].sort().flatMap((name) => {
    const plan = planRollout(snapshot, name, { now, createdBy: 'plan' });
    return plan === undefined ? [] : [plan];
  });
}

/**
 * Runs the reconciler's own decision forward in virtual time, from now until nothing moves any more. Work that ends wakes the reconciler at once, as
 * events do; everything else it notices at its next look, a whole number of minutes after the plan's now, as its schedule does. Approvals are assumed
 * to be given at once, and gates to be green.
 */
export function runForward(
  input: PlanInput,
  plans: readonly RolloutPlan[],
  chance: Chance,
  options: ForwardOptions = {},
): Forward {
  const base = asAssumed(input.snapshot);
  const fleet = new VirtualFleet(base, plans, chance, input.now);
  const waited = new Map<string, readonly Reason[]>();
  const lost = new Map<AnyCode, number>();
  const start = input.now.getTime();
  const end = Math.min(start + HORIZON_MILLISECONDS, options.until ?? Number.POSITIVE_INFINITY);
  let now: Date | undefined = input.now;
  let last = now;
  while (now !== undefined && now.getTime() < end) {
    const before = options.reasons === true && now > last ? fleet.standstill(lookBefore(now, last)) : undefined;
    const { wakes, codes, started } = tick(fleet, base, now, options.everybody === true);
    if (before !== undefined && started.length > 0) note(waited, lastWaits(before, started));
    last = now;
    const next = nextInstant(fleet, base, wakes, now, start);
    for (const code of codes) lost.set(code, (lost.get(code) ?? 0) + (next?.getTime() ?? end) - now.getTime());
    now = next;
  }
  if (options.reasons === true) {
    const snapshot = fleet.snapshot(undefined);
    const never = snapshot.members.filter(({ clusterKey }) => !fleet.lived.has(clusterKey));
    if (never.length > 0) note(waited, lastWaits({ snapshot, at: last }, never));
  }
  return { fleet, waited, lost };
}

/** Only the clock has moved since the last instant, so a decision one look before `now` tells what still held. */
const lookBefore = (now: Date, last: Date): Date =>
  new Date(Math.max(last.getTime(), now.getTime() - TICK_MILLISECONDS));

/**
 * Why members waited until something changed, by cluster: the reconciler is asked about them right before that. The waits of its own run are not
 * enough, since members whose turn cannot come are not offered to it.
 */
function lastWaits({ snapshot, at }: Standstill, members: readonly Member[]): Map<string, readonly Reason[]> {
  const { waiting } = decide({ ...snapshot, members }, at);
  return new Map(waiting.map(({ clusterKey, reasons }) => [clusterKey, reasons]));
}

function note(waited: Map<string, readonly Reason[]>, found: ReadonlyMap<string, readonly Reason[]>): void {
  for (const [clusterKey, reasons] of found) waited.set(clusterKey, reasons);
}

/**
 * Decides until nothing follows any more. Returns the instants at which waiting members expect something to change, why they wait, and the members
 * whose cluster has begun, as they were before.
 */
function tick(
  fleet: VirtualFleet,
  base: FleetSnapshot,
  now: Date,
  everybody: boolean,
): { readonly wakes: readonly string[]; readonly codes: ReadonlySet<AnyCode>; readonly started: readonly Member[] } {
  fleet.finish(now);
  const started: Member[] = [];
  /** Members as they were before this tick decided anything about them. */
  const changed = new Map<string, Member>();
  let depth = 1;
  /** The waits of the last round alone: why a member waits is worked out only when it is read. */
  let waiting: readonly Waiting[] = [];
  let before = -1;
  for (let round = 0; round < ROUNDS; round += 1) {
    const snapshot = fleet.snapshot(everybody ? undefined : depth);
    const decided = decide(snapshot, now);
    const { decisions } = decided;
    waiting = decided.waiting;
    const offeredNow = snapshot.members.length;
    const isWhole = everybody || depth >= DEEPEST || offeredNow === before;
    const begins = decisions.flatMap((one) => (one.type === 'grant-member' && !one.member.inFlight ? one.member : []));
    // A member may go before others only where those were asked as well.
    if (
      !isWhole &&
      begins.length > 0 &&
      waiting.some((one) => isOwnReason(base, one)) &&
      fleet.passesOver(begins, snapshot)
    ) {
      depth += 1;
      before = offeredNow;
      continue;
    }
    let changes = 0;
    let granted = 0;
    for (const decision of decisions) {
      const isNew = decision.type === 'grant-member' && !fleet.lived.has(decision.member.clusterKey);
      if (!fleet.apply(decision, now)) continue;
      changes += 1;
      if (decision.type === 'grant-member') granted += 1;
      if (decision.type === 'change-member' && !changed.has(decision.member.clusterKey))
        changed.set(decision.member.clusterKey, decision.member);
      if (isNew) started.push(changed.get(decision.member.clusterKey) ?? decision.member);
    }
    // All that are left wait for a place in a full wave, so a second look would find nothing. Only after a member was let in is another look needed,
    // since that look ends its wave.
    const letsIn = begins.some(({ status }) => status === 'Quarantined');
    if (!everybody && !letsIn && granted === changes && granted > 0 && fleet.rollouts.size === 1 && isFull(waiting))
      break;
    // Members that are left behind make no room for others, so the look widens, and all of them are found in a few rounds.
    if (decisions.some(leavesBehind)) depth += 1;
    else if (changes > 0) depth = 1;
    else if (depth >= DEEPEST || offeredNow === before || !waiting.some((one) => isOwnReason(base, one))) break;
    else depth += 1;
    before = changes > 0 ? -1 : offeredNow;
  }
  const codes = new Set(waiting.flatMap(({ reasons }) => reasons.map(({ code }) => code)));
  return { wakes: waiting.flatMap(({ until }) => until ?? []), codes, started };
}

const leavesBehind = (decision: Decision): boolean =>
  decision.type === 'change-member' && decision.reasons.some(({ code }) => code === 'NeverStarts');

const isFull = (waiting: readonly Waiting[]): boolean =>
  waiting.length > 0 && waiting.every(({ reasons }) => reasons.some(({ code }) => waitsFor(code) === 'place'));

/**
 * The same fleet, as if nobody had to be asked and everything outside were well: a plan assumes that approvals are given at once and gates are green,
 * and says so.
 */
const asAssumed = (snapshot: FleetSnapshot): FleetSnapshot => ({
  ...snapshot,
  policies: new Map([...snapshot.policies].map(([name, one]) => [name, { ...one, policy: assumed(one.policy) }])),
});

/** One frozen object for all runs, so that what is remembered of a cluster by its policy holds in each of them. */
const assumed = remembered((policy: UpgradePolicy): UpgradePolicy => {
  const waves = policy.spec.waves.map(({ approval: _, ...wave }) => ({ ...wave, gates: [] }));
  return Object.freeze({ ...policy, spec: { ...policy.spec, waves } });
}, new WeakMap());

/** The reconciler looks by itself this often. */
const TICK_MILLISECONDS = 60_000;

/**
 * The next instant at which a decision may come out differently: work ends, a window opens, a soak is over, a new cluster has settled. Undefined =
 * nothing will ever change. The reconciler looks once a minute from `start` on.
 */
function nextInstant(
  fleet: VirtualFleet,
  base: FleetSnapshot,
  wakes: readonly string[],
  now: Date,
  start: number,
): Date | undefined {
  const onTick = (at: number): number => start + Math.ceil((at - start) / TICK_MILLISECONDS) * TICK_MILLISECONDS;
  let least = fleet.nextEnd ?? Number.POSITIVE_INFINITY;
  const consider = (at: number): void => {
    const look = onTick(at);
    if (look > now.getTime() && look < least) least = look;
  };
  for (const at of new Set(wakes)) consider(Date.parse(at));
  for (const wave of fleet.waves.values()) {
    if (wave.quarantined > 0) for (const at of settledAt(fleet, base, wave, now)) consider(at);
    if (wave.status !== 'Soaking') continue;
    const policy = base.policies.get(fleet.rollouts.get(wave.rolloutId)?.policy ?? '')?.policy;
    const spec = waveNamed(policy, wave.name);
    const { until } = soakOf(wave, spec, now);
    if (until !== undefined) consider(until.getTime());
  }
  return least === Number.POSITIVE_INFINITY ? undefined : new Date(least);
}

/** When clusters that are set aside because they are new are not new any more. */
function settledAt(
  fleet: VirtualFleet,
  base: FleetSnapshot,
  { rolloutId, index }: { readonly rolloutId: string; readonly index: number },
  now: Date,
): number[] {
  return (fleet.members.get(`${rolloutId}/${index}`)?.begun() ?? []).flatMap(({ status, clusterKey }) => {
    const createdAt = base.clusters.get(clusterKey)?.createdAt;
    if (status !== 'Quarantined' || createdAt === undefined) return [];
    const at = Date.parse(createdAt) + SETTLING_MILLISECONDS;
    return at > now.getTime() ? [at] : [];
  });
}
