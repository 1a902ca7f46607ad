import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { AnyCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { askerText } from '../model/asked-for.ts';
import { canFinish, lagReason, stopsNextHop, unseenText, whoFinishes, whoseRolloutTakesIt } from '../model/lag.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { wayToFinish } from '../protocol/left-half-done.ts';
import { hasPins, patchesOf, patchReasons, pinsOf } from '../rollout/candidates.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { targetWords } from '../version/target.ts';
import type { ClusterPolicy } from './cluster-policy.ts';
import { refusalsOf } from './cluster-summary.ts';
import { type ClusterRollouts, leftOutBy, type Place, servedIn } from './place-of.ts';
import { finishing } from './upgrade-plan.ts';
import { again, isTriedAgain, onceEnded, takenOut } from './verdict-of-tried.ts';
import { after, ONCE_RELEASED, onceFleetActs, said, uncapitalized, type Verdict } from './verdict-words.ts';

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
      const { when, reasons: why } = isTriedAgain(place, tried)
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
export const UNPLACED = after('What keeps it out of every wave is corrected.');
export const whyUnplaced = ({ placement }: ClusterPolicy): Reason[] =>
  placement.filter(({ code }) => code !== 'Policy');

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

/** A rollout tries the cluster again when somebody asks for that; this adds that another rollout finishes it when this one has ended. */
export function orFinished(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  policy: UpgradePolicy,
  place: Place | undefined,
  verdict: Verdict,
  now: Date,
): Verdict {
  const way = wayToTakeIn(snapshot, cluster, policy, place, now);
  if (way === undefined) return verdict;
  const { when, reasons } = verdict;
  return { when: { ...when, condition: `${when.condition}; or ${uncapitalized(way)}` }, reasons };
}

/** The rollout that takes in what is behind, and what has to end before; undefined where none does. */
function wayToTakeIn(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  policy: UpgradePolicy,
  place: Place | undefined,
  now: Date,
): string | undefined {
  // What a person has to ask for is taken in whenever they do.
  const isLeftOut = policy.spec.finish === 'always' && servedIn(snapshot, cluster, place, now) !== undefined;
  return takesIn(cluster, policy.spec) && !isLeftOut ? whenFinished(snapshot, cluster, policy, place) : undefined;
}

/** For a cluster behind its target whose own nodes stop the next hop: they are finished first, since another try before that is in vain. */
export function finishNodesFirst(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  policy: UpgradePolicy | undefined,
  place: Place | undefined,
  verdict: Verdict,
  now: Date,
): Verdict {
  if (policy === undefined || !stopsNextHop(cluster, policy.spec)) return verdict;
  const { when, reasons } = verdict;
  const way = wayToTakeIn(snapshot, cluster, policy, place, now);
  const then =
    way === undefined ? when.condition : `${way}; once its nodes have followed, ${uncapitalized(when.condition ?? '')}`;
  return said({ ...when, condition: then }, ...[lagReason(cluster, policy.spec) ?? []].flat(), ...reasons);
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
