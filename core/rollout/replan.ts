import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { isFinish } from '../model/hop.ts';
import { isSame } from '../model/is-same.ts';
import { lagReason } from '../model/lag.ts';
import { isOffered } from '../nodes/managed-groups/image-lag.ts';
import { isForgotten } from '../policy/cluster-labels.ts';
import { countSettled, unlessFailed } from '../protocol/settle-decision.ts';
import { isTried } from '../store/entities.ts';
import { fittingPin } from '../version/image-release.ts';
import { hasPins, type Pins } from './candidates.ts';
import type { Change, Decision, Replan } from './decisions.ts';
import { carriedInto, carriedNews } from './earlier-rollouts.ts';
import { asksNoLess, besideLaterWave, laterWaveOf, toldOfLaterWaves } from './later-wave.ts';
import { plannedWave } from './plan-rollout.ts';
import { amiTypeOf } from './proved-pins.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { atRest, staysWithinMinor } from './tried.ts';
import { newestTarget, wantedMembers } from './wanted-members.ts';
import { hasBegun, keepsPlace } from './wave-end.ts';
import { wavePlace } from './wave-place.ts';

/** Plans rollouts anew; this needs the full look. A paused rollout is planned anew too, so that it shows what it will really do when it goes on. */
export function replans(snapshot: FleetSnapshot, now: Date): Decision[] {
  return [...snapshot.rollouts, ...atRest(snapshot)].flatMap((rollout): Decision[] => {
    // Where the members of this rollout are is known only when they have followed the plan in force.
    if (rollout.following !== undefined) return [{ type: 'follow-plan', rollout }];
    const changes = snapshot.rollouts.includes(rollout) ? replanOf(snapshot, rollout, now) : undefined;
    return changes === undefined ? [] : [{ type: 'replan', rollout, changes }];
  });
}

export function replanOf(snapshot: FleetSnapshot, rollout: Rollout, now: Date): Replan | undefined {
  const waves = snapshot.history?.waves.filter((wave) => wave.rolloutId === rollout.id) ?? [];
  waves.sort((a, b) => a.index - b.index);
  // A retry may open a wave again that ended before it opened: it keeps its plan, and so does every wave up to the last one that has begun.
  const last = waves.findLast(({ status }) => status !== 'Pending');
  // This wave ended before it opened, since none of its clusters could begin when it was its turn.
  const policy = snapshot.policies.get(rollout.policy)?.policy;
  if (last !== undefined && !hasBegun(last) && keepsPlace(last, waves, policy)) {
    const anew = plannedFrom(snapshot, rollout, waves, last.index, now);
    if (anew !== undefined && goesOn(anew, last)) return anew;
  }
  return plannedFrom(snapshot, rollout, waves, last === undefined ? 0 : last.index + 1, now);
}

/** Whether one of the clusters of a wave may begin in its new plan, or nobody is waited for any more. */
function goesOn({ members, changedWaves }: Replan, { index, owed }: Wave): boolean {
  const mayBegin = members.some(({ next }) => next?.waveIndex === index && next.status === 'Pending');
  const owesNobody = changedWaves.some(({ next }) => next?.index === index && next.owed === undefined);
  return mayBegin || (owed !== undefined && owesNobody);
}

/**
 * @param waves all waves of the rollout, in their order
 * @param firstFree index of the first wave that is planned anew
 */
