import { openTimeWithin } from '../../calendar/longest-opening.ts';
import { deepFreeze } from '../../config/deep-freeze.ts';
import { durationMilliseconds } from '../../config/schema/quantities.ts';
import type { CalendarSpec, FleetSpec, UpgradePolicySpec as PolicySpec } from '../../config/types.ts';
import { concurrencyLimit, failureLimit } from '../../config/wave-limits.ts';
import type { Member } from '../../contracts/items/rollout.ts';
import type { Inventory } from '../../inventory/document/parse-inventory.ts';
import { idOfKey } from '../../model/cluster-key.ts';
import { apart, some } from '../../model/words.ts';
import { capLimit } from '../../policy/caps.ts';
import { clusterTags } from '../../policy/cluster-tags.ts';
import { estimateOf } from '../../policy/hop-rules.ts';
import type { RolloutPlan } from '../../rollout/decisions.ts';
import type { PolicyDeadline } from '../deadline.ts';
import { instantText } from '../document/instant.ts';
import type { PlanDocument } from '../document/plan-schema.ts';
import { blockedOf, type Drawn, endOf, hopsOf, meets, membersOf } from '../drawn.ts';
import { someNeverStart } from '../never-starts.ts';
import { offlineSnapshot, type PlanRules } from '../offline-snapshot.ts';
import { AS_ESTIMATED, type PlanInput } from '../plan-input.ts';
import { runForward } from '../run-forward.ts';
import { type Constraint, durationText, withPolicy } from './constraint.ts';
import { type Lost, waveLimits } from './wave-limits.ts';

type LimitedBy = NonNullable<PlanDocument['limitedBy']>;

/** At most this many constraints are lifted, the heaviest first; fewer in large fleets, where each plan takes long. */
const MOST_TRIES = 40;
const MOST_TRIES_OF_MANY = 10;
const MANY_CLUSTERS = 2_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * What makes a plan infeasible. Each constraint is lifted by itself and the plan drawn anew; of those that are enough, the one with which the plan
 * ends soonest counts, and of that the smallest sufficient change, found by halving. Each plan is drawn only up to the last deadline, so all of this
 * costs at most 40 (10 beyond 2,000 clusters) and 14 such plans.
 */
export function limitedBy(drawn: Drawn, inventory: Inventory): LimitedBy | null {
  // Only calendars stop a cluster that its wave has left behind, and calendars are tried below.
  const blocked = blockedOf(drawn).filter(({ reasons }) => reasons.every(({ code }) => code !== 'NeverStarts'));
  const owed = [...drawn.owed.values()].flat();
  if (blocked.length + owed.length > 0) return { kind: 'blockers', name: null, change: repairs([...blocked, ...owed]) };
  const missed = drawn.deadlines.filter((deadline) => !meets(drawn, drawn.forward, deadline));
  const [first] = [...missed].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const over = missed.find(({ at, overdue }) => at === undefined || overdue.length > 0);
  if (over !== undefined) return { kind: 'support', name: over.policy, change: tooLate(over) };
  if (first?.at === undefined) return neverEnds(drawn);
  const until = Math.max(...drawn.deadlines.map(({ at = 0 }) => at));
  const reached = reachedBy(drawn, until);
  const holds = (constraint: Constraint, step: number): number | undefined => {
    if (!reached(constraint)) return undefined;
    const input = { ...drawn.input, snapshot: offlineSnapshot(constraint.at(step).rules, inventory) };
    if (drawn.deadlines.some((deadline) => isHopeless(drawn, input, deadline))) return undefined;
    const forward = runForward(input, drawn.plans, AS_ESTIMATED, { until });
    if (!drawn.deadlines.every((deadline) => meets(drawn, forward, deadline))) return undefined;
    return Math.max(...drawn.plans.map((plan) => endOf(plan, forward) ?? until));
  };
  const tries = inventory.clusters.length > MANY_CLUSTERS ? MOST_TRIES_OF_MANY : MOST_TRIES;
  const passed = first.at <= drawn.input.now.getTime();
  const policies = missed.map(({ policy }) => policy);
  const candidates = passed ? [] : constraintsOf(drawn, policies).slice(0, tries);
  let best: { readonly constraint: Constraint; readonly end: number } | undefined;
  for (const constraint of candidates) {
    // Nobody can simply decide that an upgrade takes less time, so that is said only where nothing else helps.
    if (constraint.kind === 'duration' && best !== undefined) continue;
    const end = holds(constraint, constraint.steps);
    if (end !== undefined && (best === undefined || end < best.end)) best = { constraint, end };
  }
  if (best === undefined) return { kind: 'several', name: null, change: laterDeadline(drawn, first.policy) };
  const { constraint } = best;
  let [low, high] = [0, constraint.steps];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(constraint, middle) === undefined) low = middle;
    else high = middle;
  }
  return { kind: constraint.kind, name: constraint.name, change: constraint.at(high).change };
}

