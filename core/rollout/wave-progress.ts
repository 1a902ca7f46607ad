import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import type { GateReading, GateState } from '../contracts/items/gate.ts';
import type { ApprovalRecord, LearnedDurations, Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { evidenceEnvironment } from '../expression/evidence-environment.ts';
import { compilePredicate } from '../expression/predicate.ts';
import { given } from '../model/given.ts';
import { isOfPlan, newestOfEach } from '../model/last-words.ts';
import type { ApprovalEvidence } from '../policy/approval-evidence.ts';
import { approvalRefusals, clustersOf, isExpired } from '../policy/approvals.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { exceedsBudget, goesBack, MAY_HALT } from '../policy/wave-room.ts';
import { freshUntil, gateBefore, gatesAfter, gatesChanged, isGivenUp, isWatched, soakOf } from '../policy/wave-soak.ts';
import { PASSED_WAVES } from '../protocol/granting-waves.ts';
import { rolloutEnd } from '../protocol/settle-decision.ts';
import type { Decision } from './decisions.ts';
import { comesByItself } from './member-progress.ts';
import type { Unready } from './require-ready.ts';
import { isLastWave, isSettled, unsettledIn, waveAskedBeforeNext, waveEnd, waveInTurn } from './wave-end.ts';
import { HOOKS_FORGOTTEN, heldByHooks, lastPassed, untoldOfHooks, withoutHooks } from './wave-hooks.ts';
import { estimateSeconds, limitChanges, limitsOf } from './wave-limits.ts';

/** What the waves of one rollout are decided from. `members` are the members that have not settled. */
export interface WaveSituation {
  readonly rollout: Rollout;
  readonly waves: readonly Wave[];
  readonly members: readonly Member[];
  /** The revision of the policy as applied now; the plan of the rollout may rest on an earlier one. */
  readonly policyRevision: string | undefined;
  /** The policy as applied now; undefined when this version cannot read it: then open waves end or soak, and no wave opens. */
  readonly policy: UpgradePolicy | undefined;
  /** Whether the policy is applied and this version cannot read it. */
  readonly isUnreadable?: boolean;
  readonly policyAppliedBy: readonly string[] | undefined;
  readonly learned: LearnedDurations | undefined;
  /** Whether an upgrade runs in the wave that has changed its cluster. */
  readonly actsIn: (wave: Wave) => boolean;
  /** Whether the fleet is stopped, or in mode `observe`. */
  readonly standsStill: boolean;
  /** The gates of a wave that were read for this tick. */
  readonly readings: (wave: Wave) => readonly GateReading[] | undefined;
  /** Whether a wave has to wait for members that are not ready. */
  readonly unready: (wave: Wave, spec: WaveSpec, members: readonly Member[]) => Unready | undefined;
  readonly now: Date;
}

/** The next changes of a rollout's waves, and of the rollout itself. Waves open in order, one at a time. */
export function waveDecisions(situation: WaveSituation): Decision[] {
  const { policyRevision } = situation;
  const rests = ({ type }: Decision) => type === 'change-wave' || type === 'adjust-wave';
  return decisionsOf(situation).map((one) => (rests(one) ? { ...one, policyRevision } : one));
}

function decisionsOf(situation: WaveSituation): Decision[] {
  const { rollout } = situation;
  const ordered = [...situation.waves].sort((a, b) => a.index - b.index);
  const before = waveAskedBeforeNext(ordered);
  const decisions = [
    ...ordered.flatMap((wave) => adjusted(situation, wave)),
    ...(before === undefined ? [] : watchedBeforeNext(situation, before)),
  ];
  const wave = waveInTurn(ordered);
  // Stragglers run after their wave has ended, so the rollout does not end before the last of them.
  const isThrough = wave === undefined && ordered.every((one) => unsettledIn(one) <= 0);
  const asked = isThrough ? lastPassed(ordered) : wave?.status === 'Pending' ? wave : undefined;
  // Where a retry has opened a wave again, hooks that were asked meanwhile are asked anew once it has passed.
  decisions.push(...ordered.flatMap((one) => (one === asked ? [] : asksAnew(one))));
  if (wave !== undefined)
    return [...decisions, ...(rollout.status === 'Running' || wave.status !== 'Pending' ? next(situation, wave) : [])];
  if (rollout.status !== 'Running' || ordered.length === 0 || !isThrough) return decisions;
  return [...decisions, ...finished(situation, ordered, asked)];
}

/** The end of a rollout whose waves have all passed, once the hooks after the last one that was not passed over let it end. */
function finished(situation: WaveSituation, waves: readonly Wave[], last: Wave | undefined): Decision[] {
  const { rollout, policy, isUnreadable, standsStill, now } = situation;
  const end: Decision = { type: 'change-rollout', rollout, waves, ...rolloutEnd(waves) };
  if (last === undefined) return [end];
  // Whom a policy asks that this version cannot read is not known. While the fleet stands still nobody is asked, and what was said before is no word
  // for afterwards.
  if (isUnreadable || (standsStill && withoutHooks(last) !== undefined)) return asksAnew(last);
  const held = policy && heldByHooks(rollout, waves, undefined, policy, now);
  if (held !== undefined) return standsStill ? [] : held;
  // The policy may ask a hook no more that had not said go.
  const untold = untoldOfHooks(last);
  return untold === last ? [end] : [hooksChanged(last, untold, undefined)];
}

const specOf = ({ policy }: WaveSituation, wave: Wave): WaveSpec | undefined => waveNamed(policy, wave.name);

const NOT_FOLLOWED: readonly Wave['status'][] = ['Pending', 'Skipped'];

/** The numbers of the wave that the policy now states differently. */
function adjusted(situation: WaveSituation, wave: Wave): Decision[] {
  const spec = specOf(situation, wave);
  if (spec === undefined || situation.policy === undefined || NOT_FOLLOWED.includes(wave.status)) return [];
  const all = limitChanges(wave, situation.policy, spec);
  // A wave that has passed is not judged anew; only its calendars change, since its stragglers go by them.
  const changes = PASSED_WAVES.includes(wave.status) ? given({ calendars: all.calendars }) : all;
  const said = Object.entries(changes).map(([name, value]) => `${name} is ${[value].flat().join(' and ') || 'none'}`);
  if (said.length === 0) return [];
  const reasons = [reason('PolicyChanged', `The policy ${situation.rollout.policy} has changed: ${said.join(', ')}.`)];
  return [{ type: 'adjust-wave', wave, changes, event: 'WaveLimitsChanged', reasons }];
}

/** Reads the gates of a wave that has passed: they have to be green right before the next one begins (core/protocol/vetoes.ts). */
function watchedBeforeNext(situation: WaveSituation, wave: Wave): Decision[] {
  const readings = situation.readings(wave);
  if (readings === undefined) return [];
  const gates = gatesAfter(wave.gates, readings, situation.now);
  const event = gatesChanged(wave.gates, gates) ? 'WaveGatesChanged' : undefined;
  const red = gateBefore({ ...wave, gates }, specOf(situation, wave), situation.now);
  return [{ type: 'adjust-wave', wave, changes: { gates }, event, reasons: red === undefined ? [] : [red] }];
}

function next(situation: WaveSituation, wave: Wave): Decision[] {
  const { rollout, members } = situation;
  // The budget may have been lowered below the failures that there are already.
  if (MAY_HALT.includes(wave.status) && exceedsBudget(wave)) return settled(situation, wave);
  switch (wave.status) {
    case 'Pending':
      return opened(situation, wave);
    case 'Undecided':
      // A cluster that was set aside goes on after all, so the result of the wave is open again. A grant alone does not decide that: the upgrade may
      // find somebody else at work.
      if (situation.actsIn(wave)) return [{ type: 'change-wave', wave, status: 'Open', reasons: [] }];
      return isSettled(wave) ? settled(situation, wave) : (awaited(situation, wave) ?? []);
    case 'Open':
      return isSettled(wave) ? settled(situation, wave) : (awaited(situation, wave) ?? []);
    case 'Soaking':
      return soaking(situation, wave);
    default:
      return ended(rollout, wave, members);
  }
}

/** Percentages are of the members that need work at the wave's start, excluded and quarantined ones left out (semantics.md, Failure budget). */
function opened(situation: WaveSituation, wave: Wave): Decision[] {
  const { rollout, members, policy, learned } = situation;
  if (situation.standsStill && wave.hooks !== undefined) return asksAnew(wave);
  // The members have not all followed the plan, or they were planned and agreed to under another policy: the next full look plans them anew.
  const isOutdated = policy !== undefined && rollout.policyRevision !== situation.policyRevision;
  if (rollout.following !== undefined || isOutdated) return [];
  if (goesBack(situation.waves.filter(({ index }) => index < wave.index)) !== undefined) return asksAnew(wave);
  const own = members.filter((member) => member.waveIndex === wave.index);
  // The index does not have all members of the wave yet.
  if (own.length < unsettledIn(wave)) return [];
  const toGo = own.filter((member) => member.status === 'Pending');
  const needWork = toGo.length;
  if (own.length === 0) {
    // A failure by hand counts in the wave, whoever else is in it; and a held cluster still needs work, so a wave with one has proved nothing.
    if (wave.succeeded + wave.failed + wave.blocked + (wave.owed ?? 0) > 0) return settled(situation, wave);
    const excluded = `No cluster of this wave may begin: ${wave.excluded} of ${wave.members} are excluded.`;
    const reasons = [
      reason('NothingToDo', wave.excluded > 0 ? excluded : 'This rollout has no cluster in this wave that needs work.'),
    ];
    return [{ type: 'change-wave', wave, status: 'Skipped', reasons }];
  }
  // With only new clusters the wave would prove nothing, and a person would be asked for something that comes by itself.
  if (needWork === 0 && own.some(comesByItself)) return asksAnew(wave);
  // A policy that nobody can read opens no wave, since its approvals and windows are not known.
  const spec = specOf(situation, wave);
  if (policy === undefined || spec === undefined) return asksAnew(wave);
  const missing = awaited(situation, wave);
  if (missing !== undefined) return wave.hooks === undefined ? missing : asksAnew(wave);
  if (situation.unready(wave, spec, toGo) !== undefined) return asksAnew(wave);
  const held = heldByHooks(rollout, situation.waves, wave, policy, situation.now);
  // While the fleet stands still nobody is asked, since the wave may not open anyway.
  if (held !== undefined) return situation.standsStill ? [] : held;
  const limits = {
    ...{ needWork, ...limitsOf(spec, needWork), estimateSeconds: estimateSeconds(policy, learned) },
    ...given({ planAuthors: situation.policyAppliedBy && [...situation.policyAppliedBy] }),
  };
  return [{ type: 'change-wave', wave, status: 'Open', reasons: [], limits }];
}

/** While something else keeps a wave from opening, its hooks are not asked, so their time does not run; answers from before do not open it afterwards. */
function asksAnew(wave: Wave): Decision[] {
  const anew = withoutHooks(wave);
  return anew === undefined ? [] : [hooksChanged(wave, anew, HOOKS_FORGOTTEN)];
}

const hooksChanged = (wave: Wave, { hooks, reasons }: Wave, event: string | undefined): Decision => ({
  type: 'adjust-wave',
  wave,
  changes: { hooks, reasons },
  event,
  reasons: [],
});

/** The decisions of the wave's own rule where the wave lacks approvals, be it one that a retry has opened again; undefined = it lacks none. */
function awaited(situation: WaveSituation, wave: Wave): Decision[] | undefined {
  const { rollout, policyAppliedBy, now } = situation;
  const spec = specOf(situation, wave);
  const requesters = { policyAppliedBy, rolloutCreatedBy: rollout.createdBy };
  if (spec === undefined || approvalRefusals(spec, wave, requesters, now).length === 0) return undefined;
  return automaticApproval(situation, wave, spec);
}

function settled(situation: WaveSituation, wave: Wave): Decision[] {
  const spec = specOf(situation, wave);
  const end = waveEnd(wave, spec);
  const isAwaited = (member: Member): boolean => member.waveIndex === wave.index && comesByItself(member);
  if (end.status === 'Undecided' && situation.members.some(isAwaited)) return [];
  // The last wave proves nothing to later ones, so it need not wait for a person when no cluster is left in it.
  const isLast = isLastWave(wave, situation.waves, situation.policy);
  const isEmpty = wave.members === wave.excluded && (wave.owed ?? 0) === 0;
  if (end.status === 'Undecided' && isLast && isEmpty) {
    const left = reason('NothingToDo', `No cluster is left in this wave: all ${wave.members} were taken out.`);
    return [{ type: 'change-wave', wave, status: 'Skipped', reasons: [left] }];
  }
  // Without the policy nobody can say how many clusters must be judged, or how long the wave soaks.
  if (spec === undefined && end.status !== 'Halted' && wave.promotedBy === undefined) {
    const { reasons } = soakOf(wave, spec, situation.now);
    return wave.status === 'Undecided' ? [] : [{ type: 'change-wave', wave, status: 'Undecided', reasons }];
  }
  // A wave that is Undecided for want of rules gets its proper reasons once its policy has rules for it again.
  if (end.status === wave.status && !isGivenUp(wave)) return [];
  const passes = PASSED_WAVES.includes(end.status);
  // Where no cluster has succeeded nothing soaks, for instance after accepted failures; but gates still have to be green before the next wave begins.
  const asks = wave.lastSuccessAt === undefined ? spec !== undefined && spec.gates.length > 0 : isWatched(spec);
  if (!passes || !asks || wave.promotedBy !== undefined)
    return [{ type: 'change-wave', wave, status: end.status, reasons: end.reasons }];
  const { reasons } = soakOf(wave, spec, situation.now);
  return [{ type: 'change-wave', wave, status: 'Soaking', reasons: [...reasons, ...end.reasons] }];
}

const isOfSoak = ({ code }: Reason): boolean => code === 'Soaking' || code === 'GoesBack';

function soaking(situation: WaveSituation, wave: Wave): Decision[] {
  const spec = specOf(situation, wave);
  const readings = situation.readings(wave);
  const gates =
    readings === undefined ? wave.gates : gatesAfter(wave.gates, readings, situation.now, wave.lastSuccessAt);
  const watched: Wave = gates === undefined ? wave : { ...wave, gates };
  const soak = soakOf(watched, spec, situation.now);
  if (soak.isOver) {
    // The wave soaks because it passed, or because a person let it pass, so too few judged clusters do not stop it any more.
    const end = waveEnd(wave, spec === undefined ? undefined : { ...spec, onUndecided: 'pass' });
    const changes = gates === undefined ? {} : { limits: { gates } };
    return [{ type: 'change-wave', wave, status: end.status, reasons: end.reasons, ...changes }];
  }
  if (readings === undefined || gates === undefined) {
    const [until] = soak.reasons.filter(isOfSoak);
    const told = wave.reasons.find(isOfSoak);
    if (until === undefined || told === undefined || told.message === until.message) return [];
    const reasons = wave.reasons.map((one) => (one === told ? until : one));
    return [{ type: 'adjust-wave', wave, changes: { reasons }, event: undefined, reasons: [until] }];
  }
  const event = gatesChanged(wave.gates, gates) ? 'WaveGatesChanged' : undefined;
  return [{ type: 'adjust-wave', wave, changes: { gates, reasons: [...soak.reasons] }, event, reasons: soak.reasons }];
}

/** A halted wave waits for a person, and its rollout halts once nothing runs in it any more; what runs finishes. */
function ended(rollout: Rollout, wave: Wave, members: readonly Member[]): Decision[] {
  const runs = members.some((member) => member.status === 'Running');
  if (wave.status !== 'Halted' || rollout.status !== 'Running' || runs) return [];
  return [{ type: 'change-rollout', rollout, waves: [wave], status: 'Halted', reasons: wave.reasons }];
}

/** `autoApproveWhen` counts as one approval, by `liftlock`, once it is true; an expression that cannot be evaluated approves nothing. */
export function automaticApproval(situation: WaveSituation, wave: Wave, spec: WaveSpec | undefined): Decision[] {
  const source = spec?.approval?.autoApproveWhen;
  const { planHash } = wave;
  if (source === undefined || planHash === undefined) return [];
  const given = wave.approvals ?? [];
  const isOfRule = ({ principal, comment }: ApprovalRecord) => principal === LIFTLOCK && comment === source;
  if (given.some((word) => isOfRule(word) && isOfPlan(word, wave) && !isExpired(spec?.approval, word, situation.now)))
    return [];
  const seen = situation.waves.filter(({ index }) => index < wave.index).sort((a, b) => a.index - b.index);
  const answer = autoApproval(source, evidenceOf(situation, wave, seen));
  if (!answer.approves) return [];
  const at = situation.now.toISOString();
  const clusters = clustersOf(wave);
  const approval = { decision: 'Approved' as const, principal: LIFTLOCK, at, planHash, clusters, comment: source };
  const reasons = [answer.reason];
  const approvals = newestOfEach([...given, approval]);
  return [{ type: 'adjust-wave', wave, changes: { approvals }, event: 'WaveApproved', reasons, seen }];
}

function evidenceOf({ rollout, now }: WaveSituation, wave: Wave, before: readonly Wave[]): ApprovalEvidence {
  const sum = (count: (one: Wave) => number) => before.reduce((total, one) => total + count(one), 0);
  return {
    rollout: { id: rollout.id, policy: rollout.policy, target: rollout.target },
    wave: { name: wave.name, index: wave.index },
    earlier: before.map((one) => ({
      ...{ name: one.name, status: one.status, members: one.members },
      ...{ succeeded: one.succeeded, failed: one.failed, blocked: one.blocked },
      // A cluster that comes back after its wave has passed has proved nothing yet.
      quarantined: PASSED_WAVES.includes(one.status) ? unsettledIn(one) : one.quarantined,
      soakedHours: soakedHours(one.lastSuccessAt, one.gates, now),
    })),
    succeeded: sum((one) => one.succeeded),
    failed: sum((one) => one.failed),
    blocked: sum((one) => one.blocked),
    // The findings were counted when the wave was planned, so after it has opened they say nothing of the scans since.
    findings: wave.status === 'Pending' ? wave.blockingFindings : undefined,
  };
}

/** Hours of a soak count up to the last reading of the gates: five minutes without a reading, and nobody knows that they are green. */
function soakedHours(lastSuccessAt: string | undefined, gates: GateState | undefined, now: Date): number {
  if (lastSuccessAt === undefined) return 0;
  const since = Math.max(Date.parse(lastSuccessAt), Date.parse(gates?.notGreenAt ?? lastSuccessAt));
  const until = gates === undefined ? now.getTime() : Math.min(now.getTime(), freshUntil(gates));
  return Math.max(0, until - since) / 3_600_000;
}

/** Whether Liftlock itself approves a wave, and why. Without an answer of the expression it does not, with code `PolicyError` (fail closed). */
export function autoApproval(
  autoApproveWhen: string,
  evidence: ApprovalEvidence,
): { readonly approves: boolean; readonly reason: Reason } {
  const compiled = compilePredicate(autoApproveWhen, evidenceEnvironment);
  const result =
    'problems' in compiled ? { error: compiled.problems[0]?.message ?? '' } : compiled.predicate.test(evidence);
  if ('error' in result) {
    const message = `Liftlock does not approve the wave ${evidence.wave.name}: autoApproveWhen has no answer (${result.error}). A person may still approve it; correct the expression.`;
    return { approves: false, reason: reason('PolicyError', message) };
  }
  const { matches } = result;
  const message = matches
    ? `Liftlock approves the wave ${evidence.wave.name}: ${autoApproveWhen} is true.`
    : `Liftlock does not approve the wave ${evidence.wave.name} by itself: ${autoApproveWhen} is false.`;
  return { approves: matches, reason: reason(matches ? 'AutoApproved' : 'NotAutoApproved', message) };
}
