import { calendarStateAt } from '../../../core/calendar/calendar-state.ts';
import type { CompiledCalendar } from '../../../core/calendar/compile-calendar.ts';
import { nextOpenings } from '../../../core/calendar/next-openings.ts';
import { durationMilliseconds } from '../../../core/config/schema/quantities.ts';
import type { Member, Wave } from '../../../core/contracts/items/rollout.ts';
import { FLEET, fleetSpec, upgradePolicy } from '../../../core/policy/applied.ts';
import { capLimit } from '../../../core/policy/caps.ts';
import { compiledCalendar } from '../../../core/policy/load-rules.ts';
import { waveNamed } from '../../../core/policy/wave-of.ts';
import { Configs, Grants, Rollouts, Waves } from '../../../core/store/entities.ts';
import { load, loadKind } from '../../../core/store/entity.ts';
import { loadAllMembers } from '../../../simulator/process/load-all-members.ts';
import type { World } from '../../../simulator/process/world.ts';

/** Hours from the creation of a rollout to its last success, and the fewest that its windows, caps, soaks and durations allow. */
interface Makespan {
  readonly hours: number;
  readonly boundHours: number;
}

/** For the only rollout of a run whose upgrades all took equally long. Throws when the run has none, or no upgrade succeeded. */
export async function makespanOf(world: World): Promise<Makespan> {
  const { table } = world;
  const [rollout] = await loadKind(table, Rollouts);
  const audit = table.auditTimeline();
  const granted = new Map(
    audit.filter(({ event }) => event === 'Granted').map((item) => [item.subject, Date.parse(item.at)]),
  );
  const ended = audit
    .filter(({ event }) => event === 'UpgradeSucceeded')
    .map((item) => ({ at: Date.parse(item.at), took: Date.parse(item.at) - (granted.get(item.subject) ?? 0) }));
  if (rollout === undefined || ended.length === 0)
    throw new RangeError('nothing was upgraded, so there is no makespan');
  const duration = Math.min(...ended.map(({ took }) => took));
  const waves: BoundedWave[] = [];
  for (const wave of await loadKind(table, Waves)) {
    if (wave.status !== 'Skipped') waves.push(await boundedWave(world, rollout.policy, wave, duration));
  }
  const start = Date.parse(rollout.createdAt);
  const hours = (at: number) => (at - start) / 3_600_000;
  return {
    hours: hours(Math.max(...ended.map(({ at }) => at))),
    boundHours: hours(lowerBound(waves, new Date(start)).getTime()),
  };
}

async function boundedWave({ table }: World, policyName: string, wave: Wave, duration: number): Promise<BoundedWave> {
  const policy = upgradePolicy((await load(table, Configs, 'UpgradePolicy', policyName))?.data);
  const fleet = fleetSpec((await load(table, Configs, 'Fleet', FLEET))?.data);
  const spec = waveNamed(policy, wave.name);
  const members = (await loadAllMembers(table)).filter(
    (one: Member) => one.rolloutId === wave.rolloutId && one.waveIndex === wave.index,
  );
  const keys: string[] = [];
  for (const { clusterKey } of members) keys.push(...((await load(table, Grants, clusterKey))?.data.capKeys ?? []));
  const caps = [...new Set(keys)].flatMap((key) => {
    const atOnce = fleet === undefined ? undefined : capLimit(key, fleet, policy?.spec);
    return atOnce === undefined ? [] : [{ clusters: keys.filter((one) => one === key).length, atOnce }];
  });
  const applied = await Promise.all(
    [spec?.calendar ?? []].flat().map((name) => load(table, Configs, 'Calendar', name)),
  );
  const calendars = applied.flatMap((one) => compiledCalendar(one?.data) ?? []);
  return {
    limits: [{ clusters: members.length, atOnce: wave.maxConcurrency }, ...caps],
    duration,
    estimate: (wave.estimateSeconds ?? 0) * 1000,
    calendars,
    soak: spec?.soak === undefined ? 0 : durationMilliseconds(spec.soak),
  };
}

/** The limits of one wave whose clusters all take equally long. Durations in milliseconds. */
export interface BoundedWave {
  /** For each limit, the number of clusters under it, and how many of them may run at once: the wave's concurrency, every cap. */
  readonly limits: readonly { readonly clusters: number; readonly atOnce: number }[];
  /** The length of one upgrade. */
  readonly duration: number;
  /** Its estimated length, which must be left of a window when it begins. */
  readonly estimate: number;
  readonly calendars: readonly CompiledCalendar[];
  /** From the wave's last success until the next wave may begin. */
  readonly soak: number;
}

/**
 * The earliest instant at which any schedule could have upgraded all waves that begin at `start`. A limit of k over n clusters needs ⌈n/k⌉ rounds:
 * the (j·k + 1)-th cluster begins after one of the first j·k has ended, so after j rounds that each began as soon as a window was open for long
 * enough. The slowest limit counts, and waves follow each other with soaks between them.
 */
export function lowerBound(waves: readonly BoundedWave[], start: Date): Date {
  let begin = start.getTime();
  let end = begin;
  for (const wave of waves) {
    const rounds = Math.max(0, ...wave.limits.map(({ clusters, atOnce }) => Math.ceil(clusters / atOnce)));
    end = begin;
    for (let round = 0; round < rounds; round += 1) end = earliestBegin(wave, end) + wave.duration;
    begin = rounds === 0 ? begin : end + wave.soak;
  }
  return new Date(end);
}

/** Infinity when no opening is long enough. */
function earliestBegin({ calendars, estimate }: BoundedWave, from: number): number {
  if (calendars.length === 0) return from;
  const { open, closesAt } = calendarStateAt(calendars, new Date(from));
  if (open && (closesAt === null || closesAt.getTime() - from >= estimate)) return from;
  const opening = nextOpenings(calendars, new Date(from), 100).find(
    (one) => one.closesAt === null || one.closesAt.getTime() - one.opensAt.getTime() >= estimate,
  );
  return opening === undefined ? Number.POSITIVE_INFINITY : opening.opensAt.getTime();
}
