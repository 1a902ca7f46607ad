import type { UpgradePolicy, Wave } from '../config/types.ts';
import { concurrencyLimit, failureLimit } from '../config/wave-limits.ts';
import type { Wave as WaveItem } from '../contracts/items/rollout.ts';
import { clustersOf } from './approvals.ts';
import { exceedsBudget, worstCase } from './wave-room.ts';

/**
 * The worst case of a wave as its policy has it.
 *
 * @param members clusters of the wave that need work at its start
 */
export function worstCaseFailures(wave: Pick<Wave, 'maxConcurrency' | 'failureBudget'>, members: number): number {
  const { countInFlight } = wave.failureBudget;
  const limits = { maxFailures: failureLimit(wave, members), maxConcurrency: concurrencyLimit(wave, members) };
  return worstCase({ ...limits, needWork: members, countInFlight });
}

/**
 * The most clusters that can fail in a wave from where it stands: those that have failed, those that are in flight, and those that may still begin
 * under its limits.
 */
export function worstCaseNow(wave: WaveItem): number {
  const begun = wave.failed + wave.inFlight;
  const beginsNothing = wave.status === 'Halted' || exceedsBudget(wave);
  const most = beginsNothing ? begun : Math.max(begun, worstCase({ ...wave, needWork: wave.members }));
  return Math.min(clustersOf(wave) - wave.succeeded - wave.blocked, most);
}

/**
 * The worst case of each wave of a policy in words, one line each, where nobody knows yet how many clusters a wave has. `selected`: how many the
 * policy selects in all.
 */
export function worstCaseLines(
  { metadata, spec }: { readonly metadata: { readonly name: string }; readonly spec: UpgradePolicy['spec'] },
  selected = Number.POSITIVE_INFINITY,
): string[] {
  return spec.waves.map((wave) => {
    const { maxFailures, countInFlight } = wave.failureBudget;
    const members = wave.clusters === undefined ? undefined : new Set(wave.clusters).size;
    return `policy ${metadata.name}, wave ${wave.name}: at worst ${worst()} before nothing more starts.`;

    function worst(): string {
      if (members !== undefined) {
        const failures = worstCaseFailures(wave, members);
        return `${failures} of ${members} clusters ${failures === 1 ? 'fails' : 'fail'}`;
      }
      const inFlight = countInFlight ? 1 : wave.maxConcurrency;
      if (typeof maxFailures === 'number' && typeof inFlight === 'number') {
        const sum = Math.min(maxFailures + inFlight, selected);
        return `${sum} cluster${sum === 1 ? ' fails' : 's fail'}`;
      }
      const rest = countInFlight ? '1 more' : `${inFlight === 1 ? '1 that is' : `${inFlight} that are`} in flight`;
      return `${maxFailures} of its clusters fail and ${rest}`;
    }
  });
}
