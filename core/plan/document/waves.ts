import { calendarStateAt } from '../../calendar/calendar-state.ts';
import { clockText } from '../../calendar/local-text.ts';
import { durationMilliseconds } from '../../config/schema/quantities.ts';
import type { UpgradePolicy, Wave as WaveSpec } from '../../config/types.ts';
import type { ClusterRecord } from '../../contracts/items/cluster.ts';
import type { Member } from '../../contracts/items/rollout.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import { shortId, withIdInCommands } from '../../model/cluster-key.ts';
import { remembered } from '../../model/remembered.ts';
import { apart } from '../../model/words.ts';
import { hopRules } from '../../policy/hop-rules.ts';
import { waveOf } from '../../policy/wave-of.ts';
import { canariesOf, mostInFlight, worstCase } from '../../policy/wave-room.ts';
import { nodesFirst } from '../../rollout/candidates.ts';
import type { RolloutPlan } from '../../rollout/decisions.ts';
import { plannedWave } from '../../rollout/plan-rollout.ts';
import { readinessOfMember } from '../../rollout/readiness.ts';
import { estimateSeconds } from '../../rollout/wave-limits.ts';
import { latenessPerDay, supportOf } from '../../version/cluster-support.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { SupportCalendar } from '../../version/support-calendar.ts';
import { blockedOf, type Drawn, hopsOf, membersOf } from '../drawn.ts';
import type { Lived } from '../virtual-fleet.ts';
import { instantOrNull, instantText } from './instant.ts';
import type { PlanCluster, PlanWave } from './plan-schema.ts';

/** Every wave of every policy, ordered by the policy's name; a wave in which no cluster needs work is listed without times. */
export function wavesOf(drawn: Drawn): { readonly waves: PlanWave[]; readonly cost: Cost } {
  const costs: Cost[] = [];
  const stopped = new Map(blockedOf(drawn).map(({ clusterKey, reasons }) => [clusterKey, reasons]));
  const nameOf = apart([...drawn.input.snapshot.clusters.values()], ({ name }) => name, shortId);
  const waves = [...drawn.rules.policies]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, policy]) => {
      const plan = drawn.plans.find(({ rollout }) => rollout.policy === name);
      return policy.spec.waves.map((spec, index) =>
        shownWave(drawn, policy, plan, spec, index, { costs, stopped, nameOf }),
      );
    });
  return { waves, cost: sumOf(costs) };
}

interface Shown {
  /** Collects the costs of waiting. */
  readonly costs: Cost[];
  /** What stops clusters on their way, by cluster key. */
  readonly stopped: ReadonlyMap<string, readonly Reason[]>;
  /** The name of a cluster, or its id where others have that name. */
  readonly nameOf: (cluster: ClusterRecord) => string;
}

function shownWave(
  drawn: Drawn,
  policy: UpgradePolicy,
  plan: RolloutPlan | undefined,
  spec: WaveSpec,
  index: number,
  { costs, stopped, nameOf }: Shown,
): PlanWave {
  const { input, rules, forward } = drawn;
  const { name: policyName } = policy.metadata;
  const members = plan === undefined ? [] : membersOf(plan).filter(({ waveIndex }) => waveIndex === index);
  const at = { rolloutId: plan?.rollout.id ?? policyName, index };
  const planned = plan?.waves[index] ?? plannedWave(input.snapshot, policy, at, spec, []);
  const lived = forward.fleet.waves.get(`${at.rolloutId}/${index}`);
  const own: Cost[] = [];
  const clusters = members.map((member, position) =>
    shownCluster(drawn, policy, member, position, { costs: own, stopped, nameOf }),
  );
  costs.push(...own);
  const calendars = [spec.calendar ?? []].flat();
  const lives = members.map(({ clusterKey }) => forward.fleet.lived.get(clusterKey));
  const ends = lives.flatMap((one) => one?.endedAt ?? []);
  const done = ends.length > 0 && ends.length === members.length;
  const starts = lives.flatMap((one) => one?.startedAt ?? []);
  const soaks = spec.soak !== undefined && done && lived?.lastSuccessAt !== undefined;
  return {
    name: spec.name,
    policy: policyName,
    target: members.length === 0 ? null : newest(members),
    calendars,
    timeZone: rules.calendars.get(calendars[0] ?? '')?.timeZone ?? null,
    maxConcurrency: mostInFlight(planned),
    maxFailures: planned.maxFailures,
    worstCase: worstCase(planned),
    canaries: canariesOf(planned).canaries,
    estimateSeconds: estimateSeconds(policy, input.snapshot.learned),
    clusters,
    opensAt: clusters.length === 0 || lived?.openedAt === undefined ? null : instantText(new Date(lived.openedAt)),
    startsAt: starts.length === 0 ? null : instantText(starts.reduce((a, b) => Math.min(a, b))),
    endsAt: done ? instantText(ends.reduce((a, b) => Math.max(a, b))) : null,
    soakUntil: soaks
      ? instantText(Date.parse(lived.lastSuccessAt ?? '') + durationMilliseconds(spec.soak ?? '0s'))
      : null,
    hash: planned.planHash ?? '',
    costOfWaiting: sumOf(own),
  };
}

