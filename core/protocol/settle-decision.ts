import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { AnyCode } from '../contracts/reasons.ts';
import { bounded, type Reason, reason } from '../contracts/step-result.ts';
import { isFinish, staysAtMinor } from '../model/hop.ts';
import { counted } from '../model/words.ts';
import { recount } from '../policy/caps.ts';
import { isHookEnd } from '../policy/hook-decision.ts';
import { exceedsBudget, hasNoneSucceeded, overBudget } from '../policy/wave-room.ts';
import { ACCESS_ERRORS, isAccessErrorName } from '../ports/cluster-access.ts';
import { GRANTING_WAVES, reopenedAs } from './granting-waves.ts';
import { hasActed, isWatched } from './hop-before.ts';
import { isUndo } from './undo.ts';

/** How an execution left its upgrade. `stopped`: it was ended from outside, by StopExecution, a timeout, the history limit or a fault. */
export interface UpgradeEnd {
  readonly status: 'done' | 'failed' | 'blocked' | 'parked' | 'stopped' | 'gone';
  readonly reasons: readonly Reason[];
  readonly resumeAt?: string;
  /** What got worse; only for a failed upgrade whose policy has it taken back by itself. */
  readonly worse?: readonly Reason[];
  /** Nobody has read the cluster since the upgrade ended. */
  readonly isUnseen?: boolean;
}

export interface Settlement {
  readonly upgrade: Upgrade;
  readonly member: Member | undefined;
  readonly wave: Wave | undefined;
  /** Why the cluster is held from now on: nothing starts there until a person says so. Undefined: it is not held. */
  readonly hold: Reason | undefined;
}

/** The reason that a hop, its member and its cluster get when the control plane went back; `byOthers`: not by Liftlock. */
export const takenBackReason = (from: string, to: string, byOthers = false): Reason =>
  reason(
    'RolledBack',
    `The control plane was taken back from ${from} to ${to}${byOthers ? ', and not by Liftlock' : ''}.`,
  );

/**
 * The reason of the hold adds what the hold forbids, which ends with the hold. By which command that ends is not for ever the same (no rollout tries
 * again what no policy selects), so explain says it. The hop and its member keep the plain reason for good.
 */
export const heldAfter = ({ message }: Reason, from: string): Reason =>
  reason('RolledBack', `${message} Nothing takes it to ${from} again before somebody takes the hold off.`);

/**
 * The status of an upgrade that has ended. Without success it is Failed where it was mutated, and Blocked, which is no failure, where it was not
 * (semantics.md, Failure budget).
 */
function terminalStatus(upgrade: Upgrade, end: UpgradeEnd): Upgrade['status'] {
  if (end.status === 'done') return 'Succeeded';
  // The rollout was aborted before this upgrade's first change, so nobody goes on with it.
  const isLetGo = !upgrade.mutated && end.reasons.some(({ code }) => code === 'RolloutAborted');
  if (end.status === 'parked') return isLetGo ? 'Canceled' : 'Parked';
  if (end.status === 'gone') return 'Canceled';
  // An upgrade that only undoes is never given up, whatever is in its way.
  if (isUndo(upgrade)) return 'Parked';
  if (end.reasons[0]?.code === 'RolledBack' && upgrade.mutated) return 'RolledBack';
  return upgrade.mutated ? 'Failed' : 'Blocked';
}

const UNDO_AGAIN_MILLISECONDS = { least: 15 * 60_000, most: 6 * 3_600_000 };

/**
 * When a parked upgrade goes on. An undo that does not succeed is tried ever more rarely: it waits an eighth of the time for which it was tried so
 * far.
 */
