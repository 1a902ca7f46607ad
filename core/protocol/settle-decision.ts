import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { bounded, type Reason, reason } from '../contracts/step-result.ts';
import { isFinish } from '../model/hop.ts';
import { counted } from '../model/words.ts';
import { recount } from '../policy/caps.ts';
import { exceedsBudget, hasNoneSucceeded, overBudget } from '../policy/wave-room.ts';
import { GRANTING_WAVES, reopenedAs } from './granting-waves.ts';
import { isWatched } from './hop-before.ts';
import { isUndo } from './undo.ts';

/** How an execution left its upgrade. `stopped` = ended from outside: StopExecution, a timeout, the history limit, a fault. */
export interface UpgradeEnd {
  readonly status: 'done' | 'failed' | 'blocked' | 'parked' | 'stopped' | 'gone';
  readonly reasons: readonly Reason[];
  readonly resumeAt?: string;
  /** Of one that has failed, and whose policy has it taken back by itself: what got worse. */
  readonly worse?: readonly Reason[];
  /** Nobody has read since where its cluster is. */
  readonly isUnseen?: boolean;
}

export interface Settlement {
  readonly upgrade: Upgrade;
  readonly member: Member | undefined;
  readonly wave: Wave | undefined;
  /** Nothing starts there until a person says so. */
  readonly hold: Reason | undefined;
}

/** Why a hop, its member and its cluster are as they are whose control plane went back, and `byOthers`: past Liftlock. */
export const takenBackReason = (from: string, to: string, byOthers = false): Reason =>
  reason(
    'RolledBack',
    `The control plane was taken back from ${from} to ${to}${byOthers ? ', and not by Liftlock' : ''}.`,
  );

/** What a hold alone says ends with the hold: the hop and its member say what was, for good. */
export const heldAfter = ({ message }: Reason, from: string): Reason =>
  reason('RolledBack', `${message} Nothing takes it to ${from} again before somebody retries or releases it.`);

/** What ended without success: mutated = Failed, untouched = Blocked, which is no failure (semantics.md, Failure budget). */
function terminalStatus(upgrade: Upgrade, end: UpgradeEnd): Upgrade['status'] {
  if (end.status === 'done') return 'Succeeded';
  // Nobody goes on with what its rollout's abort has found before the first change.
  const isLetGo = !upgrade.mutated && end.reasons.some(({ code }) => code === 'RolloutAborted');
  if (end.status === 'parked') return isLetGo ? 'Canceled' : 'Parked';
  if (end.status === 'gone') return 'Canceled';
  // What is to be taken back is not given up, whatever is in the way.
  if (isUndo(upgrade)) return 'Parked';
  if (end.reasons[0]?.code === 'RolledBack' && upgrade.mutated) return 'RolledBack';
  return upgrade.mutated ? 'Failed' : 'Blocked';
}

const UNDO_AGAIN_MILLISECONDS = { least: 15 * 60_000, most: 6 * 3_600_000 };

/** When what has parked goes on. What cannot be taken back is tried ever more rarely: at an eighth of the time that it was tried for. */
function resumeOf(upgrade: Upgrade, { status, resumeAt }: UpgradeEnd, now: Date): string | undefined {
  if (!isUndo(upgrade) || (status === 'parked' && resumeAt === undefined)) return resumeAt;
  const { least, most } = UNDO_AGAIN_MILLISECONDS;
  const tried = now.getTime() - Date.parse(upgrade.startedAt ?? now.toISOString());
  const at = new Date(now.getTime() + Math.min(Math.max(tried / 8, least), most)).toISOString();
  return resumeAt !== undefined && resumeAt > at ? resumeAt : at;
}

/** What becomes of upgrade, member and wave: pure. Places of the wave are given back when the grant is freed, not here. */
export function settle(
  now: Date,
  upgrade: Upgrade,
  member: Member | undefined,
  wave: Wave | undefined,
  given: UpgradeEnd,
): Settlement {
  const end = { ...given, reasons: bounded(given.reasons) };
  const at = now.toISOString();
  const status = terminalStatus(upgrade, end);
  const settled: Upgrade = {
    ...upgrade,
    status,
    reasons: [...end.reasons],
    resumeAt: status === 'Parked' ? resumeOf(upgrade, end, now) : undefined,
    endedAt: status === 'Parked' ? undefined : at,
  };
  const [first = reason('Stopped', 'The upgrade ended without a reason.')] = end.reasons;
  // What is to be taken back is tried again, however it ended, and is in nobody's way.
  const failed = status === 'Failed' || (end.status === 'stopped' && !isUndo(upgrade)) ? first : undefined;
  // Whoever has taken it back had a reason, also where Liftlock had not moved it.
  const isTakenBack = first.code === 'RolledBack' && (status === 'RolledBack' || status === 'Blocked');
  const hold = isTakenBack ? heldAfter(first, upgrade.to) : failed;
  if (member === undefined || wave === undefined) return { upgrade: settled, member: undefined, wave: undefined, hold };
  const after = memberAfter(member, settled, end);
  const nextMember = { ...after, status: unlessFailed(member, after.status) };
  const counted = withDuration(waveAfter(wave, member, nextMember, at), member, settled, at);
  return { upgrade: settled, member: nextMember, wave: counted, hold };
}

