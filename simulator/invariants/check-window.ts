import { type CalendarState, calendarStateAt } from '../../core/calendar/calendar-state.ts';
import { type CompiledCalendar, compileCalendar } from '../../core/calendar/compile-calendar.ts';
import { calendarSchema } from '../../core/config/schema/calendar.ts';
import { durationMilliseconds } from '../../core/config/schema/quantities.ts';
import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import { FLEET, fleetSpec, inForce, upgradePolicy } from '../../core/policy/applied.ts';
import { labeled } from '../../core/policy/cluster-labels.ts';
import { policyOf, selects } from '../../core/policy/policy-of.ts';
import { waveOf } from '../../core/policy/wave-of.ts';
import { ClusterControls, Clusters, Configs, FleetControls, Grants } from '../../core/store/entities.ts';
import { updateTimeline } from '../eks/log/timeline.ts';
import {
  type Check,
  type CommitAt,
  commitAt,
  type History,
  isGoingBack,
  isUndoing,
  type Moment,
  type PlaceAt,
  placeAt,
  SKEW_MILLISECONDS,
  type Violation,
} from './history.ts';
import type { StoreAt } from './store-at.ts';

/**
 * 5 `window`: no cluster begins without a wave of its policy, and no change is committed outside the windows of its wave or inside a freeze, by the
 * calendars applied at that moment and the one of the cluster's tag; a missing calendar is closed. The first change of a hop fits into the window, or
 * comes soon after one has opened into which the hop fits, where the policy says how long a hop takes (semantics.md, Windows, bakes, watches and
 * estimates). An instant is open when it is open by the clock of the function or of the world, since the two may differ by a minute. A rollback keeps
 * to the windows of its cluster where its policy says `rollback.windows: obey`.
 */
export const checkWindow =
  (_history: History): Check =>
  (moment) => {
    const commit = commitAt(moment);
    if (commit?.upgrade === undefined || isUndoing(commit.upgrade)) return [];
    const planned = placeAt(moment.store, commit.upgrade);
    const cluster = moment.store.get(Clusters, commit.clusterKey);
    const place = planned?.spec === undefined ? (selectedNow(moment, cluster) ?? planned) : planned;
    if (isGoingBack(commit.upgrade) && place?.policy?.rollback.windows !== 'obey') return [];
    if (!commit.goesOn && planned !== undefined && !hasRules(moment, planned, cluster))
      return [window(`${commit.clusterKey} began in ${planned.rollout.id} at ${moment.item.at}, and no wave takes it`)];
    const names = [...[place?.spec?.calendar ?? []].flat(), ...tagNames(moment, cluster)];
    if (names.length === 0 || isGlassBroken(moment, commit, place)) return [];
    return broken(moment, commit, place, names);
  };

/** A person with the permission has overridden the windows: two people where the policy requires four eyes (docs/protocol.md, Break-glass). */
function isGlassBroken({ store, item, at }: Moment, commit: CommitAt, place: Rules | undefined): boolean {
  const wave = placeAt(store, commit.upgrade ?? {})?.wave;
  const rule = place?.policy?.breakGlass;
  const early = Math.min(at, Date.parse(item.at));
  return [store.get(ClusterControls, commit.clusterKey)?.breakGlass, wave?.breakGlass].some((glass, index) => {
    if (glass === undefined || Date.parse(glass.until) <= early) return false;
    if (index === 1 && glass.planHash !== wave?.planHash) return false;
    const people = new Set(glass.by.map(({ principal }) => principal.toLowerCase()));
    return people.size >= (rule?.fourEyes === true ? 2 : 1);
  });
}

type Rules = Pick<PlaceAt, 'policy' | 'spec'>;

/**
 * A user's own upgrade follows the wave of the policy that selects its cluster by the last observation, and so does a member whose wave the policy no
 * longer has.
 */
export function selectedNow({ store }: Moment, cluster: ClusterRecord | undefined): Rules | undefined {
  if (cluster === undefined) return undefined;
  const policies = store.all(Configs).flatMap((config) => upgradePolicy(config) ?? []);
  const match = policyOf(cluster, policies);
  if (match.type !== 'one') return undefined;
  const { spec } = match.policy;
  return { policy: spec, spec: spec.waves[waveOf(match.policy, cluster, tagPrefix(store)).index] };
}

/** Whether the policy of a rollout has rules for its member: those of the planned wave, or of one that selects the cluster now. */
function hasRules({ store }: Moment, { rollout, spec }: PlaceAt, cluster: ClusterRecord | undefined): boolean {
  const policy = upgradePolicy(store.get(Configs, 'UpgradePolicy', rollout.policy));
  if (spec !== undefined || policy === undefined || cluster === undefined) return true;
  return waveOf(policy, cluster, tagPrefix(store)).index >= 0;
}

const tagPrefix = (store: StoreAt): string => fleetSpec(store.get(Configs, 'Fleet', FLEET))?.tagPrefix ?? '';