/** Every constraint that may hold these policies back, the heaviest first; durations of upgrades come last. */
export function constraintsOf({ rules, input, plans, forward }: Drawn, policies: readonly string[]): Constraint[] {
  const { lost } = forward;
  const found: Constraint[] = [];
  const durations: Constraint[] = [];
  const calendars = new Set<string>();
  for (const name of policies) {
    const spec = rules.policies.get(name)?.spec;
    const plan = plans.find(({ rollout }) => rollout.policy === name);
    if (spec === undefined || plan === undefined) continue;
    const members = membersOf(plan);
    found.push(...capLimits(rules, name, members.length, lost.get('CapReached') ?? 0));
    for (const [index, wave] of spec.waves.entries()) {
      const own = members.filter(({ waveIndex }) => waveIndex === index).length;
      if (own === 0) continue;
      found.push(...waveLimits(rules, name, wave, own, lost));
      for (const calendar of [wave.calendar ?? []].flat()) calendars.add(calendar);
    }
    const minutes = Math.round(estimateOf(rules.policies.get(name), input.snapshot.learned) / MINUTE);
    if (minutes > 1)
      durations.push({
        kind: 'duration',
        name,
        weight: 0,
        // Nobody gets an upgrade to take less than half of its time by wanting it.
        steps: Math.floor(minutes / 2),
        at: (step) => ({
          rules: withPolicy(rules, name, (old) => ({ ...old, estimates: { upgrade: `${minutes - step}m` } })),
          change: `upgrades that take ${durationText((minutes - step) * MINUTE)} instead of ${durationText(minutes * MINUTE)} (estimates.upgrade of the policy ${name})`,
        }),
      });
  }
  for (const calendar of calendars) found.push(...calendarLimits(rules, calendar, lost));
  return [...found.sort((a, b) => b.weight - a.weight), ...durations];
}

const MOST_NAMES = 5;

function repairs(blocked: readonly Pick<Member, 'name' | 'clusterKey'>[]): string {
  const nameOf = apart(
    blocked,
    ({ name }) => name,
    ({ clusterKey }) => idOfKey(clusterKey),
  );
  return `repair what stops ${some(blocked.map(nameOf), MOST_NAMES)}; see their reasons`;
}

/** The answer without a deadline, or with one that is met: a policy with clusters that never end. */
function neverEnds({ plans, forward }: Drawn): LimitedBy | null {
  const left = plans.find((plan) => endOf(plan, forward) === undefined);
  if (left === undefined) return null;
  const { policy } = left.rollout;
  return {
    kind: 'several',
    name: null,
    change: `some clusters of the policy ${policy} never end as things are; see their reasons`,
  };
}

function tooLate({ policy, overdue }: PolicyDeadline): string {
  if (overdue.length === 0)
    return `nobody knows until when the versions are supported that the clusters of the policy ${policy} run`;
  const clusters = overdue.length === 1 ? 'one cluster' : `${overdue.length} clusters`;
  return `the support of ${clusters} of the policy ${policy} is over already, and no plan is in time for that; see OVERDUE`;
}

function laterDeadline(drawn: Drawn, policy: string): string {
  const plan = drawn.plans.find(({ rollout }) => rollout.policy === policy);
  const end = plan === undefined ? undefined : endOf(plan, drawn.forward);
  if (end === undefined)
    return `some clusters of the policy ${policy} never start as things are, whatever the deadline; see their reasons`;
  // A deadline is exclusive, so an end at midnight needs the day after.
  const day = instantText(Math.floor(end / DAY) * DAY + DAY).slice(0, 10);
  return `no single change is enough; the deadline ${day} of the policy ${policy} would hold`;
}

/** Limits of a wave. The first member that such a limit holds back is always looked at, so a limit that was never a reason never held anybody back. */
const TOLD: ReadonlySet<Constraint['kind']> = new Set(['concurrency', 'canaries', 'failureBudget']);

/**
 * Whether a constraint matters before an instant (milliseconds since the epoch). The rules of a wave that opens later, and of a calendar that only
 * such waves go by, change nothing before that, whatever they say.
 */