function memberAfter(member: Member, upgrade: Upgrade, end: UpgradeEnd): Member {
  const reasons = [...end.reasons];
  switch (upgrade.status) {
    case 'Succeeded':
      if (upgrade.to === member.to)
        return { ...member, status: 'Succeeded', from: upgrade.to, failedBefore: undefined, reasons };
      // More hops follow back to back inside the wave; the place is kept.
      return {
        ...member,
        failedBefore: undefined,
        status: 'Parked',
        from: upgrade.to,
        resumeAt: undefined,
        reasons: [{ code: 'NextHop', message: `At ${upgrade.to}; ${member.to} is the target.` }],
      };
    case 'Failed':
    case 'RolledBack':
      return { ...member, status: 'Failed', reasons };
    case 'Canceled':
      return { ...member, status: 'Excluded', reasons };
    case 'Parked': {
      const foreign = reasons.some((reason) => reason.code === 'ForeignUpdate');
      return {
        ...member,
        status: foreign && !upgrade.mutated ? 'Quarantined' : 'Parked',
        resumeAt: end.resumeAt,
        reasons,
      };
    }
    default:
      return { ...member, status: 'Blocked', reasons };
  }
}

/**
 * What a member becomes that is taken out of its wave or set aside: one whose failure a retry took back, without trying it to its end, has
 * failed (semantics.md, Failure budget). Otherwise whoever may retry could take failures away.
 */
export const unlessFailed = (
  { failedBefore }: Pick<Member, 'failedBefore'>,
  status: Member['status'],
): Member['status'] =>
  failedBefore === true && ['Excluded', 'Quarantined', 'Blocked'].includes(status) ? 'Failed' : status;

/** The counter of a wave that a settled member is in. */
export const COUNTED = {
  Succeeded: 'succeeded',
  Failed: 'failed',
  Blocked: 'blocked',
  Excluded: 'excluded',
  Quarantined: 'quarantined',
} as const;

/** The counters of a wave with these members. */
export function countSettled(members: readonly Member[]): Pick<Wave, (typeof COUNTED)[keyof typeof COUNTED]> {
  const counts = { succeeded: 0, failed: 0, blocked: 0, excluded: 0, quarantined: 0 };
  for (const { status } of members) {
    const counter = COUNTED[status as keyof typeof COUNTED];
    if (counter !== undefined) counts[counter] += 1;
  }
  return counts;
}

/** What has become of the members of a wave, in numbers. */
export const settledText = ({ succeeded, failed, blocked, excluded, quarantined }: Wave): string =>
  `${succeeded} succeeded, ${failed} failed, ${blocked} blocked, ${excluded} excluded, ${quarantined} quarantined`;

/** Why a wave is halted of which nothing is left that succeeded. */
export const noneSucceeded = (wave: Wave): Reason =>
  reason('NoneSucceeded', `Some were tried and none succeeded: ${settledText(wave)}.`);

/** How a rollout ends whose waves have ended so. */
export function rolloutEnd(waves: readonly Wave[]): Pick<Rollout, 'status' | 'reasons'> {
  const failed = waves.reduce((sum, wave) => sum + wave.failed, 0);
  const blocked = waves.reduce((sum, wave) => sum + wave.blocked, 0);
  const said = `${counted(failed, 'cluster')} failed, ${blocked} ${blocked === 1 ? 'is' : 'are'} blocked.`;
  return { status: failed > 0 ? 'CompletedWithFailures' : 'Completed', reasons: [reason('AllWavesEnded', said)] };
}

/** The newest durations that are kept of a wave. */
const MOST_DURATIONS = 100;

