import { dayOrInstant } from '../config/day-or-instant.ts';
import { apiVersion } from '../config/kinds.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { Inventory } from '../inventory/document/parse-inventory.ts';
import { shortId } from '../model/cluster-key.ts';
import { compareTexts } from '../model/compare-texts.ts';
import { isLag, lagReason } from '../model/lag.ts';
import { SEVEN_DAYS, wayBack } from '../model/way-back.ts';
import { apart, some } from '../model/words.ts';
import { HORIZON_MILLISECONDS } from '../policy/never-starts.ts';
import { candidatesOf } from '../rollout/candidates.ts';
import { stalledWaves } from '../rollout/never-starting.ts';
import { rolloutPlanHash } from '../rollout/plan-hash.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import { SupportCalendar } from '../version/support-calendar.ts';
import { deadlineSource } from './deadline.ts';
import { exclusionOf } from './document/exclusions.ts';
import { instantOrNull, instantText } from './document/instant.ts';
import type { PlanDocument } from './document/plan-schema.ts';
import { forcedBefore, wavesOf } from './document/waves.ts';
import { type Drawn, draw, endOf, hopsOf, meets, membersOf } from './drawn.ts';
import { spreadOf } from './eta/drawn-chance.ts';
import { etaOf } from './eta/eta.ts';
import { limitedBy } from './limits/limited-by.ts';
import type { PlanRules } from './offline-snapshot.ts';
import type { Lived } from './virtual-fleet.ts';

interface PlanOptions {
  readonly now: Date;
  /** The seed of the chance, a whole number. */
  readonly seed: number;
  /** The number of Monte Carlo runs; absent = by the size of the fleet. */
  readonly runs?: number;
  /** The version of the time-zone data of this machine: `2026c`. */
  readonly timeZoneData?: string | undefined;
}

/** What would happen under these rules, with dates: the reconciler's own decisions, run forward. Pure. */
export function drawPlan(
  rules: PlanRules,
  inventory: Inventory,
  { now, seed, runs, timeZoneData }: PlanOptions,
): PlanDocument {
  const drawn = draw(rules, inventory, now);
  const { waves, cost } = wavesOf(drawn);
  const deadlines = policyDeadlines(drawn);
  const isWhole = drawn.plans.every((plan) => endOf(plan, drawn.forward) !== undefined);
  const feasible = isWhole && deadlines.every((deadline) => deadline.feasible);
  const idle = idleDeadlines(drawn);
  // Deadlines of policies whose clusters are all done count only where no policy has work: no plan has to meet them.
  const instants = (deadlines.length > 0 ? deadlines : idle).flatMap(({ at }) => at ?? []).sort();
  return {
    apiVersion,
    kind: 'RolloutPlan',
    now: instantText(now),
    stalled: stalledOf(drawn),
    running: runningOf(rules, inventory),
    waves,
    excluded: excludedOf(drawn, inventory),
    deadline: instants[0] ?? null,
    deadlines: [...deadlines, ...idle].sort((a, b) => (a.policy < b.policy ? -1 : 1)),
    feasible,
    limitedBy: feasible ? null : limitedBy(drawn, inventory),
    eta: etaOf(drawn, seed, runs),
    costOfWaiting: cost,
    waysBack: waysBackOf(drawn),
    assumptions: assumptionsOf(drawn, inventory, timeZoneData),
    binding: inventory.complete,
    hash: rolloutPlanHash(waves.map(({ hash }) => hash)),
  };
}

/** The waves that wait for clusters that never start; one that holds all later ones comes first. */
function stalledOf({ input: { snapshot, now }, plans, forward }: Drawn): PlanDocument['stalled'] {
  return plans.flatMap(({ rollout, waves, members }) => {
    const opened = waves.map((wave) => {
      return { ...wave, openedAt: forward.fleet.waves.get(`${wave.rolloutId}/${wave.index}`)?.openedAt };
    });
    return stalledWaves(snapshot, rollout, opened, members, now).map(
      ({ wave, members: own, holds, leavesAt, reason: why }) => ({
        policy: rollout.policy,
        wave: wave.name,
        clusters: own.map(({ name }) => name),
        holds: [...holds],
        leavesAt: instantOrNull(leavesAt?.getTime()),
        message: why.message,
      }),
    );
  });
}