export function reachedBy({ rules, input, plans, forward }: Drawn, until: number): (constraint: Constraint) => boolean {
  const waves = new Set<string>();
  const calendars = new Set<string>();
  for (const plan of plans) {
    const { policy: name, id } = plan.rollout;
    const begun = new Set<number>();
    for (const [index, spec] of (rules.policies.get(name)?.spec.waves ?? []).entries()) {
      const openedAt = forward.fleet.waves.get(`${id}/${index}`)?.openedAt;
      if (openedAt === undefined || Date.parse(openedAt) >= until) continue;
      begun.add(index);
      waves.add(`${name}/${spec.name}`);
      for (const calendar of [spec.calendar ?? []].flat()) calendars.add(calendar);
    }
    for (const { clusterKey, waveIndex } of membersOf(plan)) {
      const tags = begun.has(waveIndex) ? input.snapshot.clusters.get(clusterKey)?.tags : undefined;
      if (tags === undefined) continue;
      for (const calendar of clusterTags(tags, rules.fleet.tagPrefix).calendars) calendars.add(calendar);
    }
  }
  return ({ kind, of, weight }) => {
    if (weight === 0 && TOLD.has(kind)) return false;
    return of === undefined || ('wave' in of ? waves.has(of.wave) : calendars.has(of.calendar));
  };
}

type Caps = FleetSpec['caps'] | PolicySpec['caps'];

/** One cap, wherever it is written: `total`, `perAccount`, `perRegion`, or that of a label. */
interface Cap {
  readonly name: string;
  of(caps: Caps): number | undefined;
  raised(caps: Caps, to: number): Caps;
}

const PLAIN: readonly Cap[] = (['total', 'perAccount', 'perRegion'] as const).map((name) => ({
  name,
  of: (caps) => caps[name],
  raised: (caps, to) => ({ ...caps, [name]: to }),
}));

const forLabel = (label: string): Cap => ({
  name: `perLabel.${label}`,
  of: (caps) => caps.perLabel?.[label],
  raised: (caps, to) => ({ ...caps, perLabel: { ...caps.perLabel, [label]: to } }),
});

/**
 * The caps of the Fleet and of one policy. Where both set one, both may have to be raised (semantics.md, In flight, and caps: a policy only
 * tightens).
 */
function capLimits(rules: PlanRules, policy: string, members: number, weight: number): Constraint[] {
  const own = rules.policies.get(policy)?.spec.caps ?? {};
  const labels = new Set([...Object.keys(rules.fleet.caps.perLabel ?? {}), ...Object.keys(own.perLabel ?? {})]);
  return [...PLAIN, ...[...labels].sort().map(forLabel)].flatMap((cap) => {
    const ofFleet = cap.of(rules.fleet.caps);
    const ofPolicy = cap.of(own);
    const limit = Math.min(ofFleet ?? Number.POSITIVE_INFINITY, ofPolicy ?? Number.POSITIVE_INFINITY);
    if (limit >= members) return [];
    return [{ kind: 'cap', name: `caps.${cap.name}`, weight, steps: members - limit, at }];

    function at(step: number): ReturnType<Constraint['at']> {
      const to = limit + step;
      const changes: string[] = [];
      let next = rules;
      if (ofFleet !== undefined && ofFleet < to) {
        const caps = cap.raised(next.fleet.caps, to) as FleetSpec['caps'];
        next = { ...next, fleet: deepFreeze({ ...next.fleet, caps }) };
        changes.push(`of the Fleet from ${ofFleet} to ${to}`);
      }
      if (ofPolicy !== undefined && ofPolicy < to) {
        next = withPolicy(next, policy, (spec) => ({ ...spec, caps: cap.raised(spec.caps, to) as PolicySpec['caps'] }));
        changes.push(`of the policy ${policy} from ${ofPolicy} to ${to}`);
      }
      return { rules: next, change: `raise caps.${cap.name} ${changes.join(' and ')}` };
    }
  });
}

const HOUR = 3_600_000;
/** A window is not made longer than a week: a weekly window is then always open. */
const LONGEST_WINDOW = 7 * 24 * HOUR;

/** The windows and freezes of one calendar, as constraints. */
function calendarLimits(rules: PlanRules, name: string, lost: Lost): Constraint[] {
  const spec = rules.calendars.get(name);
  if (spec === undefined) return [];
  const shut = (lost.get('WindowClosed') ?? 0) + (lost.get('WindowTooShort') ?? 0) + (lost.get('WindowClosing') ?? 0);
  const withSpec = (next: CalendarSpec): PlanRules => ({
    ...rules,
    calendars: new Map(rules.calendars).set(name, next),
  });
  const windows = spec.windows.flatMap((window, index): Constraint[] => {
    if (window.duration === undefined) return [];
    const length = durationMilliseconds(window.duration);
    const steps = Math.ceil((LONGEST_WINDOW - length) / HOUR);
    if (steps < 1) return [];
    const at = (step: number) => {
      const duration = durationText(length + step * HOUR);
      const next = spec.windows.map((one, place) => (place === index ? { ...one, duration } : one));
      const change = `lengthen the window ${window.name} of the calendar ${name} from ${window.duration} to ${duration}`;
      return { rules: withSpec({ ...spec, windows: next }), change };
    };
    return [{ kind: 'window', name: `${name}/${window.name}`, of: { calendar: name }, weight: shut, steps, at }];
  });
  const freezes = spec.freezes.map((_, index) => freezeLimit(name, spec, index, withSpec, lost.get('Frozen') ?? 0));
  if (spec.windows.length === 0) return freezes;
  // A window that ends by a cron has no length to raise, and lengthening one of several windows may not be enough: so leaving out all windows is
  // tried too.
  const open: Constraint = {
    kind: 'window',
    name,
    of: { calendar: name },
    weight: shut / 2,
    steps: 1,
    at: () => ({
      rules: withSpec({ ...spec, windows: [] }),
      change: `leave out the windows of the calendar ${name}, so that only its freezes close it`,
    }),
  };
  return [...windows, open, ...freezes];
}

