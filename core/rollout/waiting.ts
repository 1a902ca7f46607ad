import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { Answer } from './admission.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { isSettled, PASSED } from './wave-end.ts';
import { soakOf } from './wave-soak.ts';

/**
 * Puts before a member's own reasons what its wave waits for: an earlier wave that is under way or soaks. A wave that is not open yet says
 * nothing by itself, so that reason gives way to the true one.
 */
export function waitingForWaves(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  waves: readonly Wave[],
  now: Date,
): (member: Member, answer: Answer) => Answer {
  const policy = snapshot.policies.get(rollout.policy)?.policy;
  const current = [...waves].sort((a, b) => a.index - b.index).find((wave) => !PASSED.includes(wave.status));
  if (current === undefined) return (_, answer) => answer;
  const spec = policy?.spec.waves.find(({ name }) => name === current.name);
  const soak = current.status === 'Soaking' ? soakOf(current, spec, now) : undefined;
  const before = soak === undefined ? [unsettled(current)] : soak.reasons;
  const soaksUntil = soak?.until?.toISOString();
  return (member, answer) => {
    if (member.waveIndex <= current.index || member.inFlight) return answer;
    const own = answer.reasons.filter(({ code }) => code !== 'WavePending');
    const until = [soaksUntil, answer.until]
      .flatMap((at) => at ?? [])
      .sort()
      .at(-1);
    return { reasons: [...before, ...own], ...(until === undefined ? {} : { until }) };
  };
}

function unsettled(wave: Wave): Reason {
  if (wave.status === 'Pending') return reason('EarlierWave', `The wave ${wave.name} comes first, and has not begun.`);
  const settled = wave.succeeded + wave.failed + wave.blocked + wave.excluded + wave.quarantined;
  const state = isSettled(wave)
    ? `is ${wave.status}`
    : `has ${wave.members - settled} of ${wave.members} clusters still open`;
  return reason('EarlierWave', `The wave ${wave.name} comes first: it ${state}.`);
}
