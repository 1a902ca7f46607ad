import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { canFinish, lagReason, unseenText, whoFinishes, whoseRolloutTakesIt } from '../model/lag.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { wayToFinish } from '../protocol/left-half-done.ts';
import { AT_REST, isServed } from '../rollout/automatic-rollouts.ts';
import { hasPins, type Pins, patchesOf, patchReasons, pinsOf } from '../rollout/candidates.ts';
import { pinTexts } from '../rollout/plan-hash.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { isTried } from '../store/members.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { targetWords } from '../version/target.ts';
import type { ClusterPolicy } from './cluster-policy.ts';
import { refusalsOf } from './cluster-summary.ts';
import type { Verdict } from './explanation.ts';
import { finishing } from './upgrade-plan.ts';

/** The rollout that the cluster waits in, else the newest one of its policy, and the cluster's place in it. */
export interface Place {
  readonly rollout: Rollout;
  readonly waves: readonly Wave[];
  readonly member: Member | undefined;
}

/** The rollouts that matter to one cluster. */
export interface ClusterRollouts {
  readonly place: Place | undefined;
  /** The rollout of the upgrade that runs, is parked or was left; an older one than the newest at times. */
  readonly ofUpgrade: Rollout | undefined;
  /** The upgrade that the cluster is held for, or of one that is not held, the hop to its version that failed half-way. */
  readonly left?: Upgrade | undefined;
  /** Whether the cluster was brought to the target of `place` after it ended there without success. */
  readonly isFinished?: boolean;
}

export const after = (condition: string, at?: string | null) => ({ at: at ?? null, condition });

export function said(when: Verdict['when'], ...reasons: readonly Reason[]): Verdict {
  const unique = reasons.filter(
    (one, index) => reasons.findIndex(({ code, message }) => code === one.code && message === one.message) === index,
  );
  return { reasons: unique, when };
}

/** At its pin a newer version alone gives it no other target. */
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
  const here = isCapped ? `and its pin for ${target}` : `which is ${target} here`;
  const { metadata, spec } = policy;
  const text = `It is at ${version}; the policy ${metadata.name} asks for ${targetWords(spec.target)}, ${here}.${unseenText(cluster)}`;
  const raise = `Its tag ${prefix}pin-version lets it go no further than ${pin}: whoever may tag the cluster raises it or takes it away`;
  const moves = isCapped ? `${raise}.` : `${raise}, and a newer version becomes the target.`;
  const { unknown, ...patches } = patchesOf(snapshot, cluster, spec, target, now);
  const pins = pinsOf(patches);
  // What is left to be finished goes first, as for whoever plans (core/rollout/candidates.ts).
  const isPatched = hasPins(pins) && !canFinish(cluster, spec);
  const lags = [lagReason(cluster, spec) ?? [], isPatched ? patchReasons(cluster, patches, now) : []].flat();
  const refusals = lags.length === 0 ? [] : refusalsOf(snapshot, cluster, aim);
  if (refusals.length > 0) return said(after('What excludes it is taken away.'), ...lags, ...refusals, ...reasons);
  if (lags.length > 0 && aim.wave === undefined) return said(UNPLACED, ...lags, ...whyUnplaced(aim), ...reasons);
  const tried = isPatched ? triedAlready(pins, place) : undefined;
  if (tried !== undefined) {
    const retry = `Somebody removes the cause and runs: liftlock retry cluster ${cluster.name}`;
    const when = isTried(tried) ? retry : `Somebody runs: liftlock rollout create ${metadata.name}`;
    return said(after(`${when}; or a newer version or image comes.`), ...lags, ...tried.reasons, ...reasons);
  }
  if (lags.length > 0)
    return said(
      after(`${whenFinished(snapshot, cluster, policy, place, isPatched)}; or a newer version becomes the target.`),
      ...[...lags, ...unknown],
      ...reasons,
    );
  const isAtPin = pin !== undefined && !KubeVersion.parse(version).isOlderThan(pin);
  const another = isAtPin ? moves : 'A newer version becomes the target.';
  const when = unknown.length === 0 ? another : `${READ_AGAIN}; or ${uncapitalized(another)}`;
  return said(after(when), ...unknown, reason('AtTarget', text), ...reasons);
}