/** An inventory does not tell how far a rollout is: the rollout's waves, approvals and places are not in it. */
function runningOf({ policies }: PlanRules, { running }: Inventory): PlanDocument['running'] {
  return [...running]
    .filter(([policy]) => policies.has(policy))
    .map(([policy, own]) => {
      const nameOf = apart(
        own,
        ({ name }) => name,
        ({ accountId, region, name }) => shortId({ account: accountId, region, name }),
      );
      const clusters = own.map(nameOf).sort();
      const message = `Policy ${policy} (${some(clusters)}): a rollout or an upgrade was under way when the inventory was printed, so its dates here are not those of what runs, but of a new rollout with what was left. What runs says where it stands and until when it waits: liftlock describe rollout (liftlock get rollouts names it), liftlock explain cluster ${clusters[0]}.`;
      return { policy, clusters, message };
    })
    .sort((a, b) => compareTexts(a.policy, b.policy));
}

/** The deadlines of policies of which no cluster goes: nobody knows then whose end of support a relative deadline is meant to precede. */
function idleDeadlines({ rules, deadlines }: Drawn): PlanDocument['deadlines'] {
  return [...rules.policies].flatMap(([policy, { spec }]) => {
    const { deadline } = spec;
    if (deadline === undefined || deadlines.some((one) => one.policy === policy)) return [];
    const at = instantOrNull(typeof deadline === 'string' ? dayOrInstant(deadline) : undefined);
    return [{ policy, at, source: deadlineSource(deadline), endsAt: null, feasible: true, overdue: [] }];
  });
}

function policyDeadlines(drawn: Drawn): PlanDocument['deadlines'] {
  return drawn.deadlines.map((deadline) => {
    const plan = drawn.plans.find(({ rollout }) => rollout.policy === deadline.policy);
    const end = plan === undefined ? undefined : endOf(plan, drawn.forward);
    return {
      policy: deadline.policy,
      at: instantOrNull(deadline.at),
      source: deadline.source,
      endsAt: instantOrNull(end),
      feasible: meets(drawn, drawn.forward, deadline),
      overdue: deadline.overdue.map(({ cluster: { name, account: accountId, region }, at }) => {
        return { name, accountId, region, at: instantText(at) };
      }),
    };
  });
}

/** What a plan takes for granted, in sentences. */
function assumptionsOf(drawn: Drawn, inventory: Inventory, timeZoneData: string | undefined): string[] {
  const { rules, input } = drawn;
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
  const begun = [...inventory.underWay].flatMap((key) => input.snapshot.clusters.get(key)?.name ?? []).sort();
  const failures = `${Math.round(spread.failureRate * 1000) / 10} % of hops fail`;
  return [
    'Approvals are given at once, gates stay green, and hooks say go at once.',
    `One hop lasts: ${estimates.join('; else ')}. It lasts exactly that, and nothing fails, in every date but eta.`,
    spread.learned === undefined
      ? `For eta half of the hops take four fifths of the estimate or less, nine of ten the estimate or less; ${failures}.`
      : `For eta durations are drawn as learned (half within ${spread.learned.p50} s, nine of ten within ${spread.learned.p90} s); ${failures}.`,
    'Every Region offers what EKS has released by now, and nothing new appears meanwhile.',
    'Nothing runs yet, rollouts of policies with trigger manual start now too, and the Fleet is in mode act.',
    ...(begun.length === 0
      ? []
      : [
          `Upgrades that had not ended when the inventory was printed (${some(begun)}) hold no place here: a wave that waits for the end of one, or of its watch, begins later than this says.`,
        ]),
    'Labels, tags and node groups are as the inventory has them: an AMI without an image of a version, a kubelet or kube-proxy that would be too old and a cluster that is lost stop a hop.',
    scansAssumed(drawn),
    ...(specs.some(({ patch }) => patch?.nodes !== undefined)
      ? ['Images stay as they are inside a minor: which releases there are is not known here.']
      : []),
    ...(specs.some(({ patch }) => patch?.addons !== undefined)
      ? ['Newer add-ons of the same minor are those that the inventory tells, and no others come.']
      : []),
    'Extended support costs the list price.',
    `Time runs until ${instantText(input.now.getTime() + HORIZON_MILLISECONDS)}: what has not ended by then has no end here.`,
    ...(timeZoneData === undefined ? [] : [`Clocks of time zones go by the data ${timeZoneData}.`]),
    ...(inventory.complete
      ? []
      : ['Not every cluster has createdAt, so the hashes bind no approvals: a recreated cluster would look the same.']),
  ];
}

