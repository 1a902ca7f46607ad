import { clockText } from '../calendar/local-text.ts';
import type { Wave as WaveSpec } from '../config/types.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { WaitedFor } from '../contracts/reasons/reason-facts.ts';
import { waitsFor } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { soakOf } from '../policy/wave-soak.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { isSettled, unsettledIn, waveInTurn } from './wave-end.ts';

/** Why a member waits, and until when as far as is known. No reasons = the member was admitted. */
export interface Answer {
  readonly reasons: readonly Reason[];
  readonly until?: string | undefined;
}

/** Reasons that are true only now: a member that waits for a wave is told what will be true when that wave has passed. */
const OF_NOW: readonly (WaitedFor | undefined)[] = ['turn', 'window', 'cap'];

/**
 * Tells members of waves that are not open yet what they wait for: first the wave before them, until when it soaks, and then the window at that time:
 * "The wave canary soaks until …; then: the window nights opens …".
 */
export function waitingForWaves(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  waves: readonly Wave[],
  now: Date,
  answerAt: (member: Member, at: Date) => Answer,
): (member: Member, answer: Answer) => Answer {
  const policy = snapshot.policies.get(rollout.policy)?.policy;
  const current = waveInTurn(waves);
  if (current === undefined) return (_, answer) => answer;
  const after = waves.find(({ index }) => index === current.index + 1);
  const [spec, next] = [current, after].map((wave) => waveNamed(policy, wave?.name ?? ''));
  const soak = current.status === 'Soaking' ? soakOf(current, spec, now, clockOf(snapshot, [next, spec])) : undefined;
  // The hooks that are asked before the wave opens, as the last question has left them.
  const asked = current.status === 'Pending' ? current.reasons : [];
  const before = soak === undefined ? [unsettled(current), ...asked] : soak.reasons;
  return (member, answer) => {
    if (member.waveIndex === current.index && asked.length > 0 && answer.reasons.length > 0)
      return { ...answer, reasons: [...answer.reasons, ...asked] };
    if (member.waveIndex <= current.index || member.inFlight) return answer;
    const own = answer.reasons.filter(({ code }) => !OF_NOW.includes(waitsFor(code)));
    // Only the next wave can begin when this one has soaked. Nobody knows until when later waves wait, except that they wait for their window in any
    // case.
    const passes = member.waveIndex === current.index + 1 ? soak?.until : undefined;
    if (passes === undefined) return { reasons: [...before, ...windowOf(answer, 'Then, at the earliest'), ...own] };
    const then = answerAt(member, passes);
    return { reasons: [...before, ...windowOf(then, 'Then'), ...own], until: then.until ?? passes.toISOString() };
  };
}

const windowOf = ({ reasons }: Answer, when: string): Reason[] =>
  reasons
    .filter(({ code }) => waitsFor(code) === 'window')
    .map(({ code, message }) => ({ code, message: `${when}: ${message}` }));

/** The clocks on which a waiting member's window is told: those of its own wave, or else of the wave before it. */
function clockOf({ calendars }: FleetSnapshot, specs: readonly (WaveSpec | undefined)[]): (at: Date) => string {
  const theirs = specs.flatMap((spec) => spec?.calendar ?? []).flatMap((name) => calendars.get(name) ?? []);
  return (at) => clockText(theirs, at);
}

/** What a wave that has not passed says to later waves. */
export function unsettled(wave: Wave): Reason {
  if (wave.status === 'Pending') return reason('EarlierWave', `The wave ${wave.name} comes first, and has not begun.`);
  const state = isSettled(wave)
    ? `is ${wave.status}`
    : `has ${unsettledIn(wave) - wave.quarantined} of ${wave.members} clusters still open`;
  return reason('EarlierWave', `The wave ${wave.name} comes first: it ${state}.`);
}