function shownCluster(
  drawn: Drawn,
  policy: UpgradePolicy,
  member: Member,
  index: number,
  { costs, stopped, nameOf }: Shown,
): PlanCluster {
  const { input, rules, forward } = drawn;
  const { clusterKey, from, to } = member;
  const cluster = input.snapshot.clusters.get(clusterKey);
  if (cluster === undefined) throw new Error(`unreachable: ${clusterKey} is in no inventory`);
  const lived = forward.fleet.lived.get(clusterKey);
  const hops = hopsOf(member).map(String);
  const first = nodesFirst(input.snapshot, cluster, member, input.now);
  // With its nodes alone a cluster has left no version.
  const moved = first === undefined ? lived : undefined;
  costs.push(costOf(cluster, from, hops, moved, input.now));
  return {
    name: cluster.name,
    accountId: cluster.account,
    region: cluster.region,
    from,
    to,
    hops,
    start: instantOrNull(lived?.startedAt),
    end: instantOrNull(lived?.endedAt),
    readiness: readinessOfMember(cluster, member, {
      ...{ scans: input.snapshot.scans?.get(clusterKey), now: input.now, nodes: policy.spec.nodes },
    }).verdict,
    position: index + 1,
    // The reason that its wave is not open yet is left out: the wave's opensAt tells when it opens.
    reasons: withIds(cluster, nameOf(cluster), [
      ...[first ?? []].flat(),
      ...(stopped.get(clusterKey) ?? []),
      ...waveOf(policy, cluster, rules.fleet.tagPrefix).reasons,
      ...(forward.waited.get(clusterKey) ?? []).filter(({ code }) => code !== 'WavePending'),
      ...(lived === undefined ? [] : pastWindows(drawn, policy, cluster, member, lived)),
      ...forcedBefore(cluster, moved, input.now),
    ]),
  };
}

/** A command with a name that several clusters have is refused. */
const withIds = ({ name }: ClusterRecord, id: string, reasons: readonly Reason[]): Reason[] =>
  reasons.map((one) => (id === name ? one : { ...one, message: withIdInCommands(one.message, { name, id }) }));

const newest = (members: readonly Member[]): string =>
  members
    .map(({ to }) => KubeVersion.parse(to))
    .reduce((best, version) => (best.isOlderThan(version) ? version : best))
    .toString();

/** Work that is expected to end after its window has closed: that of waves that may overrun, and that on nodes after a bake. */
function pastWindows(
  { input, rules, forward }: Drawn,
  policy: UpgradePolicy,
  cluster: ClusterRecord,
  member: Member,
  { runs }: Lived,
): Reason[] {
  const wave = forward.fleet.waves.get(`${member.rolloutId}/${member.waveIndex}`);
  const found = hopRules(policy, cluster, wave, input.snapshot.calendars, rules.fleet.tagPrefix);
  const { calendars, mayOverrun, wave: spec } = found;
  if (calendars.length === 0 || (!mayOverrun && spec?.bake === undefined)) return [];
  return runs.flatMap(({ from, to, hop }) => {
    const { window, closesAt } = calendarStateAt(calendars, new Date(from));
    if (closesAt === null || closesAt.getTime() >= to) return [];
    const { freeze } = calendarStateAt(calendars, closesAt);
    const at = clockText(calendars, closesAt);
    const closed = window === null ? `its calendar closes at ${at}` : `the window ${window} closes at ${at}`;
    const what = freeze === null ? closed : `the freeze ${freeze} begins at ${at}`;
    const said = `The upgrade to ${hopsOf(member)[hop]} is taken to go on until ${clockText(calendars, new Date(to))}, and ${what}: what EKS works on then finishes, what is left waits for the next opening.`;
    return [reason('RunsPastWindow', said)];
  });
}