function broken(
  { item, store, at }: Moment,
  commit: CommitAt,
  place: Rules | undefined,
  names: readonly string[],
): Violation[] {
  const what = `${commit.clusterKey} #${item.sequence}: ${commit.call.name}`;
  const missing = names.filter((name) => inForce(store.get(Configs, 'Calendar', name)) === undefined);
  if (missing.length > 0)
    return [window(`${what} was committed under the calendar ${missing.join(', ')}, which is not applied`)];
  const calendars = names.map((name) => compiled(store, name));
  const states = [new Date(item.at), new Date(at)].map((instant) => calendarStateAt(calendars, instant));
  const state = states.find(({ open }) => open);
  if (state === undefined) {
    const why = states[0]?.reasons.map((reason) => reason.message).join(' ');
    return [window(`${what} was committed at ${item.at}, outside the windows of ${names.join(', ')}: ${why}`)];
  }
  const { grantedAt = '' } = store.get(Grants, commit.clusterKey) ?? {};
  return commit.first ? overrun(what, commit, Date.parse(item.at), { calendars, place, state, grantedAt }) : [];
}

const MINUTE = 60_000;

/**
 * From when on a hop counts whose first change comes at this instant: when the calendars opened for the last time, where that was in the quarter of an
 * hour before. Windows open and close at whole minutes.
 */
function countsFrom(calendars: readonly CompiledCalendar[], at: number): number {
  let from = at;
  for (let minute = at - (at % MINUTE); minute >= at - 15 * MINUTE; minute -= MINUTE) {
    if (!calendarStateAt(calendars, new Date(minute)).open) return from;
    from = minute;
  }
  return calendarStateAt(calendars, new Date(from - MINUTE)).open ? at : from;
}

/** What the scan of the hop took under its grant counts as part of it, up to half of the estimate. */
function overrun(
  what: string,
  { upgrade }: CommitAt,
  at: number,
  {
    calendars,
    place,
    state: { closesAt },
    grantedAt,
  }: {
    readonly calendars: readonly CompiledCalendar[];
    readonly place: Rules | undefined;
    readonly state: CalendarState;
    readonly grantedAt: string;
  },
): Violation[] {
  const estimate = place?.policy?.estimates.upgrade;
  // With a bake only the part before it must fit, and the policy does not tell its length.
  if (
    estimate === undefined ||
    closesAt === null ||
    place?.spec?.mayOverrun === true ||
    place?.spec?.bake !== undefined
  )
    return [];
  const takes = durationMilliseconds(estimate);
  const { startedAt = '', endedAt = '' } = upgrade?.steps['scan-cluster'] ?? {};
  const begun = startedAt > grantedAt ? startedAt : grantedAt;
  const scanned = endedAt > begun ? Date.parse(endedAt) - Date.parse(begun) : 0;
  const from = countsFrom(calendars, at - Math.min(scanned, takes / 2));
  const end = from + takes;
  if (end <= closesAt.getTime() + SKEW_MILLISECONDS) return [];
  return [
    window(
      `${what} began a hop of ${estimate} at ${new Date(from).toISOString()}; its window closes at ${closesAt.toISOString()}`,
    ),
  ];
}

export function tagNames({ store }: Pick<Moment, 'store'>, cluster: ClusterRecord | undefined): string[] {
  const names = cluster?.tags[`${tagPrefix(store)}calendar`] ?? '';
  return names.split(/[\s,]+/).filter((name) => name !== '');
}

const compiledBefore = new WeakMap<object, CompiledCalendar>();

export function compiled(store: StoreAt, name: string): CompiledCalendar {
  const document = store.get(Configs, 'Calendar', name)?.document ?? {};
  const known = compiledBefore.get(document);
  if (known !== undefined) return known;
  const calendar = compileCalendar(name, calendarSchema.parse(document).spec);
  compiledBefore.set(document, calendar);
  return calendar;
}

const window = (message: string): Violation => ({ invariant: 'window', message });

/**
 * 11 `stop` and 15 `observe`: no commit while the fleet is stopped, its mode is not `act`, its rollout is paused or aborted, or its cluster is held
 * (protocol.md, What a grant and a commit check). The state in force comes from the audit, at the item of the commit.
 */
export const checkStop = (): Check => (moment) => {
  const commit = commitAt(moment);
  if (commit === undefined) return [];
  return (isUndoing(commit.upgrade) ? forbiddenToUndo(commit) : obstacles(moment, commit)).map(([invariant, why]) => ({
    invariant,
    message: `${commit.clusterKey} #${moment.item.sequence}: ${commit.call.name} was committed while ${why}`,
  }));
};

/** `test/behaviour/update-config.test.ts` checks that a group gets back its former settings and nothing else. */
const UNDOING: readonly string[] = ['UncordonNode', 'UpdateNodegroupConfig', 'DeleteHookJob', 'UnmuteAlarms'];

