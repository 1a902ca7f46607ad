import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import type { AnyCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { askerText } from '../model/asked-for.ts';
import { canFinish, lagReason, stopsNextHop, unseenText, whoFinishes, whoseRolloutTakesIt } from '../model/lag.ts';
import { loadFleetInForce } from '../policy/applied.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { isOfHook } from '../policy/hook-decision.ts';
import { rulingWave, waveNamed } from '../policy/wave-of.ts';
import type { Table } from '../ports/table.ts';
import { wayToFinish } from '../protocol/left-half-done.ts';
import { hasPins, patchesOf, patchReasons, pinsOf } from '../rollout/candidates.ts';
import { newerIsUnderWay, refusalsOfRetry, triedOnce } from '../rollout/retry-member.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import type { Answer } from '../rollout/waiting.ts';
import { hasBegun, waitingForPromotion, wayToResume } from '../rollout/wave-end.ts';
import { lastPassed } from '../rollout/wave-hooks.ts';
import { wavePlace } from '../rollout/wave-place.ts';
import { Clusters, isTried, loadMembers } from '../store/entities.ts';
import { loadAll } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { targetWords } from '../version/target.ts';
import type { ClusterPolicy } from './cluster-policy.ts';
import { refusalsOf } from './cluster-summary.ts';
import {
  type ClusterRollouts,
  ENDED_WELL,
  leftOutBy,
  type MemberPlace,
  type Place,
  type WholeRollout,
} from './place-of.ts';
import { finishing, refusalsByHand, somebodyOnce } from './upgrade-plan.ts';
import { after, ONCE_RELEASED, onceFleetActs, promoting, said, uncapitalized, type Verdict } from './verdict-words.ts';

export function withoutRollout(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  aim: ClusterPolicy,
  place: Place | undefined,
  now: Date,
): Verdict {
  const name = aim.policy?.metadata.name ?? '';
  if (aim.wave === undefined) return said(UNPLACED, ...whyUnplaced(aim));
  const goesOn = place !== undefined && !AT_REST.includes(place.rollout.status);
  const served = leftOutBy(snapshot, cluster, place, now);
  const tried = goesOn ? undefined : served;
  if (place !== undefined && tried !== undefined && isTried(tried) && place.rollout.status !== 'Aborted') {
    const retried = again(snapshot, { ...place, member: tried }, false, now);
    return orNodesFirst(snapshot, cluster, aim.policy, place, retried, now);
  }
  const out = place === undefined || tried === undefined ? undefined : takenOut(snapshot, place, tried);
  const busy = goesOn ? place : place?.beside;
  if (busy !== undefined) {
    const member = goesOn ? place.member : undefined;
    const { condition, reasons } = whileBusy(
      snapshot,
      busy,
      { cluster, aim, member, isServed: served !== undefined },
      now,
    );
    return said(after(condition), ...reasons, ...(out?.reasons ?? []));
  }
  if (out !== undefined) return out;
  if (aim.policy?.spec.trigger === 'automatic') {
    const condition = 'The next full look of the reconciler creates a rollout, within the hour.';
    return said(after(condition), reason('Automatic', `The policy ${name} begins rollouts by itself.`));
  }
  const text = `The policy ${name} has trigger: manual, and no rollout of it is under way.`;
  return said(after(`Somebody runs: liftlock rollout create ${name}`), reason('ManualTrigger', text));
}

/** What happens before a rollout takes a cluster that the one under way does not take. */
function whileBusy(
  snapshot: FleetSnapshot,
  busy: WholeRollout,
  asked: {
    readonly cluster: ClusterRecord;
    readonly aim: ClusterPolicy;
    readonly member: Member | undefined;
    readonly isServed: boolean;
  },
  now: Date,
): { readonly condition: string; readonly reasons: readonly Reason[] } {
  const { cluster, aim, member, isServed } = asked;
  const { id, status } = busy.rollout;
  const wave = busy.waves.find(({ index }) => index === member?.waveIndex);
  const isPlannedAnew = wave !== undefined && !hasBegun(wave);
  const busyAs = (how: string) => reason('RolloutBusy', `The rollout ${id} of its policy is ${status} and ${how}.`);
  const told =
    member?.status === 'Succeeded'
      ? busyAs(`is done with it, which it took to ${member.to}`)
      : isPlannedAnew
        ? busyAs(`its wave ${wave.name} has not begun`)
        : busyAs(`${member === undefined ? 'was planned' : 'goes on'} without it`);
  if (isPlannedAnew) {
    // A halted rollout is not planned anew before it goes on.
    const goesOnFirst =
      status === 'Halted'
        ? `The rollout goes on, and what that takes says: liftlock describe rollout ${id}. Then the`
        : 'The';
    const condition = `${goesOnFirst} next full look of the reconciler plans it anew, within the hour.`;
    return { condition, reasons: [told] };
  }
  const { ends, refusals } = whatEnds(snapshot, busy, cluster, aim, now);
  const isCreatedByHand = aim.policy?.spec.trigger === 'manual' || isServed;
  const then = isCreatedByHand
    ? `somebody runs: liftlock rollout create ${aim.policy?.metadata.name ?? ''}`
    : 'another one takes it';
  return { condition: `${ends}; then ${then}.`, reasons: [told, ...refusals] };
}

/**
 * Who ends a rollout for a cluster that is not in it, and what would refuse that now. Where a promotion would also open later waves, which this
 * cluster does not need, an upgrade by hand is named first.
 */
function whatEnds(
  snapshot: FleetSnapshot,
  busy: WholeRollout,
  cluster: ClusterRecord,
  { target }: ClusterPolicy,
  now: Date,
): { readonly ends: string; readonly refusals: readonly Reason[] } {
  const { rollout, waves } = busy;
  const undecided = waitingForPromotion(waves);
  // What hooks say after the last wave, which the rollout waits for where nothing else is left of it.
  const asked = (lastPassed(waves)?.reasons ?? []).filter(isOfHook);
  if (undecided === undefined) return { ends: howItEnds(busy), refusals: asked };
  if (!opensMore(waves, undecided)) return { ends: promoting(undecided, rollout), refusals: [] };
  const next = KubeVersion.parse(cluster.version).next();
  const refusals = refusalsByHand(snapshot, cluster, next, now);
  const stepwise = next.toString() === target?.toString() ? '' : ', one minor at a time';
  const byHand = `liftlock upgrade cluster ${cluster.name} --to ${target} --approve`;
  const ends = `${somebodyOnce(refusals)} takes it there by hand${stepwise}: ${byHand}; or somebody gives that rollout up: liftlock rollout abort ${rollout.id}, since to promote its wave ${undecided.name} would open the waves after it`;
  return { ends, refusals };
}

/** The verdict for a cluster at its target. For a cluster at its pin a newer version alone does not change the target. */
export function atTarget(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  policy: UpgradePolicy,
  aim: ClusterPolicy,
  place: Place | undefined,
  now: Date,
): Verdict {
  const { target, reasons } = aim;
  const { tags, version } = cluster;
  const prefix = snapshot.fleet?.tagPrefix ?? '';
  const { pin } = clusterTags(tags, prefix);
  const isCapped = reasons.some(({ code }) => code === 'Pinned');
  const wanted = targetWords(policy.spec.target);
  const itself = wanted === String(target) ? '' : `, which is ${target} here`;
  const here = isCapped ? `, and its pin for ${target}` : itself;
  const { metadata, spec } = policy;
  const text = `It is at ${version}; the policy ${metadata.name} asks for ${wanted}${here}.${unseenText(cluster)}`;
  const raise = `Its tag ${prefix}pin-version lets it go no further than ${pin}: whoever may tag the cluster raises it or takes it away`;
  const moves = isCapped ? `${raise}.` : `${raise}, and a newer version becomes the target.`;
  const { unknown, ...patches } = patchesOf(snapshot, cluster, spec, target, now);
  const pins = pinsOf(patches);
  // Parts that wait to be finished go before patches, as in every plan (core/rollout/candidates.ts).
  const isPatched = hasPins(pins) && !canFinish(cluster, spec);
  const lags = [lagReason(cluster, spec) ?? [], isPatched ? patchReasons(cluster, patches, now) : []].flat();
  const refusals = lags.length === 0 ? [] : refusalsOf(snapshot, cluster, aim);
  if (refusals.length > 0) return said(after('What excludes it is taken away.'), ...lags, ...refusals, ...reasons);
  if (lags.length > 0 && aim.wave === undefined) return said(UNPLACED, ...lags, ...whyUnplaced(aim), ...reasons);
  const tried = lags.length === 0 ? undefined : leftOutBy(snapshot, cluster, place, now);
  if (place !== undefined && tried !== undefined) {
    const another = isPatched ? 'a newer version or image comes' : 'a newer version becomes the target';
    return onceFleetActs(snapshot, (acting) => {
      const { when, reasons: why } = isTried(tried)
        ? again(acting, { ...place, member: tried }, false, now)
        : takenOut(acting, place, tried);
      return said(after(`${when.condition}; or ${another}.`, when.at), ...lags, ...why, ...reasons);
    });
  }
  if (lags.length > 0) {
    const finished = whenFinished(snapshot, cluster, policy, place, isPatched);
    const verdict = said(
      after(`${finished}; or a newer version becomes the target.`),
      ...[...lags, ...unknown],
      ...reasons,
    );
    return isPatched || takesIn(cluster, spec) ? onceFleetActs(snapshot, () => verdict) : verdict;
  }
  const isAtPin = pin !== undefined && !KubeVersion.parse(version).isOlderThan(pin);
  const isUnknown = reasons.some(({ code }) => code === 'NewerUnknown');
  const another = isAtPin ? moves : isUnknown ? ONCE_RELEASED : 'A newer version becomes the target.';
  const when = unknown.length === 0 ? another : `${READ_AGAIN}; or ${uncapitalized(another)}`;
  return said(after(when), ...unknown, reason('AtTarget', text), ...reasons);
}

const READ_AGAIN = 'Liftlock reads what there is (images, and what it has left unread, every hour, add-ons once a day)';

/** When a cluster goes that is in no wave; `whyUnplaced` says why it is in none. */
const UNPLACED = after('What keeps it out of every wave is corrected.');
const whyUnplaced = ({ placement }: ClusterPolicy): Reason[] => placement.filter(({ code }) => code !== 'Policy');

/** Whether a rollout takes in what is behind in the cluster, by itself or once a person creates it. */
const takesIn = (cluster: ClusterRecord, spec: UpgradePolicy['spec']): boolean =>
  canFinish(cluster, spec) && spec.finish !== 'never';

/** Who brings up what is behind in the cluster, and after which rollout. `isPatched`: only images and add-ons inside the minor are behind. */
function whenFinished(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  policy: UpgradePolicy,
  place: Place | undefined,
  isPatched = false,
): string {
  const { name } = policy.metadata;
  const who = isPatched ? whoseRolloutTakesIt(name) : whoFinishes(cluster, policy);
  return isPatched || takesIn(cluster, policy.spec) ? onceEnded(snapshot, name, place, who) : who;
}

/**
 * A rollout tries the cluster again when somebody asks for that; this adds that another rollout finishes it when this one has ended. Where nodes stop
 * its next hop, that leads further than another try.
 */
export function orFinished(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  policy: UpgradePolicy,
  place: Place | undefined,
  { when, reasons }: Verdict,
  now: Date,
): Verdict {
  // What a person has to ask for is taken in whenever they do.
  const isLeftOut = policy.spec.finish === 'always' && leftOutBy(snapshot, cluster, place, now) !== undefined;
  if (!takesIn(cluster, policy.spec) || isLeftOut) return { when, reasons };
  const condition = `${when.condition}; or ${uncapitalized(whenFinished(snapshot, cluster, policy, place))}`;
  return { when: { ...when, condition }, reasons };
}

/** The same for a cluster behind its target: nodes that stop its next hop are finished first. */
export function orNodesFirst(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  policy: UpgradePolicy | undefined,
  place: Place | undefined,
  verdict: Verdict,
  now: Date,
): Verdict {
  if (policy === undefined || !stopsNextHop(cluster, policy.spec)) return verdict;
  const { when, reasons } = orFinished(snapshot, cluster, policy, place, verdict, now);
  return said(when, ...[lagReason(cluster, policy.spec) ?? []].flat(), ...reasons);
}

/** The verdict where a hop moved the control plane and failed, and no rollout tries it again: the version alone does not show that. */
export function failedHalfWay(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  { policy, target, needsWork, wave }: ClusterPolicy,
  { left, place }: Pick<ClusterRollouts, 'place'> & { readonly left: Upgrade },
  now: Date,
): Verdict {
  const text = `The upgrade from ${left.from} to ${left.to}, which ${askerText(left)} asked for, has moved the control plane and failed: the cluster is half done.`;
  const { refusals, somebody } = finishing(snapshot, cluster, left, now);
  const isTakenIn = target !== undefined && !needsWork && wave !== undefined;
  const isLeftOut = leftOutBy(snapshot, cluster, place, now) !== undefined;
  const isFinished = isTakenIn && refusals.length === 0 && !isLeftOut;
  const byHand = wayToFinish(cluster, left);
  // Here a person may also finish that hop by hand, as where somebody else has moved the control plane.
  const condition =
    isFinished && policy !== undefined && takesIn(cluster, policy.spec)
      ? `${somebody} removes the cause, and then ${uncapitalized(whenFinished(snapshot, cluster, policy, place))}; or somebody ${byHand}`
      : `${somebody} removes the cause and ${byHand}`;
  const lag = [lagReason(cluster, policy?.spec) ?? []].flat();
  const why = left.reasons.filter(({ code }) => !STOOD_THEN.includes(code));
  return said(after(condition), ...why, reason('HalfDone', text), ...lag, ...refusals);
}

/** Reasons about where nodes or the control plane were at that time: a rollback may have moved them since, and how they are now is told beside this. */
const STOOD_THEN: readonly AnyCode[] = ['Rolled', 'AtTarget'];

/**
 * The verdict after the one try that each cluster has for each target: what ended without success waits for a person. Without reasons of the member
 * nobody knows of a cause that is still there.
 */
export function again(snapshot: FleetSnapshot, place: MemberPlace, isFinished: boolean, now: Date): Verdict {
  const { member, rollout } = place;
  const { reasons, until } = isFinished ? refusalsBeside(rollout, place) : refusalsIn(snapshot, place, now);
  if (isOfAnotherWave(snapshot, place, reasons)) {
    const another = onceEnded(
      snapshot,
      rollout.policy,
      place,
      `Somebody runs: liftlock rollout create ${rollout.policy}`,
    );
    return said(after(another), ...triedOnce(member), ...reasons);
  }
  const retry = `runs: liftlock retry cluster ${member.name}`;
  const condition = isFinished
    ? `It is whole at ${member.to}: it counts as succeeded once somebody ${retry}`
    : `${somebodyOnce(reasons)}${member.reasons.length === 0 ? '' : ' removes the cause and'} ${retry}`;
  return said(after(condition, until), ...triedOnce(member), ...reasons);
}

/** Whether the cluster belongs to another wave by now than the one in which it would be tried again: only another rollout takes it there. */
export function isOfAnotherWave(
  snapshot: FleetSnapshot,
  { rollout, member }: MemberPlace,
  refusals: readonly Reason[],
): boolean {
  const policy = snapshot.policies.get(rollout.policy)?.policy;
  const cluster = snapshot.clusters.get(member.clusterKey);
  if (policy === undefined || cluster === undefined) return false;
  return refusals.some(({ code }) => code === 'NoWave') && wavePlace(snapshot, policy, cluster).index >= 0;
}

/** What refuses a retry of the cluster in its place. */
export function refusalsIn(snapshot: FleetSnapshot, place: MemberPlace, now: Date): Answer {
  const { rollout, waves, member } = place;
  const { reasons, until } = refusalsOfRetry(snapshot, rollout, waves, member, now);
  return { reasons: [...reasons, ...refusalsBeside(rollout, place).reasons], until };
}

/** What refuses a retry in a rollout, whichever cluster is retried: that another rollout of its policy goes on. */
export function refusalsBeside({ id, policy }: Rollout, place: Place | undefined): Answer {
  const known = [place?.rollout, place?.beside?.rollout].filter((one) => one !== undefined);
  const others = known.filter((one) => one.id !== id && one.policy === policy && !AT_REST.includes(one.status));
  return { reasons: others.map(newerIsUnderWay) };
}

/** The sentence `then`, once the rollout of the policy that is under way has ended: a policy has one at a time. */
function onceEnded(snapshot: FleetSnapshot, policy: string, place: Place | undefined, then: string): string {
  const isOfIt = (one: Rollout) => one.policy === policy && !AT_REST.includes(one.status);
  // A halted rollout is not in the snapshot, but no other one is created beside it either.
  const known = [place, place?.beside, ...snapshot.rollouts.map((rollout) => ({ rollout }))];
  const busy = known.find((one) => one !== undefined && isOfIt(one.rollout));
  if (busy === undefined) return then;
  return `${howItEnds({ waves: [], ...busy }, `the rollout ${busy.rollout.id}`)}, and then ${uncapitalized(then)}`;
}

/** What ends a rollout: a person where it stands still, or where nothing of it is left but a promotion. `called`: its name in the sentence. */
function howItEnds({ rollout, waves }: WholeRollout, called = 'that rollout'): string {
  const { status } = rollout;
  const undecided = waitingForPromotion(waves);
  if (undecided !== undefined && !opensMore(waves, undecided)) return promoting(undecided, rollout);
  const ends = `${called} ends`;
  if (status !== 'Paused' && status !== 'Halted') return ends.charAt(0).toUpperCase() + ends.slice(1);
  const looked = status === 'Halted' ? 'has looked at what halted it and ' : '';
  return `Somebody ${looked}runs: ${wayToResume(rollout, waves)}, and ${ends}`;
}

/** Whether the promotion of a wave would open later ones. */
const opensMore = (waves: WholeRollout['waves'], { index: of }: { readonly index: number }): boolean =>
  waves.some(({ index, status }) => index > of && status === 'Pending');

/**
 * The verdict where a rollout is through with the cluster: no rollout takes it up again by itself for that target, but one that a person creates
 * does.
 */
function takenOut(snapshot: FleetSnapshot, place: Place, member: Member): Verdict {
  const { rollout } = place;
  const aborted = rollout.status === 'Aborted';
  const what = aborted ? 'was aborted' : `ended with ${member.name} ${member.status}`;
  const text = `The rollout ${rollout.id} ${what}. No other one begins by itself for ${member.name} and ${member.to}.`;
  // The rollout tells who aborted it and why; a member that the abort took out would only repeat it. What was seen at a success was before somebody
  // took the cluster back.
  const others = member.reasons.filter(({ code }) => code !== 'RolloutAborted' && member.status !== 'Succeeded');
  return said(
    after(onceEnded(snapshot, rollout.policy, place, `Somebody runs: liftlock rollout create ${rollout.policy}`)),
    reason(aborted ? 'RolloutAborted' : 'TakenOut', text),
    ...(aborted ? rollout.reasons : []),
    ...others,
  );
}

/**
 * The waves of the policy by which the members of a wave begin, as each grant asks: the wave of the same name, or else those that take its clusters
 * now. A wave that has not begun, and whose name the policy has given up, has no members any more.
 */
export async function rulingWaves(
  table: Pick<Table, 'get' | 'getAll' | 'queryPartition'>,
  policy: UpgradePolicy | undefined,
  { rolloutId, index, name, status }: Wave,
): Promise<readonly WaveSpec[]> {
  const named = waveNamed(policy, name);
  if (named !== undefined) return [named];
  if (policy === undefined || status === 'Pending') return [];
  const fleet = await loadFleetInForce(table);
  const members = (await loadMembers(table, rolloutId)).filter((member) => member.waveIndex === index);
  const toGo = members.filter((member) => !ENDED_WELL.includes(member.status));
  const keys = toGo.map(({ clusterKey }) => Clusters.key(clusterKey));
  const clusters = await loadAll(table, Clusters, keys);
  const ruling = clusters.map((one) => rulingWave(policy, labeled(one, fleet), name, fleet?.tagPrefix ?? '').wave);
  return policy.spec.waves.filter((one) => ruling.includes(one));
}
