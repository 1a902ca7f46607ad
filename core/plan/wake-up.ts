import { SETTLING_MILLISECONDS } from '../policy/quarantine.ts';
import { waveNamed } from '../policy/wave-of.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { soakOf } from '../rollout/wave-soak.ts';
import type { VirtualFleet } from './virtual-fleet.ts';

/** So often the reconciler looks by itself. */
export const TICK_MILLISECONDS = 60_000;

/**
 * The next instant at which a decision may find something else: work ends, a window opens, a soak is over, a new cluster has settled.
 * Undefined = nothing will ever change. The reconciler looks once a minute from `start` on (protocol.md rule 12).
 */
export function nextInstant(
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

/** When clusters that are set aside for being new are not new any more. */
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
