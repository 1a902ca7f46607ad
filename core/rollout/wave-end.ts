import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import type { AppliedConfig, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { ReasonCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { waveNamed } from '../policy/wave-of.ts';
import {
  allowedFailures,
  exceedsBudget,
  goesBack,
  hasNoneSucceeded,
  judgedOf,
  toUpgradeIn,
} from '../policy/wave-room.ts';
import { waveBefore } from '../policy/wave-soak.ts';
import { PASSED_WAVES } from '../protocol/granting-waves.ts';
import { noneSucceeded, settledText } from '../protocol/settle-decision.ts';
import type { Decision } from './decisions.ts';

/** How many members of the wave have not ended. */
export const unsettledIn = ({ members, succeeded, failed, blocked, excluded }: Wave): number =>
  members - succeeded - failed - blocked - excluded;

/** Whether every member has ended or is set aside for later. */
export const isSettled = (wave: Wave): boolean => unsettledIn(wave) <= wave.quarantined;

/** The wave whose turn it is: the first that has not passed. Nothing is decided about later waves. */
export const waveInTurn = (waves: readonly Wave[]): Wave | undefined =>
  waves.toSorted((a, b) => a.index - b.index).find(({ status }) => !PASSED_WAVES.includes(status));

/** The wave whose gates have to be green right before the next one begins, while that one has not begun. `waves` are all waves of a rollout. */
export function waveAskedBeforeNext(waves: readonly Wave[]): Wave | undefined {
  const next = waveInTurn(waves);
  if (next === undefined || next.startedAt !== undefined || !BEFORE_BEGINNING.includes(next.status)) return undefined;
  return waveBefore(waves, next);
}

/** A wave in these statuses may still have no cluster that has begun. */
export const BEFORE_BEGINNING: readonly Wave['status'][] = ['Pending', 'Open'];

/** Whether the wave proves too little, and nothing runs in it that would prove more. */
export const isLeftUndecided = ({ status, inFlight }: Wave): boolean => status === 'Undecided' && inFlight === 0;

/** The wave that a person may let pass: no cluster of it, or of a wave before it, goes back. `waves` are all waves of a rollout. */
export function waitingForPromotion(waves: readonly Wave[]): Wave | undefined {
  const wave = waves.find(isLeftUndecided);
  return wave === undefined || goesBack(waves.filter(({ index }) => index <= wave.index)) ? undefined : wave;
}

/**
 * Whether nothing begins after the wave: only empty waves come, and the policy has dropped them. `waves` are all waves of its rollout. While nobody can
 * read what the policy says of the wave itself, it has dropped none.
 */
export function isLastWave(wave: Wave, waves: readonly Wave[], policy: UpgradePolicy | undefined): boolean {
  const isRead = waveNamed(policy, wave.name) !== undefined;
  const isGone = (one: Wave): boolean => isRead && one.members === 0 && waveNamed(policy, one.name) === undefined;
  return waves.every((one) => one.index <= wave.index || isGone(one));
}

/**
 * Why a wave's cluster cannot be taken out of it; undefined where it can. An open wave without its last cluster becomes Undecided, but a wave that
 * has not opened would be skipped whole, and the next one would begin unproved.
 */
export function whyNotSkipped(
  cluster: string,
  wave: Wave,
  waves: readonly Wave[],
  policy: UpgradePolicy | undefined,
): string | undefined {
  const { rolloutId, name, status, members, excluded } = wave;
  if (status !== 'Pending' || members - excluded > 1 || isLastWave(wave, waves, policy)) return undefined;
  const said = `${cluster} is the last cluster of the wave ${name} of ${rolloutId}, which without it would prove nothing to the waves after it.`;
  return `${said} Keep it out by its tags or by the policy, or abort the rollout.`;
}

/** Whether the plan of the wave stands. A wave that became Undecided before it opened is planned anew as soon as one of its clusters may begin. */
export const hasBegun = ({ status, openedAt }: Wave): boolean =>
  status !== 'Pending' && !(status === 'Undecided' && openedAt === undefined);

/**
 * Whether a wave that has not begun is planned anew in its place: one that ended before it opened only where its policy has no other wave there by now.
 * `waves` are all waves of its rollout.
 */
export function keepsPlace(wave: Wave, waves: readonly Wave[], policy: UpgradePolicy | undefined): boolean {
  const before = new Set(waves.flatMap(({ index, name }) => (index < wave.index ? [name] : [])));
  return wave.status === 'Pending' || policy?.spec.waves.find(({ name }) => !before.has(name))?.name === wave.name;
}

/** Whether a wave that proves too little may go on without a person's word: clusters of it are set aside, or were kept out before it opened. */
export const mayGoOn = ({ quarantined, excluded, openedAt }: Wave): boolean =>
  quarantined > 0 || (openedAt === undefined && excluded > 0);

type Spec = Pick<WaveSpec, 'failureBudget' | 'onUndecided'>;

/**
 * How a settled wave ends (semantics.md, Waves): never Completed where clusters failed, Halted where some were tried and none succeeded,
 * Undecided where fewer were judged than the policy asks for. Without `spec`, one judged cluster is enough.
 */
export function waveEnd(wave: Wave, spec?: Spec): { status: Wave['status']; reasons: Reason[] } {
  const said = (code: ReasonCode, message: string, todo = '') => [
    reason(code, `${message}: ${settledText(wave)}.${todo}`),
  ];
  if (exceedsBudget(wave)) return { status: 'Halted', reasons: said('FailureBudgetExceeded', 'More failed than may') };
  if (hasNoneSucceeded(wave)) return { status: 'Halted', reasons: [noneSucceeded(wave)] };
  const judged = judgedOf(wave);
  // A member that is set aside or held needs work all the same, and taking members out of an open wave must not make it easier to prove.
  const toUpgrade = toUpgradeIn(wave) + (wave.owed ?? 0);
  const wanted = Math.min(spec?.failureBudget.minJudged ?? 1, toUpgrade);
  if (judged < wanted && spec?.onUndecided !== 'pass') {
    const none = 'No upgrade was tried to its end, so the wave proves nothing';
    const few = `Only ${judged} were judged and ${wanted} are asked for (minJudged)`;
    const promote = `liftlock rollout promote ${wave.rolloutId}`;
    const todo = mayGoOn(wave)
      ? ` It goes on by itself once nothing keeps its clusters out any more; an approver may go on without them: ${promote}`
      : ` An approver may go on: ${promote}`;
    return {
      status: 'Undecided',
      reasons: said(judged === 0 ? 'NoneJudged' : 'TooFewJudged', judged === 0 ? none : few, todo),
    };
  }
  return {
    status: wave.failed > 0 ? 'CompletedWithFailures' : 'Completed',
    reasons: said('Settled', 'Every cluster has settled'),
  };
}

/** A wave as a decision leaves it: the time when it first opened stays, and a wave that opens again has no end. */
export function turnedWave(
  wave: Wave,
  {
    status,
    reasons,
    limits,
  }: Pick<Extract<Decision, { readonly type: 'change-wave' }>, 'status' | 'reasons' | 'limits'>,
  at: string,
): Wave {
  const times = {
    ...(status === 'Open' ? { openedAt: wave.openedAt ?? at } : {}),
    ...(status === 'Soaking' ? {} : { endedAt: status === 'Open' ? undefined : at }),
  };
  return { ...wave, ...limits, ...times, status, reasons: [...reasons] };
}

/** Why the next tick would halt a halted wave again; undefined = it would not. */
export function haltsAgain(wave: Wave): string | undefined {
  const said = (why: string) => `The wave ${wave.name} is halted: ${wave.failed} failed and ${why}.`;
  if (exceedsBudget(wave)) return said(`at most ${allowedFailures(wave)} may`);
  return isSettled(wave) && waveEnd(wave).status === 'Halted' ? said('none succeeded') : undefined;
}

/** The command that lets a paused or halted rollout go on without being refused. */
export function wayToResume({ id }: Pick<Rollout, 'id'>, waves: readonly Wave[]): string {
  const accepts = waves.some((wave) => wave.status === 'Halted' && haltsAgain(wave) !== undefined);
  return `liftlock rollout resume ${id}${accepts ? ' --accept-failures' : ''}`;
}

/** How a rollout that stands still goes on, as a sentence; none where it goes on by itself, or never. */
export function waysOn(rollout: Pick<Rollout, 'id' | 'status'>, waves: readonly Wave[]): string[] {
  const { status } = rollout;
  if (status !== 'Paused' && status !== 'Halted') return [];
  return [
    `Somebody ${status === 'Halted' ? 'has looked at what halted it and ' : ''}runs: ${wayToResume(rollout, waves)}`,
  ];
}

/** The rollouts that `liftlock rollout pause` accepts. */
export const MAY_PAUSE: readonly Rollout['status'][] = ['Planned', 'Running'];

/**
 * Why nothing lasting can be said of a plan: it was made under an earlier policy, and the next look makes it anew (for a halted rollout: once it is
 * resumed). `applied`: the policy in force.
 */
export function whyOutdated(
  rollout: Rollout,
  waves: readonly Wave[],
  { name, status }: Wave,
  applied: Pick<AppliedConfig, 'revision'> | undefined,
): Reason | undefined {
  const { id, policy, policyRevision } = rollout;
  if (status !== 'Pending' || applied === undefined || applied.revision === policyRevision) return undefined;
  const when =
    rollout.status === 'Halted'
      ? `once its rollout goes on, which is halted. First: ${wayToResume(rollout, waves)}`
      : `within a minute. Look again: liftlock describe rollout ${id}`;
  return reason('PolicyChanged', `The policy ${policy} has changed, and the wave ${name} is planned anew ${when}`);
}
