import type { Wave as WaveSpec } from '../config/types.ts';
import { concurrencyLimit, failureLimit } from '../config/wave-limits.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { Decision } from './decisions.ts';

const PASSED: readonly Wave['status'][] = ['Completed', 'CompletedWithFailures', 'Skipped'];

/** Every member has ended, or will be seen to later. */
export const isSettled = (wave: Wave): boolean =>
  wave.succeeded + wave.failed + wave.blocked + wave.excluded + wave.quarantined >= wave.members;

/** How a settled wave ends (semantics.md, Wave): never Completed where clusters failed, Halted where some were tried and none succeeded. */
export function waveEnd(wave: Wave): { status: Wave['status']; reasons: Reason[] } {
  const count = `${wave.succeeded} succeeded, ${wave.failed} failed, ${wave.blocked} blocked, ${wave.excluded} excluded, ${wave.quarantined} quarantined`;
  const said = (code: string, message: string) => [reason(code, `${message}: ${count}.`)];
  if (wave.failed > wave.maxFailures)
    return { status: 'Halted', reasons: said('FailureBudgetExceeded', 'More failed than may') };
  if (wave.succeeded === 0 && wave.failed > 0)
    return { status: 'Halted', reasons: said('NoneSucceeded', 'Some were tried and none succeeded') };
  if (wave.succeeded + wave.failed === 0 && wave.needWork > 0) {
    return {
      status: 'Undecided',
      reasons: said(
        'NoneJudged',
        'No upgrade was tried to its end, so the wave proves nothing; resume the rollout to go on',
      ),
    };
  }
  return {
    status: wave.failed > 0 ? 'CompletedWithFailures' : 'Completed',
    reasons: said('Settled', 'Every cluster has settled'),
  };
}

const UNSETTLED: readonly Member['status'][] = ['Pending', 'Running', 'Parked', 'Quarantined'];

/**
 * The next change of a rollout's waves, and of the rollout itself. Waves open in order, one at a time. `members` are those that have not
 * settled; `specs` are the policy's waves as they are now.
 */
export function waveDecisions(
  rollout: Rollout,
  waves: readonly Wave[],
  members: readonly Member[],
  specs: readonly WaveSpec[],
): Decision[] {
  const ordered = [...waves].sort((a, b) => a.index - b.index);
  for (const wave of ordered) {
    if (PASSED.includes(wave.status)) continue;
    if (wave.status === 'Pending') return rollout.status === 'Running' ? opened(wave, members, specs) : [];
    if (wave.status === 'Open' || wave.status === 'Undecided') {
      if (!isSettled(wave)) return [];
      const end = waveEnd(wave);
      if (end.status === wave.status) return [];
      return [{ type: 'change-wave', wave, status: end.status, reasons: end.reasons }];
    }
    return ended(rollout, wave, members);
  }
  if (rollout.status !== 'Running' || ordered.length === 0) return [];
  // Stragglers run after their wave has ended: the rollout stays until none is left.
  if (members.some((member) => UNSETTLED.includes(member.status))) return [];
  const failed = ordered.reduce((sum, wave) => sum + wave.failed, 0);
  const blocked = ordered.reduce((sum, wave) => sum + wave.blocked, 0);
  const reasons = [
    reason(
      'AllWavesEnded',
      `${failed} ${failed === 1 ? 'cluster' : 'clusters'} failed, ${blocked} ${blocked === 1 ? 'is' : 'are'} blocked.`,
    ),
  ];
  return [{ type: 'change-rollout', rollout, status: failed > 0 ? 'CompletedWithFailures' : 'Completed', reasons }];
}

/** Percentages are of the members that need work at the wave's start, excluded and quarantined ones left out (semantics.md, Failure budget). */
function opened(wave: Wave, members: readonly Member[], specs: readonly WaveSpec[]): Decision[] {
  const own = members.filter((member) => member.waveIndex === wave.index);
  const needWork = own.filter((member) => member.status === 'Pending').length;
  if (own.length === 0) {
    const reasons = [reason('NothingToDo', 'No cluster of this wave needs work.')];
    return [{ type: 'change-wave', wave, status: 'Skipped', reasons }];
  }
  const spec = specs.find((one) => one.name === wave.name);
  const { maxConcurrency, maxFailures } =
    spec === undefined
      ? wave
      : { maxConcurrency: concurrencyLimit(spec, needWork), maxFailures: failureLimit(spec, needWork) };
  return [
    { type: 'change-wave', wave, status: 'Open', reasons: [], limits: { needWork, maxConcurrency, maxFailures } },
  ];
}

/** A wave that waits for a person stops the rollout once nothing of it runs any more; what runs finishes. */
function ended(rollout: Rollout, wave: Wave, members: readonly Member[]): Decision[] {
  const runs = members.some((member) => member.status === 'Running');
  if (wave.status !== 'Halted' || rollout.status !== 'Running' || runs) return [];
  return [{ type: 'change-rollout', rollout, status: 'Halted', reasons: wave.reasons }];
}
