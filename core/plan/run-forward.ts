import type { Reason } from '../contracts/step-result.ts';
import { decide } from '../rollout/decide.ts';
import type { Decision, Waiting } from '../rollout/decisions.ts';
import type { RolloutPlan } from '../rollout/plan-rollout.ts';
import { planRollout } from '../rollout/plan-rollout.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { soakOf } from '../rollout/wave-soak.ts';
import { asAssumed } from './assumed.ts';
import type { Chance, PlanInput } from './plan-input.ts';
import { VirtualFleet } from './virtual-fleet.ts';

export interface Forward {
  readonly plans: readonly RolloutPlan[];
  readonly fleet: VirtualFleet;
  /** Why each cluster last waited, before it began; clusters that never did are missing. */
  readonly waited: ReadonlyMap<string, readonly Reason[]>;
}

/** Looks wider where nothing was found within the room that there is; beyond this everybody was looked at. */
const DEEPEST = 8;
/** Decisions that follow from each other at one instant. */
const ROUNDS = 50;
const TICK_MILLISECONDS = 60_000;
/** What has not ended by then never will: a calendar that is never open again, a rollout that waits for a person. */
const HORIZON_MILLISECONDS = 3 * 366 * 86_400_000;

/**
 * Runs the reconciler's own decision forward in virtual time, from now until nothing moves any more. Work that ends wakes it at once, as
 * events do; everything else it notices at the next full minute, as its schedule does. Approvals are taken to be given at once, gates to
 * be green.
 */
export function runForward(input: PlanInput, chance: Chance): Forward {
  const plans = [...input.snapshot.policies.keys()].sort().flatMap((name) => {
    const plan = planRollout(input.snapshot, name, { now: input.now, createdBy: 'plan' });
    return plan === undefined ? [] : [plan];
  });
  const base = asAssumed(input.snapshot);
  const fleet = new VirtualFleet(base, plans, chance);
  const waited = new Map<string, readonly Reason[]>();
  const horizon = input.now.getTime() + HORIZON_MILLISECONDS;
  let now: Date | undefined = input.now;
  while (now !== undefined && now.getTime() < horizon) {
    const wakes = tick(fleet, base, now, waited);
    now = nextInstant(fleet, base, wakes, now);
  }
  return { plans, fleet, waited };
}

/** Decides until nothing follows any more. Gives the instants at which what waits expects something to change. */
function tick(
  fleet: VirtualFleet,
  base: FleetSnapshot,
  now: Date,
  waited: Map<string, readonly Reason[]>,
): readonly string[] {
  fleet.finish(now);
  let depth = 1;
  let wakes: readonly string[] = [];
  let before = -1;
  for (let round = 0; round < ROUNDS; round += 1) {
    const snapshot = fleet.snapshot(depth);
    const { decisions, waiting } = decide(snapshot, now);
    for (const { clusterKey, reasons } of waiting) if (!fleet.lived.has(clusterKey)) waited.set(clusterKey, reasons);
    wakes = waiting.flatMap(({ until }) => until ?? []);
    const changed = decisions.filter((decision) => apply(fleet, decision, now)).length;
    const offeredNow = snapshot.members.length;
    if (changed > 0) depth = 1;
    else if (depth >= DEEPEST || offeredNow === before || !waiting.some((one) => isOwn(base, one))) break;
    else depth += 1;
    before = changed > 0 ? -1 : offeredNow;
  }
  return wakes;
}

const apply = (fleet: VirtualFleet, decision: Decision, now: Date): boolean =>
  decision.type !== 'look-after-grant' && fleet.apply(decision, now);

/** Reasons that hold for everybody who comes after in the same wave, or under the same cap. */
const SHARED = new Set([
  'CapReached',
  'WaveFull',
  'CanaryFirst',
  'BudgetInFlight',
  'WindowClosed',
  'Frozen',
  'WindowTooShort',
  'WindowClosing',
]);

/** Somebody waits for a reason of his own, so that one who was not offered may have none. */
function isOwn({ clusters, fleet }: FleetSnapshot, { clusterKey, reasons }: Waiting): boolean {
  const calendars = clusters.get(clusterKey)?.tags[`${fleet?.tagPrefix ?? ''}calendar`];
  return calendars !== undefined || reasons.every(({ code }) => !SHARED.has(code));
}

function nextInstant(fleet: VirtualFleet, base: FleetSnapshot, wakes: readonly string[], now: Date): Date | undefined {
  const times: number[] = wakes.map((at) => onTick(Date.parse(at)));
  for (const wave of fleet.waves.values()) {
    if (wave.status !== 'Soaking') continue;
    const policy = base.policies.get(fleet.rollouts.get(wave.rolloutId)?.policy ?? '')?.policy;
    const { until } = soakOf(
      wave,
      policy?.spec.waves.find(({ name }) => name === wave.name),
      now,
    );
    if (until !== undefined) times.push(onTick(until.getTime()));
  }
  const later = times.filter((at) => at > now.getTime());
  if (fleet.nextEnd !== undefined) later.push(fleet.nextEnd);
  if (later.length === 0) return undefined;
  return new Date(later.reduce((least, at) => Math.min(least, at)));
}

/** The reconciler looks once a minute (protocol.md rule 12). */
const onTick = (at: number): number => Math.ceil(at / TICK_MILLISECONDS) * TICK_MILLISECONDS;