/** A machine that nothing stops may only undo changes. */
const forbiddenToUndo = ({ call }: CommitAt): [Violation['invariant'], string][] =>
  UNDOING.includes(call.name) ? [] : [['stop', 'it was only to take back what another upgrade had left']];

function obstacles({ store }: Moment, { clusterKey, upgrade }: CommitAt): [Violation['invariant'], string][] {
  const found = standingObstacles(store, clusterKey, !isGoingBack(upgrade));
  const place = upgrade === undefined ? undefined : placeAt(store, upgrade);
  if (place?.rollout.status === 'Paused' || place?.rollout.status === 'Aborted')
    found.push(['stop', `the rollout ${place.rollout.id} was ${place.rollout.status}`]);
  if (place !== undefined && place.policy === undefined)
    found.push(['stop', `nobody could read the policy ${place.rollout.policy}`]);
  return found;
}

/** Obstacles for a cluster in any rollout: the mode, a stop, a hold. Each with the invariant that it would violate. */
export function standingObstacles(
  store: StoreAt,
  clusterKey: string,
  asksHold = true,
): [Violation['invariant'], string][] {
  const found: [string, string][] = [];
  const fleet = fleetSpec(store.get(Configs, 'Fleet', FLEET));
  if (fleet?.mode !== 'act') found.push(['observe', `the mode of the fleet was ${fleet?.mode ?? 'not set'}`]);
  if (store.get(FleetControls)?.stopped === true) found.push(['stop', 'the fleet was stopped']);
  if (asksHold && store.get(ClusterControls, clusterKey)?.held !== undefined)
    found.push(['stop', 'its cluster was held']);
  return found;
}

/**
 * 25 `forced`: EKS takes a roll by force only where the policy in force at its commit names the cluster, as long after the beginning of the group's first
 * roll that pods have stopped as it says, and once. EKS's own record of the rolls counts. A person who has the upgrade tried again, and a roll that
 * has succeeded, begin that anew.
 */
export function checkForced({ world }: History): Check {
  const rolls = updateTimeline(world.eks.state).filter(
    ({ request }) => request?.operation === 'UpdateNodegroupVersion',
  );
  const byToken = new Map(rolls.map((roll) => [roll.request?.input.clientRequestToken, roll]));
  const ours = new Set<unknown>();
  return (moment) => {
    const commit = commitAt(moment);
    if (commit?.call.name !== 'UpdateNodegroupVersion') return [];
    const { clientRequestToken: token } = commit.call.input;
    const sent = byToken.get(token);
    ours.add(token);
    if (sent?.request?.input.force !== true) return [];
    const { clusterArn, clusterCreatedAt, nodegroupName, createdAt } = sent;
    const isOfGroup = (roll: (typeof rolls)[number]): boolean =>
      roll.clusterArn === clusterArn &&
      roll.clusterCreatedAt === clusterCreatedAt &&
      roll.nodegroupName === nodegroupName;
    const begun = Date.parse(commit.upgrade?.startedAt ?? '') - SKEW_MILLISECONDS;
    const before = rolls.filter(
      (roll) => isOfGroup(roll) && isOurs(roll) && roll.createdAt >= begun && roll.createdAt < createdAt,
    );
    const what = `the roll of ${nodegroupName} of ${commit.clusterKey} at ${moment.item.at} was by force`;
    if (before.some(({ request }) => request?.input.force === true)) return [forced(`${what}, for the second time`)];
    const last = before.findLastIndex(({ status }) => status === 'Successful');
    const first = before.slice(last + 1).find((roll) => roll.errors.some(({ errorCode }) => errorCode === STUCK));
    if (first === undefined) return [forced(`${what}, and no pod had stayed`)];
    const after = afterIn(moment, commit);
    if (after === undefined) return [forced(`${what}, and no policy names the cluster`)];
    const waited = createdAt + SKEW_MILLISECONDS - first.createdAt;
    if (waited >= durationMilliseconds(after)) return [];
    const since = new Date(first.createdAt).toISOString();
    return [forced(`${what}, and the first whose pods had stayed was of ${since}: it waits ${after}`)];
  };

  function isOurs({ request }: (typeof rolls)[number]): boolean {
    return ours.has(request?.input.clientRequestToken);
  }
}

const STUCK = 'PodEvictionFailure';

/** After how long the policy of the upgrade has the cluster rolled by force; undefined = never. */
function afterIn(moment: Moment, { clusterKey, upgrade }: CommitAt): string | undefined {
  const { store } = moment;
  const known = store.get(Clusters, clusterKey);
  if (known === undefined) return undefined;
  const cluster = labeled(known, fleetSpec(store.get(Configs, 'Fleet', FLEET)));
  const place = placeAt(store, upgrade ?? {});
  const policy = place === undefined ? selectedNow(moment, cluster)?.policy : place.policy;
  const force = policy?.nodes?.podEvictionFailure?.force;
  return force !== undefined && selects(force.selector, cluster).matches ? force.after : undefined;
}

const forced = (message: string): Violation => ({ invariant: 'forced', message });
