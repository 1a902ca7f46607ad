import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import { concurrencyLimit, failureLimit } from '../config/wave-limits.ts';
import type { LearnedDurations, Wave } from '../contracts/items/rollout.ts';
import { estimateOf } from '../policy/hop-rules.ts';

/** The numbers of a wave as its policy says them now, when this many clusters need work at its start. */
export function limitsOf(
  spec: WaveSpec,
  needWork: number,
): Pick<Wave, 'maxConcurrency' | 'maxFailures' | 'canaries' | 'countInFlight' | 'calendars'> {
  return {
    maxConcurrency: concurrencyLimit(spec, needWork),
    maxFailures: failureLimit(spec, needWork),
    canaries: spec.canaries ?? 0,
    countInFlight: spec.failureBudget.countInFlight,
    calendars: [spec.calendar ?? []].flat(),
  };
}

/** The seconds that one hop is expected to last in this wave, as known when the wave opens. */
export const estimateSeconds = (policy: UpgradePolicy, learned: LearnedDurations | undefined): number =>
  estimateOf(policy, learned) / 1000;

/**
 * What a policy that was applied meanwhile changes in a wave under way: its numbers go up or down at the next tick. An estimate that was learned
 * stays as it was when the wave opened; an estimate that the policy states follows the policy.
 */
export function limitChanges(wave: Wave, policy: UpgradePolicy, spec: WaveSpec): Partial<Wave> {
  const wanted: Partial<Wave> = {
    ...limitsOf(spec, wave.needWork),
    ...(policy.spec.estimates.upgrade === undefined ? {} : { estimateSeconds: estimateSeconds(policy, undefined) }),
  };
  const changed = Object.entries(wanted).filter(([key, value]) => {
    const name = key as keyof Wave;
    return `${wave[name] ?? UNSAID[name]}` !== `${value}`;
  });
  return Object.fromEntries(changed);
}

/** The values of a wave that was written by a release which did not keep these yet. */
const UNSAID: Partial<Wave> = { canaries: 0, countInFlight: false, calendars: [] };