/** Moves one member from one counter to another, and halts the wave in the same write when its budget is exceeded. */
export function waveAfter(wave: Wave, before: Member, after: Member, at: string): Wave {
  const next = { ...wave };
  const from = COUNTED[before.status as keyof typeof COUNTED];
  const to = COUNTED[after.status as keyof typeof COUNTED];
  if (from !== undefined) next[from] -= 1;
  if (to !== undefined) next[to] += 1;
  next.traits = traitsAfter(wave, before, after);
  if (after.isStray === true) next.strays = (next.strays ?? 0) + Number(to === 'failed') - Number(from === 'failed');
  if (after.status === 'Succeeded') next.lastSuccessAt = at;
  // A straggler may fail long after its wave has ended: a budget is kept, not only while the wave is open.
  if (next.status === 'Completed' && next.failed > 0) next.status = 'CompletedWithFailures';
  // How it has ended is told in numbers, which are others by now.
  if (from !== undefined && to !== undefined && next.reasons.some(({ code }) => code === 'Settled'))
    next.reasons = [reason('Settled', `Every cluster has settled: ${settledText(next)}.`)];
  // One that is halted says how many have failed by now.
  const isOther = next.failed !== wave.failed && next.reasons.some(({ code }) => code === 'FailureBudgetExceeded');
  if (exceedsBudget(next) && (GRANTING_WAVES.includes(next.status) || isOther)) {
    next.status = 'Halted';
    const { code, message } = overBudget(next);
    // That as many have gone back by themselves as may is another reason, which no retry of others takes away.
    const beside = wave.status === 'Halted' ? wave.reasons.filter((one) => one.code === 'RollbackBudget') : [];
    const said = to === 'failed' ? `${message} The last one was ${after.name}.` : message;
    next.reasons = [{ code, message: said }, ...beside];
  }
  // What let the next wave begin was taken back, or will let it once the soak is over.
  if (['CompletedWithFailures', 'Soaking'].includes(next.status) && from === 'succeeded' && hasNoneSucceeded(next)) {
    next.status = 'Halted';
    next.reasons = [noneSucceeded(next)];
  }
  return next;
}

/** Counts a member anew that is taken out: between two hops it gives its place back; a quarantined one has none. */
export function waveWithout(wave: Wave, before: Member, after: Member, at: Date): Wave {
  const counted = waveAfter(wave, before, after, at.toISOString());
  return { ...counted, inFlight: counted.inFlight - (before.inFlight ? 1 : 0) };
}

/** A wave of which a cluster goes on after all: it was Undecided while nothing of it could, and what it comes to is open again. */
export const waveGoingOn = (wave: Wave): Wave =>
  wave.status === 'Undecided' ? { ...wave, status: reopenedAs(wave), endedAt: undefined, reasons: [] } : wave;

/** A member that gives its place back, and what it is then. One that has succeeded without another hop goes no further than it is. */
export const withoutPlace = (member: Member, status: Member['status'], reasons: readonly Reason[]): Member => ({
  ...member,
  ...(status === 'Succeeded' ? { to: member.from } : {}),
  status: unlessFailed(member, status),
  inFlight: false,
  reasons: [...reasons],
});

/** A member that is tried again is no longer counted as it was: its next end says more. */
function traitsAfter(wave: Wave, before: Member, after: Member): Wave['traits'] {
  const { failed, succeeded, withoutCause = 0 } = wave.traits ?? { failed: {}, succeeded: {} };
  const count = (counts: Record<string, number>, status: Member['status']) => {
    const counted = (member: Member) => member.status === status && !failedWithoutCause(member);
    const left = counted(before) ? recount(counts, before.traits ?? [], -1) : counts;
    return counted(after) ? recount(left, after.traits ?? [], 1) : left;
  };
  const without = Math.max(0, withoutCause + Number(failedWithoutCause(after)) - Number(failedWithoutCause(before)));
  return {
    failed: count(failed, 'Failed'),
    succeeded: count(succeeded, 'Succeeded'),
    ...(without === 0 ? {} : { withoutCause: without }),
  };
}

/** Whoever is asked by a hook and says no, or nothing, tells nothing of what clusters have in common; nor does what failed by hand, untried here. */
const failedWithoutCause = ({ status, traits, reasons }: Member): boolean =>
  status === 'Failed' &&
  (traits === undefined || reasons.some(({ code }) => code === 'HookRefused' || code === 'HookTimedOut'));

/**
 * How long this hop took, up to its watch, is what the next estimates are learned from; one that waited for a person or a window says nothing, nor does
 * one that moved no control plane.
 */
function withDuration(wave: Wave, member: Member, upgrade: Upgrade, at: string): Wave {
  if (isFinish(upgrade)) return wave;
  const uninterrupted = upgrade.startedAt !== undefined && upgrade.startedAt === member.grantedAt;
  if (!uninterrupted || !(upgrade.status === 'Succeeded' || isWatched(upgrade))) return wave;
  const seconds = (Date.parse(at) - Date.parse(member.grantedAt ?? at)) / 1000;
  // Two functions' clocks may differ by a minute: one that ended before it began says nothing, and could not be read again.
  if (seconds < 0) return wave;
  return { ...wave, durations: [...(wave.durations ?? []), seconds].slice(-MOST_DURATIONS) };
}