function plannedFrom(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  waves: readonly Wave[],
  firstFree: number,
  now: Date,
): Replan | undefined {
  const { history } = snapshot;
  const applied = snapshot.policies.get(rollout.policy);
  if (history === undefined || applied === undefined || snapshot.fleet === undefined) return undefined;
  const members = history.members.filter((member) => member.rolloutId === rollout.id);
  const begun = waves.slice(0, firstFree);
  if (waves.length > 0 && firstFree === waves.length) return undefined;
  const { policy } = applied;
  const taken = new Set(begun.map((wave) => wave.name));
  const specs = policy.spec.waves.filter((spec) => !taken.has(spec.name));
  const kept = members.filter((member) => member.waveIndex < firstFree);
  // A cluster that is being worked on is not moved, nor one that has to be looked at anew: nobody knows yet where it belongs.
  const forgotten = members.filter(({ clusterKey }) => isForgotten(snapshot.clusters.get(clusterKey)));
  const busy = new Set([...snapshot.grants, ...forgotten].map(({ clusterKey }) => clusterKey));
  const wanted = wantedMembers(snapshot, rollout, policy, {
    now,
    firstFree,
    kept: new Set([...kept.map(({ clusterKey }) => clusterKey), ...busy]),
    members,
    served: history.served,
    specs,
  });
  const draft: Draft = { snapshot, policy, rolloutId: rollout.id, waves, firstFree, specs, busy };
  const before = members.filter((member) => member.waveIndex >= firstFree);
  // Somebody else has brought the control plane to its target, and nodes and add-ons are still to follow. The member stays only while there is a wave
  // that has not begun, since otherwise nobody's rules would hold for it.
  const arrived = before.filter(
    ({ clusterKey, from, to }) => !isFinish({ from, to }) && wanted.behind.get(clusterKey) === to && specs.length > 0,
  );
  const staying = arrived.filter((member) => mayStay(draft, member)).map(({ clusterKey }) => clusterKey);
  // A cluster that failed half-way by hand counts as failed, whether this plan or the member's next look comes first (member-progress.ts).
  const seen = before.map((member) =>
    hasFailedByHand(snapshot, member) ? { ...member, failedBefore: true as const } : member,
  );
  const next = merged(draft, seen, wanted.members, new Set([...staying, ...busy]));
  const names = [...begun.map((wave) => wave.name), ...specs.map((spec) => spec.name)];
  const surplus = waves.slice(names.length);
  const changedWaves = [...replannedWaves(draft, before, next), ...surplus.map((wave) => emptied(wave, next))]
    .map((wave) => ({ before: waves[wave.index], next: wave }))
    .filter(differs);
  const byKey = new Map(before.map((member) => [keyOf(member), member]));
  const put = next.map((member) => ({ before: byKey.get(keyOf(member)), next: member })).filter(differs);
  const stays = new Set(next.map(keyOf));
  const removed = before.filter((member) => !stays.has(keyOf(member)));
  if (changedWaves.length + put.length + removed.length === 0 && applied.revision === rollout.policyRevision)
    return undefined;
  const target = begun.length > 0 ? rollout.target : newestTarget(next, rollout.target);
  const carried = carriedInto(history.earlier, rollout.policy, next, rollout.carried);
  return {
    policyRevision: applied.revision,
    target,
    waves: [...names, ...surplus.map((wave) => wave.name)],
    changedWaves,
    members: [...removed.map((member) => ({ before: member, next: undefined })), ...put],
    carried,
    withinMinor: staysWithinMinor([...kept, ...next]),
    reasons: [
      ...whatChanged(before, next, removed, { target, revision: applied.revision, rollout }),
      ...toldOfLaterWaves(before, next, names),
      ...carriedNews(carried, rollout.carried),
    ],
  };
}

/** A plan in the making. */
interface Draft {
  readonly snapshot: FleetSnapshot;
  readonly policy: UpgradePolicy;
  readonly rolloutId: string;
  /** All waves of the rollout, in their order, as they are before this plan. */
  readonly waves: readonly Wave[];
  /** The index of the first wave that is planned anew. */
  readonly firstFree: number;
  /** The waves that have not begun, as the policy has them. */
  readonly specs: readonly WaveSpec[];
  /** The clusters that no plan moves, because somebody works on them or nobody knows where they belong. */
  readonly busy: ReadonlySet<string>;
}

/** The wave of the policy that takes the member's cluster by now. */
function waveTaking({ snapshot, policy }: Draft, { clusterKey }: Member): WaveSpec | undefined {
  const cluster = snapshot.clusters.get(clusterKey);
  return cluster && policy.spec.waves[wavePlace(snapshot, policy, cluster).index];
}