/** EKS moves a control plane by force when its support is over, but not its nodes: a plan that begins later comes too late. */
export function forcedBefore(
  cluster: ClusterRecord,
  lived: Lived | undefined,
  now: Date,
  withinMilliseconds = Number.POSITIVE_INFINITY,
): Reason[] {
  const from = supportOf(cluster, CALENDAR, now).endOfExtendedSupport;
  if (from === undefined || from.getTime() - now.getTime() > withinMilliseconds) return [];
  if (lived?.startedAt !== undefined && lived.startedAt < from.getTime()) return [];
  const day = from.toISOString().slice(0, 10);
  const since =
    from <= now
      ? `has moved control planes at ${cluster.version} by force since ${day}`
      : `moves its control plane by force from ${day} on`;
  return [reason('ForcedUpgrade', `EKS ${since}, at any time: its nodes and add-ons stay behind then.`)];
}

type Cost = PlanWave['costOfWaiting'];

const DAY = 86_400_000;
const CALENDAR = SupportCalendar.builtIn();

/**
 * The costs of one cluster, in dollars that are not rounded yet, since only the sum is rounded to cents. A cluster without extended support never
 * pays for it.
 */
function costOf(
  { supportType }: ClusterRecord,
  from: string,
  hops: readonly string[],
  lived: Lived | undefined,
  now: Date,
): Cost {
  if (supportType === 'STANDARD') return { perDayNow: 0, untilDone: 0, avoided: 0 };
  const start = now.getTime();
  const forced = datesOf(from).extendedEnd;
  const stay = forced === undefined ? 0 : between(from, start, forced);
  const perDayNow = latenessPerDay(CALENDAR.supportState(KubeVersion.parse(from), now)) ?? 0;
  if (lived?.endedAt === undefined) return { perDayNow, untilDone: stay, avoided: 0 };
  let at = start;
  let version = from;
  let untilDone = 0;
  let untilForced = 0;
  for (const [hop, ended] of lived.hopEnds.entries()) {
    // What follows the first part of a hop (a bake, a watch, the wait for a window) runs at the new version.
    const end = lived.runs.find((run) => run.hop === hop)?.to ?? ended;
    untilDone += between(version, at, end);
    untilForced += between(version, at, Math.min(end, forced ?? end));
    at = end;
    version = hops[hop] ?? version;
  }
  if (forced === undefined) return { perDayNow, untilDone, avoided: 0 };
  untilForced += between(version, Math.min(at, forced), forced);
  return { perDayNow, untilDone, avoided: Math.max(0, stay - untilForced) };
}

function sumOf(costs: readonly Cost[]): Cost {
  const sum = (of: (cost: Cost) => number): number =>
    Math.round(costs.reduce((total, cost) => total + of(cost), 0) * 100) / 100;
  return { perDayNow: sum((c) => c.perDayNow), untilDone: sum((c) => c.untilDone), avoided: sum((c) => c.avoided) };
}

/** What a version costs beyond the standard price. After extended support EKS bills the same until it upgrades the cluster (facts: eks.md §1.4). */
function between(version: string, from: number, to: number): number {
  const { standardEnd } = datesOf(version);
  if (standardEnd === undefined) return 0;
  return (Math.max(0, to - Math.max(from, standardEnd)) / DAY) * (latenessPerDay('extended') ?? 0);
}

const datesOf = remembered((version: string) => {
  // The dates of a version do not depend on the instant at which they are asked for.
  const { endOfStandardSupport, endOfExtendedSupport } = CALENDAR.supportStatus(
    KubeVersion.parse(version),
    new Date(0),
  );
  return { standardEnd: endOfStandardSupport?.getTime(), extendedEnd: endOfExtendedSupport?.getTime() };
});