/** Findings of known scans stop their clusters; of the other clusters nobody knows what a scan will find. */
function scansAssumed({ plans, input: { snapshot } }: Drawn): string {
  const going = plans.flatMap(membersOf);
  const hops = going.flatMap((member) => hopsOf(member).map((hop) => ({ member, target: hop.toString() })));
  const isScanned = ({ member, target }: (typeof hops)[number]) =>
    snapshot.scans?.get(member.clusterKey)?.scans.some((scan) => scan.target === target) === true;
  const known = hops.filter(isScanned).length;
  if (known === 0) return 'Findings of scans are not known, and stop nobody.';
  const left = hops.length - known;
  const others = left === 0 ? '' : ` Of ${left} of ${hops.length} hops no scan is known, and no finding stops those.`;
  return `What the last scan for a hop found stops that hop, until somebody mends it and scans again.${others}`;
}

const NOTHING_TO_DO: readonly Reason['code'][] = ['AtTarget', 'BeyondTarget'];
/** Whoever is left out and is not moved within half a year is told. */
const SOON_MILLISECONDS = 180 * 86_400_000;

const NO_POLICY = reason('NoPolicy', 'No policy selects it.');

/** Every cluster that is in no wave, with one reason: the first that any policy gave. */
function excludedOf({ rules, input, plans }: Drawn, { underWay }: Inventory): PlanDocument['excluded'] {
  const { snapshot, now } = input;
  const inWave = new Set(plans.flatMap((plan) => membersOf(plan).map(({ clusterKey }) => clusterKey)));
  const reasons = new Map<string, { readonly why: Reason; readonly policy: string }>();
  const note = (policy: string, clusterKey: string, why: Reason | undefined): void => {
    if (why !== undefined && !inWave.has(clusterKey) && !reasons.has(clusterKey))
      reasons.set(clusterKey, { why, policy });
  };
  for (const name of [...rules.policies.keys()].sort()) {
    const plan = plans.find(({ rollout }) => rollout.policy === name);
    if (plan === undefined) {
      // No cluster of this policy goes, so there is no rollout of it.
      const { byWave, leftOut } = candidatesOf(snapshot, name, now);
      for (const { clusterKey, reason: why } of leftOut) note(name, clusterKey, why);
      for (const { cluster, refusals } of [...byWave.values()].flat()) note(name, cluster.clusterKey, refusals[0]);
      continue;
    }
    for (const { clusterKey, reason: why } of plan.leftOut) note(name, clusterKey, why);
    for (const { clusterKey, status, reasons: why } of plan.members)
      if (status === 'Excluded') note(name, clusterKey, why[0]);
  }
  return [...snapshot.clusters.values()]
    .filter(({ clusterKey }) => !inWave.has(clusterKey))
    .map((cluster) => {
      const { clusterKey, account, region, deletedAt } = cluster;
      const gone = deletedAt === undefined ? NO_POLICY : reason('Gone', `It was deleted (seen ${deletedAt}).`);
      const { why, policy = '' } = reasons.get(clusterKey) ?? { why: gone };
      const { code, message } =
        (isLag(why) || why.code === 'AtTarget') && underWay.has(clusterKey)
          ? notYet(cluster, why, rules.policies.get(policy)?.spec)
          : why;
      const isDone = deletedAt !== undefined || isLag(why) || NOTHING_TO_DO.includes(why.code);
      const forced = isDone ? [] : forcedBefore(cluster, undefined, now, SOON_MILLISECONDS);
      const said = [message, ...forced.map((one) => one.message)].join(' ');
      return { name: cluster.name, accountId: account, region, reason: exclusionOf(code), message: said };
    })
    .sort(
      (a, b) =>
        compareTexts(a.name, b.name) || compareTexts(a.accountId, b.accountId) || compareTexts(a.region, b.region),
    );
}