/** Whether the nodes of a member that has arrived go by no fewer approvals than those of the wave that takes its cluster by now. */
function mayStay(draft: Draft, member: Member): boolean {
  const own = waveTaking(draft, member);
  const into = draft.specs.find(({ name }) => name === draft.waves[member.waveIndex]?.name);
  return own === undefined || into === undefined || asksNoLess(into, own);
}

/**
 * A member that no plan moves stays in its wave, whatever index that wave has by now, or goes to the wave that takes its cluster. Where its wave is
 * gone, a failure counts in the next wave, where the cluster begins no more; a member that has not failed, and that nobody works on, is left to a
 * later rollout.
 */
function followed(draft: Draft, found: Member): Member[] {
  const { waves, firstFree, specs, busy } = draft;
  if (specs.length === 0) return [found];
  const { isStray, ...member } = found;
  const own = specs.findIndex(({ name }) => name === waves[member.waveIndex]?.name);
  if (own >= 0 && isStray !== true) return [{ ...member, waveIndex: firstFree + own }];
  const home = specs.findIndex(({ name }) => name === waveTaking(draft, member)?.name);
  if (home >= 0) return [{ ...member, waveIndex: firstFree + home }];
  const place = { waveIndex: firstFree + Math.max(0, own), isStray: true as const };
  if (member.failedBefore === true) return [{ ...member, ...place, status: 'Failed', reasons: [UNSELECTED] }];
  const stays = isTried(member) || isSkipped(member) || busy.has(member.clusterKey);
  return stays ? [{ ...member, ...place }] : [];
}

/** The waves that have not begun, with what was said of each of them as long as its plan is the same. */
function replannedWaves(draft: Draft, before: readonly Member[], next: readonly Member[]): Wave[] {
  const { snapshot, policy, rolloutId, waves, firstFree, specs } = draft;
  // A success that a person brought about counts for the soak, whichever wave the member is in by now.
  const wasIn = new Map(before.map(({ clusterKey, waveIndex }) => [clusterKey, waves[waveIndex]]));
  return specs.map((spec, offset) => {
    const at = { rolloutId, index: firstFree + offset };
    const own = next.filter((member) => member.waveIndex === at.index);
    const succeeded = own.filter(({ status }) => status === 'Succeeded');
    const times = succeeded.flatMap(({ clusterKey }) => wasIn.get(clusterKey)?.lastSuccessAt ?? []);
    const planned = {
      ...plannedWave(snapshot, policy, at, spec, own),
      ...given({ lastSuccessAt: times.sort().at(-1) }),
    };
    return keepWords(
      waves.find(({ name }) => name === spec.name),
      planned,
      own,
    );
  });
}

const keyOf = (member: Pick<Member, 'waveIndex' | 'clusterKey'>): string => `${member.waveIndex} ${member.clusterKey}`;
const differs = ({ before, next }: Change<object>): boolean => !isSame(before, next);

const isPlannedAnew = ({ status }: Member): boolean =>
  status === 'Pending' || status === 'Excluded' || status === 'Quarantined';
const hasFailedByHand = ({ controls }: FleetSnapshot, { clusterKey, status }: Member): boolean =>
  (status === 'Pending' || status === 'Quarantined') && controls.get(clusterKey)?.held?.mutated === true;
const isSkipped = ({ reasons }: Member): boolean => reasons.some(({ code }) => code === 'Skipped');

const UNSELECTED = reason('TakenOut', 'It failed, and no wave that has still to begin takes it any more.');

/**
 * What a member has pinned. Groups whose releases AWS has withdrawn get those of its new plan, if it has some; all others stay with what the first
 * waves have proved.
 */
function offeredPins({ clusters, images }: FleetSnapshot, { clusterKey, to, ...old }: Member, planned: Pins): Pins {
  const cluster = clusters.get(clusterKey);
  const releases = Object.entries(old.releases ?? {}).flatMap(([group, pinned]) => {
    const amiType = amiTypeOf(cluster, group);
    const isThere = isOffered(fittingPin(pinned, amiType), images?.get(cluster?.region ?? ''), to, amiType);
    const release = isThere ? pinned : planned.releases?.[group];
    return release === undefined ? [] : [[group, release] as const];
  });
  return { releases: releases.length === 0 ? undefined : Object.fromEntries(releases), addons: old.addons };
}

