import { type Reason, reason } from '../contracts/step-result.ts';
import { fleetSpec } from '../policy/applied.ts';
import { approvalRefusals } from '../policy/approvals.ts';
import { clusterRefusals } from '../policy/cluster-tags.ts';
import { allowedFailures, exceedsBudget, haltedBefore } from '../policy/wave-room.ts';
import { windowRule } from '../policy/window-rule.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import { type Asker, authority } from './authority.ts';
import type { CommitSnapshot } from './commit-snapshot.ts';
import { isPlanned } from './grant-decision.ts';
import { fleetRefusals, holdRefusals, NO_EPOCH, NO_FLEET } from './standing-refusals.ts';

/**
 * Why this mutating call may not be committed now; empty = it may (protocol.md, table "A commit checks"). Pure: the transaction that
 * follows checks that everything read here is unchanged.
 */
export function commitRefusals(
  snapshot: CommitSnapshot,
  asker: Asker,
  target: KubeVersion,
  now: Date,
  tags?: Readonly<Record<string, string>>,
): Reason[] {
  const { epoch, grant, upgrade, cluster, clusterControl, rollout, wave, member, control } = snapshot;
  if (epoch === undefined) return [NO_EPOCH];
  if (authority(grant?.data, asker) === 'none' || upgrade === undefined || grant?.data.epoch !== epoch.data.number) {
    return [
      reason(
        'Superseded',
        'This execution does not hold the grant of its cluster any more; another one does, or nobody.',
      ),
    ];
  }
  if (upgrade.data.status !== 'Running') {
    return [
      reason(
        'Superseded',
        `The upgrade ${upgrade.data.id} is ${upgrade.data.status}: it was concluded, and nothing of it goes on.`,
      ),
    ];
  }
  if (cluster === undefined) return [reason('UnknownCluster', 'The cluster is not in the inventory.')];
  const fleet = fleetSpec(snapshot.fleet?.data);
  if (fleet === undefined) return [NO_FLEET];

  const reasons = fleetRefusals(fleet, control?.data);
  // Both count: the inventory may lag behind EKS, and this invocation's own reading behind the inventory.
  const readings = [cluster.data.tags, ...(tags === undefined ? [] : [tags])];
  const refusals = readings.flatMap((read) =>
    clusterRefusals({ ...cluster.data, tags: { ...read } }, target, fleet.tagPrefix),
  );
  reasons.push(...new Map(refusals.map((refusal) => [refusal.message, refusal])).values());
  reasons.push(...holdRefusals(clusterControl?.data));
  if (rollout !== undefined && rollout.data.status === 'Paused')
    reasons.push(reason('RolloutPaused', `The rollout ${rollout.data.id} is paused.`));
  if (rollout !== undefined && rollout.data.status === 'Aborted')
    reasons.push(reason('RolloutAborted', `The rollout ${rollout.data.id} was aborted.`));
  if (upgrade.data.rolloutId !== undefined && rollout === undefined)
    reasons.push(reason('RolloutGone', 'The rollout of this upgrade does not exist.'));
  // A budget that was lowered below what has failed halts the wave with the next look; nothing begins before that either.
  if (!upgrade.data.mutated && wave !== undefined && (wave.data.status === 'Halted' || exceedsBudget(wave.data))) {
    reasons.push(
      reason(
        'WaveHalted',
        `The wave ${wave.data.name} is halted: ${wave.data.failed} failures, at most ${allowedFailures(wave.data)} are allowed.`,
      ),
    );
  }
  // A straggler of an earlier wave may have failed since the grant.
  const halted = upgrade.data.mutated ? undefined : haltedBefore(snapshot.earlier);
  if (halted !== undefined) reasons.push(halted);
  const { rules, policyAppliedBy } = snapshot;
  if (!upgrade.data.mutated && rollout !== undefined && wave !== undefined) {
    if (member === undefined || !isPlanned(member.data, wave.data))
      reasons.push(reason('NotAMember', 'The cluster is not a member of the rollout.'));
    const requesters = { policyAppliedBy, rolloutCreatedBy: rollout.data.createdBy };
    reasons.push(...approvalRefusals(rules?.wave, wave.data, requesters, now));
  }
  if (rules !== undefined) reasons.push(...windowRule(rules, now, upgrade.data.mutated).reasons);
  return reasons;
}
