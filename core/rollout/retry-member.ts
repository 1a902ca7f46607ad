import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { hasReleases } from '../nodes/managed-groups/image-lag.ts';
import { givenUp } from '../policy/wave-of.ts';
import { exceedsBudget, overBudget } from '../policy/wave-room.ts';
import { reopenedAs } from '../protocol/granting-waves.ts';
import { isRollbackBudgetSpent, without } from '../protocol/rollback.ts';
import { broughtOn, unlessFailed, waveAfter } from '../protocol/settle-decision.ts';
import { compareAddonVersions } from '../version/addon-version.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { asideUntil } from './admission.ts';
import { lowerTarget } from './cluster-target.ts';
import { wentBack } from './earlier-rollouts.ts';
import { leftAgain } from './left-behind.ts';
import { memberChange, standingReasons } from './member-progress.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { suspects } from './suspects.ts';
import type { Answer } from './waiting.ts';

/**
 * Whether a cluster whose upgrade ended without success in its rollout has been brought to the rollout's target since, so that nothing is left to
 * try. `hop`: the upgrade to that target. About a held cluster a person decides.
 */
export const isFinished = (
  cluster: ClusterRecord,
  { to, releases, addons = {} }: Member,
  hop: Upgrade | undefined,
  isHeld: boolean,
): boolean =>
  !isHeld &&
  hop?.status === 'Succeeded' &&
  !KubeVersion.parse(cluster.version).isOlderThan(KubeVersion.parse(to)) &&
  hasReleases(cluster, releases) &&
  cluster.addons.every(({ name, version }) => compareAddonVersions(version, addons[name] ?? version) >= 0);

/** What a retry makes of a member: it waits again, or it counts as succeeded by the upgrade that has brought its cluster to the target since. */
export function retriedMember(member: Member, finishedBy?: Upgrade): Member {
  const tried = { ...member, resumeAt: undefined };
  if (finishedBy !== undefined)
    return { ...broughtOn(tried, finishedBy), status: 'Succeeded', reasons: finishedBy.reasons };
  const failed = member.status === 'Failed' ? { failedBefore: true as const } : {};
  const back = wentBack(member) ? { wentBackBefore: true as const } : {};
  return { ...tried, status: 'Pending', upgradeId: undefined, reasons: [], ...failed, ...back };
}

/**
 * The wave with a member that is tried again. It is open again where that leaves it within its own budget of failures and, where it halted because
 * too many clusters went back by themselves, within the rollout's budget of rollbacks.
 *
 * @param waves all waves of the rollout
 */
export function retriedWave(wave: Wave, member: Member, after: Member, waves: readonly Wave[], now: Date): Wave {
  const counted = waveAfter(wave, member, after, now.toISOString());
  // A person accepted the failures that there were at that time: a failure that the retry takes back takes its room along.
  const { acceptedFailures: accepted, failed } = counted;
  const room = accepted === undefined ? counted : { ...counted, acceptedFailures: Math.min(accepted, failed) };
  const next = without(without(room, 'automaticRollbacks', member.clusterKey), 'goingBack', member.clusterKey);
  const ofRollbacks = wave.status === 'Halted' ? wave.reasons.filter(({ code }) => code === 'RollbackBudget') : [];
  const others = waves.filter(({ index }) => index !== wave.index);
  const isSpent = ofRollbacks.length > 0 && isRollbackBudgetSpent([next, ...others]);
  const reopens = !exceedsBudget(next) && wave.status !== 'Pending' && !isSpent;
  // The wave stays halted, and its reasons say what keeps it halted by now.
  if (!reopens && ofRollbacks.length > 0)
    return { ...next, reasons: [...(exceedsBudget(next) ? [overBudget(next)] : []), ...(isSpent ? ofRollbacks : [])] };
  // The person who skipped the soak of the wave knew only what there was to see then.
  return reopens ? { ...next, status: reopenedAs(wave), endedAt: undefined, promotedBy: undefined, reasons: [] } : next;
}

/**
 * The reasons of a member that ended without success and whose cluster is not held. Its own reasons may still say "held", which was true when it
 * ended and is not any more.
 */
export const triedOnce = ({ reasons, status, rolloutId }: Member): Reason[] => [
  ...reasons.filter(({ code }) => code !== 'Held'),
  reason(
    status === 'Failed' ? 'MemberFailed' : 'MemberBlocked',
    `It ended ${status} in the rollout ${rolloutId}; there is one try for each target.`,
  ),
];

/** Whether a cluster that a rollout refuses to try again for this has left it: its version, or where its policy goes, is another one by now. */
export const hasLeft = (refusals: readonly Reason[]): boolean =>
  refusals.some(({ code }) => code === 'BeyondTarget' || code === 'LowerTarget');

/** Two rollouts of one policy never run at once: an older one is taken up again only when the newer one has ended. */
export const newerIsUnderWay = ({ id, status }: Rollout): Reason =>
  reason(
    'RolloutBusy',
    `The rollout ${id} of the same policy is ${status}: liftlock describe rollout ${id} says what it waits for.`,
  );

/**
 * Why a retried member would be set aside or taken out before it was tried, and so would have failed again at once (semantics.md, Failure budget),
 * and until when as far as is known; no reason = the retry has it tried.
 */
export function refusalsOfRetry(
  fleet: FleetSnapshot,
  rollout: Rollout,
  waves: readonly Wave[],
  member: Member,
  now: Date,
): Answer {
  const { clusterKey } = member;
  const cluster = fleet.clusters.get(clusterKey);
  // A control plane that is at the target already is not moved, so only its nodes and add-ons are finished.
  const toGo = cluster !== undefined && KubeVersion.parse(cluster.version).isOlderThan(KubeVersion.parse(member.to));
  const lower = toGo ? lowerTarget(fleet, rollout.policy, cluster, KubeVersion.parse(member.to), now) : undefined;
  const aims = member.isStray === true ? givenUp(rollout.policy) : lower;
  if (aims !== undefined) return { reasons: [aims] };
  const again = retriedMember(member);
  const snapshot = { ...fleet, controls: new Map([...fleet.controls].filter(([key]) => key !== clusterKey)) };
  const after = waves.map((wave) =>
    wave.index === member.waveIndex ? retriedWave(wave, member, again, waves, now) : wave,
  );
  const waiting = [again, ...fleet.members.filter(({ rolloutId }) => rolloutId === rollout.id)];
  // The wave as it was before the retry counts: its policy must have rules for it even where it has still to open afterwards, since no plan moves a
  // failure out of it.
  const wave = waves.find(({ index }) => index === member.waveIndex);
  const standing = standingReasons(
    snapshot,
    rollout,
    wave,
    again,
    suspects(snapshot, rollout, after, waiting, now),
    now,
  );
  const change = memberChange(snapshot, rollout, again, undefined, standing);
  const retried = after.find(({ index }) => index === member.waveIndex);
  const behind = cluster && retried && leftAgain(snapshot, rollout, retried, { member: again, cluster }, now);
  if (behind !== undefined) return { reasons: [behind] };
  // A member whose wave has no place for its cluster any more would only be set aside, and keep others waiting.
  const isInVain =
    change?.type === 'change-member' &&
    (unlessFailed(again, change.status) === 'Failed' || change.reasons.some(({ code }) => code === 'NoWave'));
  if (!isInVain) return { reasons: [] };
  return { reasons: change.reasons, until: asideUntil(snapshot, member, change.reasons) };
}