/**
 * Joins the members of before with those of the new plan. A member keeps what it has lived through: only waiting members are moved, let in or left
 * out.
 */
function merged(
  draft: Draft,
  before: readonly Member[],
  wanted: readonly Member[],
  stay: ReadonlySet<string>,
): Member[] {
  const { firstFree, busy } = draft;
  const known = new Map(before.map((member) => [member.clusterKey, member]));
  const next = wanted.flatMap((member): Member[] => {
    const found = known.get(member.clusterKey);
    if (found === undefined) return [member];
    if (!isPlannedAnew(found)) return [];
    const { isStray: _, ...old } = found;
    const pins = offeredPins(draft.snapshot, old, member);
    const staysPinned = (firstFree > 0 || !isFinish(member)) && hasPins(old) && old.to === member.to;
    const cluster = draft.snapshot.clusters.get(member.clusterKey);
    const isBehind = cluster !== undefined && lagReason(cluster, draft.policy.spec) !== undefined;
    // Nothing of what the first waves have proved is left for it, and no part of it is behind: what else is newer is for the next rollout.
    if (staysPinned && isFinish(member) && !hasPins(pins) && !isBehind && !isSkipped(old)) return [];
    known.delete(member.clusterKey);
    const { waveIndex, position } = member;
    if (isSkipped(old)) return [{ ...old, waveIndex, position }];
    const setAside = old.status === 'Quarantined' && member.status === 'Pending';
    const { status, reasons } = setAside
      ? { status: old.status, reasons: [...besideLaterWave(old), ...laterWaveOf(member)] }
      : member;
    return [
      {
        ...{ ...old, waveIndex, position, from: member.from, to: member.to },
        // Newer images and add-ons than those that the first waves have proved are for the next rollout. A hop is planned for its minor, so the
        // weekly newer release does not make it another plan.
        ...(staysPinned && hasPins(pins) ? pins : { releases: member.releases, addons: member.addons }),
        ...{ status: unlessFailed(old, status), reasons },
      },
    ];
  });
  // A member that has ended or was begun is kept, whatever selects its cluster by now; so is the fact that a person skipped it, or that it failed
  // before a retry.
  const rest = [...known.values()].flatMap((member): Member[] => {
    if (stay.has(member.clusterKey) || !isPlannedAnew(member) || isSkipped(member)) return followed(draft, member);
    return member.failedBefore === true ? followed(draft, { ...member, status: 'Failed', reasons: [UNSELECTED] }) : [];
  });
  // These members go after those that were just given a place, and no place stays empty.
  const last = new Map<number, number>();
  return [...next, ...rest].map((member) => {
    // A member that is being worked on keeps its place: a plan that only gave it another one would have to wait for it.
    if (busy.has(member.clusterKey)) return member;
    const position = (last.get(member.waveIndex) ?? 0) + 1;
    last.set(member.waveIndex, position);
    return { ...member, position };
  });
}

/**
 * Keeps what people and hooks have said of a wave, and the wave's number, where the plan is the same. Where it is another plan, the words are kept
 * for the record and are void for good: a person who took an approval back in between must not find it in force again when the plan returns to what
 * it was.
 */
