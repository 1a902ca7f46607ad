import type { FleetSpec } from '../config/types.ts';
import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Epoch, Grant, Ledger, Upgrade } from '../contracts/items/protocol.ts';
import type { FleetControl, Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { approvalRefusals } from '../policy/approvals.ts';
import { capKeys, capRefusals } from '../policy/caps.ts';
import { clusterRefusals } from '../policy/cluster-tags.ts';
import type { HopRules } from '../policy/hop-rules.ts';
import { haltedBefore, waveRefusal } from '../policy/wave-room.ts';
import { type WindowAnswer, windowRule } from '../policy/window-rule.ts';
import { isMember } from '../store/members.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { underWayRefusals } from './hop-before.ts';
import { fleetRefusals, holdRefusals, NO_EPOCH, NO_FLEET } from './standing-refusals.ts';

/** What a grant rests on. `rollout`, `wave` and `member` are absent for executions started by hand. */
export interface GrantSituation {
  readonly epoch: Epoch | undefined;
  readonly fleet: FleetSpec | undefined;
  readonly control: FleetControl | undefined;
  readonly cluster: ClusterRecord;
  readonly clusterControl: ClusterControl | undefined;
  readonly grant: Grant | undefined;
  readonly ledger: Ledger | undefined;
  readonly upgrade: Upgrade | undefined;
  /** The upgrade of the hop before this one, where this one is a hop. */
  readonly before?: Upgrade | undefined;
  readonly rollout?: Rollout | undefined;
  readonly wave?: Wave | undefined;
  /** Waves before it: one that is halted stops those after it too. */
  readonly earlier?: readonly Wave[];
  readonly member?: Member | undefined;
  /** Failures of the rollout: those that whoever decided this knew of, and those that are counted now. */
  readonly failures?: { readonly known: number | undefined; readonly now: number } | undefined;
  /** What the policy says of this hop; undefined where no policy selects the cluster: then only the Fleet limits it. */
  readonly rules?: HopRules | undefined;
  /** Who applied the policy's revision in force. */
  readonly policyAppliedBy?: string | undefined;
  /** What the calendars say, where it was asked already: the same answer serves many clusters. */
  readonly window?: WindowAnswer | undefined;
  readonly now: Date;
}

/** What was begun goes on while the window is open; what begins must fit into it. */
function windowOf({ rules, window, now, upgrade }: GrantSituation): WindowAnswer {
  if (window !== undefined) return window;
  return rules === undefined ? { reasons: [] } : windowRule(rules, now, upgrade?.mutated === true);
}

/**
 * Waves whose members may run. Stragglers run after their wave has ended, under its limits; one may still decide a wave that was undecided.
 * Where members run a budget can be exceeded, so these are also the waves that can be halted.
 */
const GRANTING = ['Open', 'Soaking', 'Completed', 'CompletedWithFailures', 'Undecided'] as const;
export const GRANTING_WAVES: readonly Wave['status'][] = GRANTING;
const isGranting = (status: Wave['status']): status is (typeof GRANTING)[number] => GRANTING_WAVES.includes(status);

/** Waves after which the next one may begin. */
export const PASSED_WAVES: readonly Wave['status'][] = ['Completed', 'CompletedWithFailures', 'Skipped'];

const WAITING = ['Pending', 'Parked', 'Quarantined'] as const;
const isWaiting = (status: Member['status']): status is (typeof WAITING)[number] =>
  WAITING.some((waiting) => waiting === status);

/** Failures of all waves of a rollout. */
export const failuresOf = (waves: readonly Pick<Wave, 'failed'>[]): number =>
  waves.reduce((sum, wave) => sum + wave.failed, 0);

/** Why this cluster gets no grant now; empty = it may have one. Pure; the granting transaction checks that nothing of it has moved. */
export function grantRefusals(situation: GrantSituation, target: KubeVersion): Reason[] {
  const { epoch, fleet, control, cluster, clusterControl, grant, ledger, rollout, wave, member } = situation;
  if (epoch === undefined) return [NO_EPOCH];
  if (fleet === undefined) return [NO_FLEET];
  const reasons = fleetRefusals(fleet, control);
  reasons.push(...clusterRefusals(cluster, target, fleet.tagPrefix));
  reasons.push(...holdRefusals(clusterControl));
  if (grant !== undefined && grant.status !== 'free') {
    reasons.push(
      reason('GrantBusy', `The upgrade ${grant.upgradeId} holds the cluster's grant (${grant.executionName}).`),
    );
  }
  reasons.push(...underWayRefusals(situation.before, cluster.name));
  if (rollout !== undefined) reasons.push(...rolloutRefusals(rollout, wave, member, situation));
  const { rules } = situation;
  reasons.push(...windowOf(situation).reasons);
  const policy = rules?.policy?.spec;
  reasons.push(...capRefusals(ledger?.counts ?? {}, capKeys(cluster, fleet, policy), fleet, policy));
  return reasons;
}

function rolloutRefusals(
  rollout: Rollout,
  wave: Wave | undefined,
  member: Member | undefined,
  { earlier = [], rules, policyAppliedBy, failures, now }: GrantSituation,
): Reason[] {
  const reasons: Reason[] = [];
  if (rollout.status !== 'Running')
    reasons.push(reason(`Rollout${rollout.status}`, `The rollout ${rollout.id} is ${rollout.status}.`));
  const halted = haltedBefore(earlier);
  if (halted !== undefined) reasons.push(halted);
  // A person's retry opens a wave again: whoever has not begun waits for it once more, stragglers of later waves too.
  const reopened = earlier.find((one) => one.status !== 'Halted' && !PASSED_WAVES.includes(one.status));
  if (reopened !== undefined && member?.inFlight !== true)
    reasons.push(reason('EarlierWave', `The wave ${reopened.name} comes first: it is ${reopened.status}.`));
  if (wave === undefined || member === undefined || !isPlanned(member, wave))
    return [...reasons, reason('NotAMember', 'The cluster is not a member of the rollout.')];
  // Whoever decided this may have slept since: a member that has ended meanwhile is not begun again by that.
  if (!isWaiting(member.status))
    reasons.push(reason(`Member${member.status}`, `${member.name} is ${member.status} in the rollout ${rollout.id}.`));
  if (!isGranting(wave.status)) reasons.push(reason(`Wave${wave.status}`, `The wave ${wave.name} is ${wave.status}.`));
  const full = member.inFlight ? undefined : waveRefusal(wave);
  if (full !== undefined) reasons.push(full);
  // Who shares a trait with a cluster that failed this minute is set aside by the next tick, which sees all clusters (core/rollout/suspects.ts).
  if (!member.inFlight && failures?.known !== undefined && failures.now > failures.known) {
    const said = `${failures.now - failures.known} more failed in the rollout ${rollout.id} since this was decided; it is decided anew.`;
    reasons.push(reason('FailedMeanwhile', said));
  }
  const requesters = { policyAppliedBy, rolloutCreatedBy: rollout.createdBy };
  // What was begun is not asked for approval again (protocol.md, table "A commit checks").
  if (!member.inFlight) reasons.push(...approvalRefusals(rules?.wave, wave, requesters, now));
  return reasons;
}

/** Whether the plan that the wave is of has this member: what was approved, and no later one. */
export const isPlanned = (
  member: Member,
  wave: Wave,
): member is Member & { status: Exclude<Member['status'], 'Left'> } =>
  isMember(member) && (member.plan ?? 0) <= (wave.plan ?? 0);

/** One hop exactly, and never down: a version one minor lower would be a rollback today (design.md §3). */
export function hopRefusals(current: string, target: KubeVersion): Reason[] {
  const version = KubeVersion.parse(current);
  if (version.next().equals(target)) return [];
  if (version.equals(target)) return [reason('AlreadyThere', `The cluster is at ${version} already.`)];
  if (target.isOlderThan(version)) {
    return [
      reason(
        'Downgrade',
        `The cluster is at ${version}; ${target} is older, and EKS would roll it back. Liftlock never goes down by itself.`,
      ),
    ];
  }
  return [
    reason(
      'NotOneHop',
      `The cluster is at ${version}; ${target} is ${version.minorsBehind(target)} minors away, and one upgrade moves one minor. Start with ${version.next()}.`,
    ),
  ];
}
