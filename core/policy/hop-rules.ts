import type { CompiledCalendar } from '../calendar/compile-calendar.ts';
import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { LearnedDurations, Wave } from '../contracts/items/rollout.ts';
import { kindOf } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { type ClusterTags, clusterTags, missingCalendar } from './cluster-tags.ts';
import { type RulingWave, rulingWave } from './wave-of.ts';

/** What a policy says about one hop of one cluster, looked up once: the wave's rules, and the calendars by name. */
export type HopRules = ReturnType<typeof hopRules>;

const NO_POLICY: RulingWave = { wave: undefined, unplaced: [] };
/** The estimate where the policy states none and too little was learned of this fleet: an hour (semantics.md, Windows, bakes, watches and estimates). */
export const DEFAULT_ESTIMATE_MILLISECONDS = 3_600_000;
/** From this many upgrades on the learned durations count. */
const ENOUGH = 5;

/** How long one hop of this policy is expected to last: as the policy says, as learned (nine of ten ended by then), or an hour. */
export function estimateOf(policy: UpgradePolicy | undefined, learned: LearnedDurations | undefined): number {
  const said = policy?.spec.estimates.upgrade;
  if (said !== undefined) return durationMilliseconds(said);
  if (learned !== undefined && learned.count >= ENOUGH && learned.p90 > 0) return Math.ceil(learned.p90 / 60) * 60_000;
  return DEFAULT_ESTIMATE_MILLISECONDS;
}

/**
 * The part of the estimate that must fit into the window. Where there is a bake, it is only the control plane's part: half of the hop, since nobody
 * knows more (semantics.md, Windows, bakes, watches and estimates).
 */
export const untilParked = (estimateMilliseconds: number, wave: Pick<WaveSpec, 'bake'> | undefined): number =>
  wave?.bake === undefined ? estimateMilliseconds : estimateMilliseconds / 2;

/**
 * The rules of a cluster's next hop. `applied` is undefined where no policy selects the cluster. `wave` is the wave of the cluster in its rollout;
 * without a rollout the policy chooses one. `calendars` are the applied ones.
 */
export function hopRules(
  applied: UpgradePolicy | 'unreadable' | undefined,
  cluster: ClusterRecord,
  wave: Pick<Wave, 'name' | 'estimateSeconds' | 'calendars'> | undefined,
  calendars: ReadonlyMap<string, CompiledCalendar>,
  tagPrefix: string,
  learned?: LearnedDurations,
) {
  const unreadable = applied === 'unreadable';
  const policy = unreadable ? undefined : applied;
  const { wave: spec, unplaced } =
    policy === undefined ? NO_POLICY : rulingWave(policy, cluster, wave?.name, tagPrefix);
  // An upgrade that has begun in a wave which the policy has given up goes on by that wave's last calendars; one that a person starts, without a
  // wave, goes by those of the tags alone.
  const last = { name: wave?.name ?? '', calendar: wave?.calendars };
  const named = calendarNamesOf(spec ?? last, clusterTags(cluster.tags, tagPrefix), tagPrefix, calendars);
  const found = named.names.flatMap((name) => calendars.get(name) ?? []);
  const estimate = wave?.estimateSeconds === undefined ? estimateOf(policy, learned) : wave.estimateSeconds * 1000;
  return {
    policy,
    /** The policy of the hop is not applied, or this version cannot read it: nobody knows its windows and approvals. */
    unreadable,
    wave: spec,
    /** Why no wave has rules for the cluster, or nobody can tell which policy has. */
    unplaced,
    calendars: found,
    /** Names of the calendars that hold, for transactions that check that these have not changed. */
    calendarNames: named.names,
    /** Where these calendars come from, and what is wrong with them. */
    calendarReasons: named.reasons,
    /** Named calendars that cannot be used: the window of such a cluster is closed (semantics.md, Windows, bakes, watches and estimates). */
    problems: named.reasons.filter(({ code }) => kindOf(code) !== 'told'),
    estimateMilliseconds: untilParked(estimate, spec),
    mayOverrun: spec?.mayOverrun ?? false,
  };
}

interface ClusterCalendars {
  /** The names of calendars that must all be open; none = always open. */
  readonly names: readonly string[];
  /** Where the calendars come from, with codes `WaveCalendar` and `CalendarTag`; `BadTag` and `NoCalendar` mean closed until corrected. */
  readonly reasons: readonly Reason[];
}

/**
 * The calendars that hold for a cluster: those of its wave, and those that its tag adds; a tag never takes one away (semantics.md, Tags on clusters).
 *
 * @param applied names of the Calendars in force; absent = they are not checked
 */
export function calendarNamesOf(
  wave: Pick<WaveSpec, 'name' | 'calendar'>,
  tags: Pick<ClusterTags, 'calendars'>,
  tagPrefix: string,
  applied?: { has(name: string): boolean },
): ClusterCalendars {
  const own = [wave.calendar ?? []].flat();
  const added = tags.calendars.filter((name) => !own.includes(name));
  const names = [...new Set([...own, ...added])];
  const reasons: Reason[] = [];
  if (own.length > 0) reasons.push(reason('WaveCalendar', `The wave ${wave.name} goes by ${own.join(' and ')}.`));
  if (added.length > 0) {
    const also = own.length > 0 ? ', and both must be open' : '; no other calendar holds for it';
    reasons.push(reason('CalendarTag', `The cluster's tag adds ${added.join(' and ')}${also}.`));
  }
  for (const name of names) {
    if (applied === undefined || applied.has(name)) continue;
    const message = `There is no Calendar "${name}", so nothing may start. Apply it, or correct the name.`;
    reasons.push(added.includes(name) ? missingCalendar(tagPrefix, name) : reason('NoCalendar', message));
  }
  return { names, reasons };
}