function keepWords(before: Wave | undefined, wave: Wave, own: readonly Member[]): Wave {
  const { approvals, conditions, plan, breakGlass, traits, hooks, reasons } = before ?? {};
  const { acceptedFailures, goingBack, automaticRollbacks, rollingBack } = before ?? {};
  const isSamePlan = before?.planHash === wave.planHash;
  const words = isSamePlan ? approvals : approvals?.map((word) => ({ ...word, isVoid: true as const }));
  const glass = isSamePlan ? breakGlass : breakGlass && { ...breakGlass, planHash: undefined };
  const { hooks: _, ...planned } = wave;
  const asked = isSamePlan ? given({ hooks, reasons }) : {};
  // A wave that had begun, and has not opened since a retry or a halt, may have clusters that go back, and failures that a person has accepted.
  const isOwn = (key: string | undefined): boolean => own.some(({ clusterKey }) => clusterKey === key);
  const ownOf = (keys: readonly string[] | undefined): string[] | undefined =>
    keys?.some(isOwn) === true ? keys.filter(isOwn) : undefined;
  const stood = {
    ...{ acceptedFailures, goingBack: ownOf(goingBack), automaticRollbacks: ownOf(automaticRollbacks) },
    rollingBack: isOwn(rollingBack) ? rollingBack : undefined,
  };
  return {
    ...planned,
    ...given({ plan, approvals: words, breakGlass: glass, conditions, traits, ...stood }),
    ...asked,
  };
}

/**
 * A wave that the policy has no more, with no members but those that no plan leaves out. Nobody could agree to a plan of it, so everything that was
 * said of it is void when it comes back.
 */
function emptied(wave: Wave, planned: readonly Member[]): Wave {
  const own = planned.filter(({ waveIndex }) => waveIndex === wave.index);
  const counts = countSettled(own);
  const needWork = own.length - counts.excluded - counts.quarantined;
  const { breakGlass, ...before } = wave;
  const { planHash, owed, strays, ...emptiedWave } = { ...before, members: own.length, needWork, ...counts };
  return keepWords(before, emptiedWave, own);
}

const MOST_NAMES = 5;

/** What a plan changes in a rollout, for people. `removed`: members of the plan before, also those that are in another wave by now. */
function whatChanged(
  before: readonly Member[],
  next: readonly Member[],
  removed: readonly Pick<Member, 'clusterKey'>[],
  { rollout, target, revision }: { readonly rollout: Rollout; readonly target: string; readonly revision: string },
): Reason[] {
  const was = new Map(before.map((member) => [member.clusterKey, member]));
  const is = new Set(next.map((member) => member.clusterKey));
  const joined = next.filter((member) => !was.has(member.clusterKey));
  const changed = (how: (old: Member, member: Member) => boolean): Member[] =>
    next.filter((member) => {
      const old = was.get(member.clusterKey);
      return old !== undefined && how(old, member);
    });
  const moved = changed((old, { waveIndex, to }) => old.waveIndex !== waveIndex || old.to !== to);
  const letIn = changed((old, { status }) => old.status === 'Excluded' && status !== 'Excluded');
  const keptOut = changed((old, { status }) => old.status !== 'Excluded' && status === 'Excluded');
  const left = removed.filter((member) => !is.has(member.clusterKey));
  const reasons: Reason[] = [];
  if (revision !== rollout.policyRevision)
    reasons.push(reason('PolicyChanged', `The policy ${rollout.policy} has changed.`));
  if (target !== rollout.target)
    reasons.push(reason('TargetChanged', `The target is ${target} instead of ${rollout.target}.`));
  const list = (members: readonly Member[]) => {
    const names = members.slice(0, MOST_NAMES).map(({ name }) => name);
    return names.length < members.length ? `${names.join(', ')} and others` : names.join(', ');
  };
  if (joined.length > 0) reasons.push(reason('ClustersJoined', `${joined.length} joined: ${list(joined)}.`));
  if (moved.length > 0) reasons.push(reason('ClustersMoved', `${moved.length} moved: ${list(moved)}.`));
  if (letIn.length > 0) reasons.push(reason('ClustersLetIn', `${letIn.length} let in again: ${list(letIn)}.`));
  if (keptOut.length > 0) reasons.push(reason('ClustersKeptOut', `${keptOut.length} kept out: ${list(keptOut)}.`));
  if (left.length > 0)
    reasons.push(reason('ClustersLeft', `${left.length} left: no wave that has still to begin takes them now.`));
  if (reasons.length === 0)
    reasons.push(reason('PlanRefreshed', 'Positions or what is known of the clusters changed.'));
  return reasons;
}