function resumeOf(upgrade: Upgrade, { status, resumeAt }: UpgradeEnd, now: Date): string | undefined {
  if (!isUndo(upgrade) || (status === 'parked' && resumeAt === undefined)) return resumeAt;
  const { least, most } = UNDO_AGAIN_MILLISECONDS;
  const tried = now.getTime() - Date.parse(upgrade.startedAt ?? now.toISOString());
  const at = new Date(now.getTime() + Math.min(Math.max(tried / 8, least), most)).toISOString();
  return resumeAt !== undefined && resumeAt > at ? resumeAt : at;
}

/** Nodes are down, which may last for as long as whoever took them leaves them so. */
export const NO_ROOM: readonly AnyCode[] = ['NodesDown', 'DrainNoRoom'];
/** For these an upgrade that was begun looks again every ten minutes, without end where nobody mends it. Most say nothing about the cluster. */
const LOOKS_AGAIN: readonly AnyCode[] = [
  'AwsFailed',
  'Denied',
  'ComponentUnknown',
  'ScanIncomplete',
  ...ACCESS_ERRORS,
  ...NO_ROOM,
];
/** A hop whose scan takes too long for its window finds it closed, or too short, and so it may be in each window. */
const NO_WINDOW: readonly AnyCode[] = ['WindowTooShort', 'WindowClosed', 'WindowClosing'];
/** An upgrade that goes on for longer than retries take has got further, and parks for something new. */
const IN_A_ROW_MILLISECONDS = 3_600_000;

/** Since when and how often the upgrade parks for what ends only when somebody mends it, or AWS; undefined for any other reason. */
function parkedInARow(upgrade: Upgrade, why: Reason | undefined, now: Date): Upgrade['parkedFor'] {
  const { parkedFor } = upgrade;
  const isOfWindow = why !== undefined && NO_WINDOW.includes(why.code) && !hasActed(upgrade);
  if (why === undefined || !(isOfWindow || LOOKS_AGAIN.includes(why.code))) return undefined;
  const { code } = why;
  const last = now.toISOString();
  const first = { code, since: last, last, times: 1 };
  // Nothing but the time to the next window lies between two windows.
  const isOver = !isOfWindow && now.getTime() - Date.parse(parkedFor?.last ?? '') > IN_A_ROW_MILLISECONDS;
  if (parkedFor === undefined || isOver) return first;
  // An API server that is not well does not answer, or answers by a fault, by turns.
  const both = [parkedFor.code, code];
  const isNext =
    parkedFor.code === code || both.every(isAccessErrorName) || both.every((one) => NO_WINDOW.some((it) => it === one));
  return isNext ? { ...parkedFor, code, last, times: parkedFor.times + 1 } : first;
}

/** Whether an upgrade has begun in several windows, one after the other, and came to no change in any: only a person ends that. */
export const fitsNoWindow = (upgrade: Upgrade): boolean =>
  upgrade.parkedFor !== undefined &&
  NO_WINDOW.some((code) => code === upgrade.parkedFor?.code) &&
  upgrade.parkedFor.times > 1 &&
  !hasActed(upgrade);

/** What took most of its last window: the scan, or a hook that was asked after it. */
function slowest({ steps, hooks = {} }: Upgrade, now: Date): string {
  const { startedAt = '', endedAt = startedAt } = steps['scan-cluster'] ?? {};
  const took = (from: string, to: string | undefined) => Date.parse(to ?? now.toISOString()) - Date.parse(from);
  const asked = Object.entries(hooks)
    .filter(([, { askedSince }]) => askedSince >= startedAt)
    .map(([key, { askedSince, answer, answeredAt }]) => {
      return {
        name: `the hook ${key.split('/')[0]}`,
        time: took(askedSince, answer === 'go' ? answeredAt : undefined),
      };
    });
  const scan = { name: 'the scan', time: startedAt === '' ? 0 : took(startedAt, endedAt) };
  return asked.reduce((longest, one) => (one.time > longest.time ? one : longest), scan).name;
}