/** A freeze with dates is ended sooner by the hour; one that recurs, or is written with an offset, is lifted as a whole. */
function freezeLimit(
  calendar: string,
  spec: CalendarSpec,
  index: number,
  withSpec: (next: CalendarSpec) => PlanRules,
  weight: number,
): Constraint {
  const freeze = spec.freezes[index];
  const limit = { kind: 'freeze', name: `${calendar}/${freeze?.name}`, of: { calendar }, weight } as const;
  const without = {
    rules: withSpec({ ...spec, freezes: spec.freezes.filter((_, place) => place !== index) }),
    change: `lift the freeze ${freeze?.name} of the calendar ${calendar}`,
  };
  const from = freeze !== undefined && 'from' in freeze ? clockTime(freeze.from) : undefined;
  const to = freeze !== undefined && 'to' in freeze ? clockTime(freeze.to) : undefined;
  if (from === undefined || to === undefined) return { ...limit, steps: 1, at: () => without };
  return {
    ...limit,
    steps: Math.max(1, Math.ceil((to - from) / HOUR)),
    at: (step) => {
      const until = to - step * HOUR;
      if (until <= from) return without;
      const text = new Date(until).toISOString().slice(0, 16);
      const freezes = spec.freezes.map((one, place) => (place === index ? { ...one, to: text } : one));
      const was = freeze !== undefined && 'to' in freeze ? freeze.to : '';
      const change = `end the freeze ${freeze?.name} of the calendar ${calendar} at ${text} instead of ${was}`;
      return { rules: withSpec({ ...spec, freezes: freezes as CalendarSpec['freezes'] }), change };
    },
  };
}

/** A time on the calendar's own clocks, read as UTC, since only differences are used. Undefined where it has an offset. */
function clockTime(text: string): number | undefined {
  if (/(?:Z|[+-]\d{2}:\d{2})$/.test(text.slice(10))) return undefined;
  return Date.parse(`${text.length === 10 ? `${text}T00:00` : text}Z`);
}

/** Whether it is known, without drawing a plan, that a deadline is also missed under other rules (`input`). */
export function isHopeless(drawn: Drawn, input: PlanInput, deadline: PolicyDeadline): boolean {
  const plan = drawn.plans.find(({ rollout }) => rollout.policy === deadline.policy);
  if (deadline.at === undefined || plan === undefined) return false;
  const needed = membersOf(plan);
  const notBegun = needed.filter(({ clusterKey }) => !drawn.forward.fleet.lived.has(clusterKey));
  return isOutOfTime(input, plan, needed, deadline.at) || someNeverStart(input, plan, notBegun, deadline.at);
}

/**
 * Whether the hops of these members are more work for one of their waves than fits into the time that the wave's calendars leave before an instant
 * (milliseconds since the epoch), with as many running at once as may. Then it is known without a run that they are not done by that instant.
 */
function isOutOfTime(
  { snapshot, now }: PlanInput,
  plan: RolloutPlan,
  members: readonly Member[],
  before: number,
): boolean {
  const { fleet, policies, calendars, learned } = snapshot;
  const policy = policies.get(plan.rollout.policy)?.policy;
  if (policy === undefined || fleet === undefined) return false;
  const atMost = capLimit('total', fleet, policy.spec) ?? Number.POSITIVE_INFINITY;
  const estimate = estimateOf(policy, learned);
  return policy.spec.waves.some((spec, index) => {
    // Work that may go on after its window has closed needs less time within the window.
    if (spec.mayOverrun || spec.bake !== undefined) return false;
    const hops = members.reduce((sum, member) => sum + (member.waveIndex === index ? hopsOf(member).length : 0), 0);
    if (hops === 0) return false;
    const all = membersOf(plan).filter(({ waveIndex }) => waveIndex === index).length;
    const mayFail = spec.failureBudget.countInFlight ? Math.max(1, failureLimit(spec, all)) : atMost;
    const atOnce = Math.min(concurrencyLimit(spec, all), mayFail, atMost);
    const own = [spec.calendar ?? []].flat().flatMap((name) => calendars.get(name) ?? []);
    return hops * estimate > atOnce * openTimeWithin(own, now, (before - now.getTime()) / DAY);
  });
}