/** While an upgrade of the cluster has not ended, what is behind is not for another upgrade to bring up. */
const notYet = (cluster: ClusterRecord, { code, message }: Reason, spec: UpgradePolicySpec | undefined): Reason => ({
  code,
  message: `${lagReason(cluster, spec)?.message ?? message} Its upgrade had not ended when the inventory was printed.`,
});

const HOUR = 3_600_000;
const CALENDAR = SupportCalendar.builtIn();

/** How much a plan leaves of the seven days in which EKS takes one hop back (facts: eks.md §3.2); instants in milliseconds since 1970. */
interface WayBack {
  readonly cluster: ClusterRecord;
  readonly to: KubeVersion;
  readonly from: number;
  readonly until: number;
  readonly endedBy: 'nextHop' | 'support' | undefined;
}

/** For each policy, how long its hops can be taken back: EKS takes back the last hop of a cluster alone, and for seven days at most. */
function waysBackOf(drawn: Drawn): PlanDocument['waysBack'] {
  return drawn.plans.flatMap((plan) => {
    const all = membersOf(plan).flatMap((member) => waysBackOfMember(drawn, member));
    const [shortest] = all.toSorted((a, b) => a.until - a.from - (b.until - b.from));
    if (shortest === undefined) return [];
    const { cluster, to, from, until, endedBy } = shortest;
    const { name, account: accountId, region } = cluster;
    const closed = all.reduce((sum, one) => sum + SEVEN_DAYS - (one.until - one.from), 0);
    return {
      policy: plan.rollout.policy,
      hops: all.length,
      cutShort: all.filter((one) => one.endedBy !== undefined).length,
      closedHours: hours(closed),
      shortest: {
        ...{ name, accountId, region, to: to.toString(), hours: hours(until - from) },
        ...{ from: instantText(from), until: instantText(until), endedBy: endedBy ?? 'sevenDays' },
      },
    };
  });
}

const hours = (milliseconds: number): number => Math.round((milliseconds / HOUR) * 10) / 10;

function waysBackOfMember({ input, forward }: Drawn, member: Member): WayBack[] {
  const lived = forward.fleet.lived.get(member.clusterKey);
  const cluster = input.snapshot.clusters.get(member.clusterKey);
  if (lived === undefined || cluster === undefined) return [];
  return hopsOf(member).flatMap((to, hop): WayBack[] => {
    const from = movedAt(lived, hop);
    if (from === undefined) return [];
    const completedAt = new Date(from);
    const { until = completedAt, isCut } = wayBack(to.previous(), {
      ...{ completedAt, now: completedAt, calendar: CALENDAR },
      ...{ name: cluster.name, region: cluster.region, supportType: cluster.supportType },
    });
    const next = lived.runs.find((run) => run.hop === hop + 1)?.from;
    const endsWithNext = next !== undefined && next < until.getTime();
    const endedBy = endsWithNext ? 'nextHop' : isCut ? 'support' : undefined;
    return [{ cluster, to, from, until: endsWithNext ? next : until.getTime(), endedBy }];
  });
}

/** When the control plane is expected to have moved: at the end of the work before a bake, or half-way through the hop, since nobody knows more. */
function movedAt({ runs }: Lived, hop: number): number | undefined {
  const own = runs.filter((run) => run.hop === hop);
  const [first] = own;
  if (first === undefined) return undefined;
  return own.length > 1 ? first.to : (first.from + first.to) / 2;
}