function toldInARow(reasons: readonly Reason[], upgrade: Upgrade, now: Date): readonly Reason[] {
  const [first, ...others] = reasons;
  const { parkedFor } = upgrade;
  if (first === undefined || parkedFor === undefined || parkedFor.times === 1) return reasons;
  const { times, since } = parkedFor;
  if (fitsNoWindow(upgrade)) {
    const what = slowest(upgrade, now);
    const said = `In ${times} windows in a row since ${since} ${what} left no time for the first change. Lengthen the windows, write mayOverrun: true, or find out what makes ${what} slow.`;
    return [reason('WindowTooShort', said), ...reasons];
  }
  return [{ ...first, message: `${times} looks in a row since ${since}: ${first.message}` }, ...others];
}

/** What becomes of upgrade, member and wave. The place in the wave is given back when the grant is freed, not here. */
export function settle(
  now: Date,
  upgrade: Upgrade,
  member: Member | undefined,
  wave: Wave | undefined,
  given: UpgradeEnd,
): Settlement {
  const at = now.toISOString();
  const status = terminalStatus(upgrade, given);
  const parkedFor = status === 'Parked' ? parkedInARow(upgrade, given.reasons[0], now) : undefined;
  const end = { ...given, reasons: bounded(toldInARow(given.reasons, { ...upgrade, parkedFor }, now)) };
  const settled: Upgrade = {
    ...upgrade,
    status,
    reasons: [...end.reasons],
    parkedFor,
    resumeAt: status === 'Parked' ? resumeOf(upgrade, end, now) : undefined,
    endedAt: status === 'Parked' ? undefined : at,
  };
  const [first = reason('Stopped', 'The upgrade ended without a reason.')] = end.reasons;
  // An upgrade that only undoes is tried again, however it ended, and does not stand in anybody's way: it never holds the cluster.
  const failed = status === 'Failed' || (end.status === 'stopped' && !isUndo(upgrade)) ? first : undefined;
  // A person who took the control plane back had a reason for it, also where Liftlock had not moved it up: the cluster is held.
  const isTakenBack = first.code === 'RolledBack' && (status === 'RolledBack' || status === 'Blocked');
  const hold = isTakenBack ? heldAfter(first, upgrade.to) : failed;
  if (member === undefined || wave === undefined) return { upgrade: settled, member: undefined, wave: undefined, hold };
  const after = memberAfter(member, settled, end);
  const nextMember = { ...after, status: unlessFailed(member, after.status) };
  const counted = withDuration(waveAfter(wave, member, nextMember, at), member, settled, at);
  return { upgrade: settled, member: nextMember, wave: counted, hold };
}

/** The member once a hop of its cluster has succeeded: it is rid of having failed to get there. */
export const broughtOn = (member: Member, { from, to }: Pick<Upgrade, 'from' | 'to'>): Member => ({
  ...member,
  ...{ failedBefore: undefined, wentBackBefore: undefined },
  ...{ origin: member.origin ?? from, from: to },
});