const READ_AGAIN = 'Liftlock reads what there is (images, and what it has left unread, every hour, add-ons once a day)';

/** The same as a part of a sentence that has begun. */
const uncapitalized = (sentence: string): string => `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;

/** When a cluster goes that is in no wave, and why it is in none. */
export const UNPLACED = after('What keeps it out of every wave is corrected.');
export const whyUnplaced = ({ placement }: ClusterPolicy): Reason[] =>
  placement.filter(({ code }) => code !== 'Policy');

/** The member that had the very images and add-ons to go to and has ended without them: nothing but a person tries it again. */
function triedAlready(pins: Pins, place: Place | undefined): Member | undefined {
  const { member } = place ?? {};
  const had = new Set(pinTexts(member ?? {}));
  const hadAll = pinTexts(pins).every((pin) => had.has(pin));
  return member !== undefined && hadAll && (isTried(member) || (member.status === 'Excluded' && isServed(member)))
    ? member
    : undefined;
}

/** Who brings up what is behind there, and after which rollout. `isPatched`: its images alone. */
function whenFinished(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  policy: UpgradePolicy,
  place: Place | undefined,
  isPatched = false,
): string {
  const { metadata, spec } = policy;
  const isOfIt = (one: Rollout) => one.policy === metadata.name && !AT_REST.includes(one.status);
  // One that is halted is not in the snapshot, and nobody creates another beside it.
  const known = [...(place === undefined ? [] : [place.rollout]), ...snapshot.rollouts];
  const busy = isPatched || (canFinish(cluster, spec) && spec.finish !== 'never') ? known.find(isOfIt) : undefined;
  const who = isPatched ? whoseRolloutTakesIt(metadata.name) : whoFinishes(cluster, policy);
  return busy === undefined ? who : `The rollout ${busy.id} ends, and then ${uncapitalized(who)}`;
}

/** What a rollout tries again when somebody asks, another one finishes when this one has ended. */
export function orFinished(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  policy: UpgradePolicy,
  place: Place | undefined,
  { when, reasons }: Verdict,
): Verdict {
  if (policy.spec.finish === 'never' || !canFinish(cluster, policy.spec)) return { when, reasons };
  const condition = `${when.condition}; or ${uncapitalized(whenFinished(snapshot, cluster, policy, place))}`;
  return { when: { ...when, condition }, reasons };
}

/** A hop that moved the control plane and failed, and that no rollout tries again: the version alone does not tell. */
export function failedHalfWay(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  { policy, target, needsWork }: ClusterPolicy,
  { left, place }: Pick<ClusterRollouts, 'place'> & { readonly left: Upgrade },
  now: Date,
): Verdict {
  const text = `The upgrade from ${left.from} to ${left.to}, which ${left.requestedBy} asked for, has moved the control plane and failed: the cluster is half done.`;
  const { refusals, somebody } = finishing(snapshot, cluster, left, now);
  const isAtTarget = target !== undefined && !needsWork;
  const isFinished = isAtTarget && canFinish(cluster, policy?.spec) && refusals.length === 0;
  const byHand = wayToFinish(cluster, left);
  // As where somebody else has moved the control plane, and a person may still make that hop to its end.
  const condition =
    isFinished && policy !== undefined && policy.spec.finish !== 'never'
      ? `${somebody} removes the cause, and then ${uncapitalized(whenFinished(snapshot, cluster, policy, place))}; or somebody ${byHand}`
      : `${somebody} removes the cause and ${byHand}`;
  const lag = [lagReason(cluster, policy?.spec) ?? []].flat();
  return said(after(condition), ...left.reasons, reason('HalfDone', text), ...lag, ...refusals);
}
