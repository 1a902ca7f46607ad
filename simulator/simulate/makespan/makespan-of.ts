import { durationMilliseconds } from '../../../core/config/schema/quantities.ts';
import type { Member, Wave } from '../../../core/contracts/items/rollout.ts';
import { FLEET, fleetSpec, upgradePolicy } from '../../../core/policy/applied.ts';
import { capLimit } from '../../../core/policy/caps.ts';
import { compiledCalendar } from '../../../core/policy/load-rules.ts';
import { waveNamed } from '../../../core/policy/wave-of.ts';
import { Configs, Grants, Rollouts, Waves } from '../../../core/store/entities.ts';
import { load, loadKind } from '../../../core/store/entity.ts';
import { loadAllMembers } from '../../process/load-all-members.ts';
import type { World } from '../../process/world.ts';
import { type BoundedWave, lowerBound } from './lower-bound.ts';

/** Hours from the creation of a rollout to its last success, and the fewest that its windows, caps, soaks and durations allow. */
export interface Makespan {
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