function memberAfter(member: Member, upgrade: Upgrade, end: UpgradeEnd): Member {
  const reasons = [...end.reasons];
  switch (upgrade.status) {
    case 'Succeeded':
      if (upgrade.to === member.to) return { ...broughtOn(member, upgrade), status: 'Succeeded', reasons };
      // More hops follow back to back inside the wave, and the member keeps its place.
      return {
        ...broughtOn(member, upgrade),
        status: 'Parked',
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
 * The status of a member that is taken out of its wave or set aside. Where a retry took its failure back and nothing has tried it to its end since,
 * it counts as failed again (semantics.md, Failure budget). Otherwise everybody who may retry could make failures disappear.
 */
export const unlessFailed = (
  { failedBefore }: Pick<Member, 'failedBefore'>,
  status: Member['status'],
): Member['status'] =>
  failedBefore === true && ['Excluded', 'Quarantined', 'Blocked'].includes(status) ? 'Failed' : status;

/** The counter of a wave for each status that settles a member. */
export const COUNTED = {
  Succeeded: 'succeeded',
  Failed: 'failed',
  Blocked: 'blocked',
  Excluded: 'excluded',
  Quarantined: 'quarantined',
} as const;

/** The counters of a wave that has these members. */
export function countSettled(members: readonly Member[]): Pick<Wave, (typeof COUNTED)[keyof typeof COUNTED]> {
  const counts = { succeeded: 0, failed: 0, blocked: 0, excluded: 0, quarantined: 0 };
  for (const { status } of members) {
    const counter = COUNTED[status as keyof typeof COUNTED];
    if (counter !== undefined) counts[counter] += 1;
  }
  return counts;
}

/** How many members of a wave ended in which way, in words. */
export const settledText = ({ succeeded, failed, blocked, excluded, quarantined }: Wave): string =>
  `${succeeded} succeeded, ${failed} failed, ${blocked} blocked, ${excluded} excluded, ${quarantined} quarantined`;

/** Why a wave is halted in which no success is left. */
export const noneSucceeded = (wave: Wave): Reason =>
  reason('NoneSucceeded', `Some were tried and none succeeded: ${settledText(wave)}.`);

/** The end of a rollout whose waves have ended like these. */
export function rolloutEnd(waves: readonly Wave[]): Pick<Rollout, 'status' | 'reasons'> {
  const failed = waves.reduce((sum, wave) => sum + wave.failed, 0);
  const blocked = waves.reduce((sum, wave) => sum + wave.blocked, 0);
  const said = `${counted(failed, 'cluster')} failed, ${blocked} ${blocked === 1 ? 'is' : 'are'} blocked.`;
  return { status: failed > 0 ? 'CompletedWithFailures' : 'Completed', reasons: [reason('AllWavesEnded', said)] };
}

/** A wave keeps this many of its newest durations. */
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
  // A straggler may fail long after its wave has ended: the budget holds then, too.
  if (next.status === 'Completed' && next.failed > 0) next.status = 'CompletedWithFailures';
  // The reason tells in numbers how the wave has ended, so it is written anew with the new numbers.
  if (to !== undefined && next.reasons.some(({ code }) => code === 'Settled'))
    next.reasons = [reason('Settled', `Every cluster has settled: ${settledText(next)}.`)];
  // The reason of a halted wave tells how many have failed, so it is written anew with each failure.
  const isOther = next.failed !== wave.failed && next.reasons.some(({ code }) => code === 'FailureBudgetExceeded');
  if (exceedsBudget(next) && (GRANTING_WAVES.includes(next.status) || isOther)) {
    next.status = 'Halted';
    const { code, message } = overBudget(next);
    // The wave may also be halted because as many clusters as may have gone back by themselves: that reason stays, since no retry of other clusters
    // takes it away.
    const beside = wave.status === 'Halted' ? wave.reasons.filter((one) => one.code === 'RollbackBudget') : [];
    const said = to === 'failed' ? `${message} The last one was ${after.name}.` : message;
    next.reasons = [{ code, message: said }, ...beside];
  }
  // The wave's only success was taken back. It has let the next wave begin, or would do so after the soak, so the wave halts.
  if (['CompletedWithFailures', 'Soaking'].includes(next.status) && from === 'succeeded' && hasNoneSucceeded(next)) {
    next.status = 'Halted';
    next.reasons = [noneSucceeded(next)];
  }
  return next;
}

/** Counts a member that is taken out of its wave. A member that has a place, as between two hops, gives it back; a quarantined one has none. */
export function waveWithout(wave: Wave, before: Member, after: Member, at: Date): Wave {
  const counted = waveAfter(wave, before, after, at.toISOString());
  return { ...counted, inFlight: counted.inFlight - (before.inFlight ? 1 : 0) };
}

/** A wave in which a cluster goes on after all: the wave was Undecided while none could, and its result is open again. */
export const waveGoingOn = (wave: Wave): Wave =>
  wave.status === 'Undecided' ? { ...wave, status: reopenedAs(wave), endedAt: undefined, reasons: [] } : wave;

/** A member that gives its place back, with its new status. One that counts as succeeded without another hop has its present version as target. */
export const withoutPlace = (member: Member, status: Member['status'], reasons: readonly Reason[]): Member => ({
  ...member,
  ...(status === 'Succeeded' ? { to: member.from } : {}),
  status: unlessFailed(member, status),
  inFlight: false,
  reasons: [...reasons],
});

type TraitCounts = Pick<NonNullable<Wave['traits']>, 'failed' | 'succeeded' | 'withoutCause'>;
const NO_TRAITS: NonNullable<Wave['traits']> = { failed: {}, succeeded: {} };
const NONE_WITHIN = { failed: {}, succeeded: {}, failures: 0, successes: 0 };

/** Moves the traits of a member between the counters of its kind: clusters that stay at their minor are compared with each other alone. */
function traitsAfter(wave: Wave, before: Member, after: Member): Wave['traits'] {
  const { within = NONE_WITHIN, ...hops } = wave.traits ?? NO_TRAITS;
  const [was, is] = [staysAtMinor(before), staysAtMinor(after)];
  const count = (number: number, status: Member['status']) =>
    number + Number(is && endedWith(after, status)) - Number(was && endedWith(before, status));
  const [failures, successes] = [count(within.failures, 'Failed'), count(within.successes, 'Succeeded')];
  const stayed = countTraits(within, was ? before : undefined, is ? after : undefined);
  return {
    ...countTraits(hops, was ? undefined : before, is ? undefined : after),
    ...(within === NONE_WITHIN && !is ? {} : { within: { ...stayed, failures, successes } }),
  };
}

/** A member that is tried again is taken out of the counters, since its next end says more. */
function countTraits(
  { failed, succeeded, withoutCause = 0 }: TraitCounts,
  before: Member | undefined,
  after: Member | undefined,
): TraitCounts {
  const count = (counts: Record<string, number>, status: Member['status']) => {
    const left = before && endedWith(before, status) ? recount(counts, before.traits ?? [], -1) : counts;
    return after && endedWith(after, status) ? recount(left, after.traits ?? [], 1) : left;
  };
  const without = (member: Member | undefined) => Number(member !== undefined && failedWithoutCause(member));
  const now = Math.max(0, withoutCause + without(after) - without(before));
  return {
    failed: count(failed, 'Failed'),
    succeeded: count(succeeded, 'Succeeded'),
    ...(now === 0 ? {} : { withoutCause: now }),
  };
}

const endedWith = (member: Member, status: Member['status']): boolean =>
  member.status === status && !failedWithoutCause(member);

/**
 * Whether a failure tells nothing of what clusters have in common: a hook was refused or not answered, or the upgrade was started by hand, so that no
 * traits were noted.
 */
const failedWithoutCause = ({ status, traits, reasons }: Member): boolean =>
  status === 'Failed' && (traits === undefined || reasons.some(isHookEnd));

/**
 * Adds how long this hop took, up to its watch, to the durations that later estimates are made of. A hop that waited for a person or a window tells
 * nothing of that, nor does an upgrade that moved no control plane.
 */
function withDuration(wave: Wave, member: Member, upgrade: Upgrade, at: string): Wave {
  if (isFinish(upgrade)) return wave;
  const uninterrupted = upgrade.startedAt !== undefined && upgrade.startedAt === member.grantedAt;
  if (!uninterrupted || !(upgrade.status === 'Succeeded' || isWatched(upgrade))) return wave;
  const seconds = (Date.parse(at) - Date.parse(member.grantedAt ?? at)) / 1000;
  // The clocks of two functions may differ by a minute. A hop that ended before it began says nothing, and its negative duration could not be read
  // from the table.
  if (seconds < 0) return wave;
  return { ...wave, durations: [...(wave.durations ?? []), seconds].slice(-MOST_DURATIONS) };
}
