import { z } from 'zod';
import { READINESS_VERDICTS } from '../scan-words.ts';
import { breakGlass } from './break-glass.ts';
import { conditionState, reasonSchema, timestamp } from './common.ts';
import { fleetStop } from './fleet-stop.ts';
import { gateState } from './gate.ts';

/** The vote of a person on a wave, or of `liftlock` by a rule. The last vote of each principal counts. */
const approvalRecord = z.object({
  decision: z.enum(['Approved', 'Rejected']),
  /** As `principalOf` writes it, such as `role:111111111111/platform`, or `liftlock`; older items have ARNs and bare names. */
  principal: z.string(),
  at: timestamp,
  /** The wave's plan hash at the vote. Another hash voids it. */
  planHash: z.string(),
  /** The plan has changed since, so that the vote does not count any more, even when a later plan is the same again. */
  isVoid: z.literal(true).optional(),
  /** How many clusters that plan upgrades in the wave; absent in votes of earlier releases. */
  clusters: z.number().int().nonnegative().optional(),
  /** How many of them were ready, blocked and so on at the vote; the audit lists them (`WaveShown`). Absent in votes of rules. */
  shown: z.partialRecord(z.enum(READINESS_VERDICTS), z.number().int().positive()).optional(),
  comment: z.string().optional(),
});

import { hookState } from './protocol.ts';
export type ApprovalRecord = z.infer<typeof approvalRecord>;

export const ROLLOUT_STATUSES = [
  'Planned',
  'Running',
  'Paused',
  'Completed',
  'CompletedWithFailures',
  'Halted',
  'Aborted',
] as const;
/** Nothing begins in such a rollout any more. */
export const AT_REST: readonly (typeof ROLLOUT_STATUSES)[number][] = ['Completed', 'CompletedWithFailures', 'Aborted'];
export const WAVE_STATUSES = [
  'Pending',
  'Open',
  'Soaking',
  'Completed',
  'CompletedWithFailures',
  'Halted',
  'Undecided',
  'Skipped',
] as const;
export const MEMBER_STATUSES = [
  'Pending',
  'Running',
  'Parked',
  'Succeeded',
  'Failed',
  'Blocked',
  'Excluded',
  'Quarantined',
  /** A later plan has it in another wave or in none. It is no member any more and counts nowhere, but no item is ever deleted. */
  'Left',
] as const;

/** Plans of a rollout are numbered; absent = the first. */
const planNumber = z.number().int().nonnegative();

export const rollout = z.object({
  id: z.string(),
  policy: z.string(),
  /** Hash of the policy's spec when the rollout was created. */
  policyRevision: z.string(),
  /** A person asked that it includes clusters whose nodes or add-ons are behind, which its policy only proposes. */
  finish: z.literal(true).optional(),
  /** None of its clusters changes its minor: only images, nodes and add-ons are brought up to date. */
  withinMinor: z.literal(true).optional(),
  /** The newest target of any member. Members in other Regions may have an older one. */
  target: z.string(),
  status: z.enum(ROLLOUT_STATUSES),
  /** Where the policy wants four eyes, this person may not approve. */
  createdBy: z.string(),
  createdAt: timestamp,
  waves: z.array(z.string()),
  reasons: z.array(reasonSchema),
  endedAt: timestamp.optional(),
  /** Its waves have passed, and since then nothing of it goes on before a person acts (core/rollout/waits-for-rest.ts). */
  waitsSince: timestamp.optional(),
  /** Traits that a person has cleared of suspicion. Clusters with them are not set aside for them any more. */
  releasedTraits: z.array(z.string()).optional(),
  /** What rollouts of the policy have shown of the minors to which this one takes clusters (core/rollout/earlier-rollouts.ts). */
  carried: z
    .array(
      z.object({
        minor: z.string(),
        /** How many clusters were taken back from there, and how many were brought there. */
        failures: z.number().int().positive(),
        successes: z.number().int().nonnegative(),
        /** What all of the first have, and none of those that were brought there or beyond; empty once all of it was cleared. */
        traits: z.array(z.string()),
        /** The rollouts in which clusters went back. */
        rollouts: z.array(z.string()),
      }),
    )
    .optional(),
  conditions: z.array(conditionState).optional(),
  /** The number of its plan in force. */
  plan: planNumber.optional(),
  /**
   * The plan has just come into force, and its members follow: those staged under this hash (core/rollout/apply-replan.ts). While it is set no wave
   * opens, and nobody takes a member out.
   */
  following: z.string().optional(),
});
export type Rollout = z.infer<typeof rollout>;

const counts = z.record(z.string(), z.number().int().nonnegative());
const traitCounts = { failed: counts, succeeded: counts, withoutCause: z.number().int().optional() };

/** The transaction that changes a member also changes these counters. */
export const wave = z.object({
  rolloutId: z.string(),
  index: z.number().int().nonnegative(),
  name: z.string(),
  status: z.enum(WAVE_STATUSES),
  members: z.number().int().nonnegative(),
  /** Members that needed work at the start, without excluded ones. Percentages refer to them. */
  needWork: z.number().int().nonnegative(),
  maxConcurrency: z.number().int().positive(),
  maxFailures: z.number().int().nonnegative(),
  /** Grants, and members that were changed and have not settled. */
  inFlight: z.number().int().nonnegative(),
  succeeded: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  blocked: z.number().int().nonnegative(),
  excluded: z.number().int().nonnegative(),
  quarantined: z.number().int().nonnegative(),
  /** Excluded members that were held or could not be read when it was planned. They still need work. */
  owed: z.number().int().positive().optional(),
  /** Failed members of waves that were given up. They use up the budget, and do not count when this wave is judged. */
  strays: z.number().int().nonnegative().optional(),
  /** How many clusters go first, one after the other. */
  canaries: z.number().int().nonnegative().optional(),
  /** Clusters in flight count as failures that may still come (semantics.md, Failure budget). */
  countInFlight: z.boolean().optional(),
  /** Failures that a person has accepted (`resume --accept-failures`). The budget is at least this large. */
  acceptedFailures: z.number().int().nonnegative().optional(),
  /** Findings in the latest scans that block its clusters, when the plan was made; absent where one was not scanned since a restore. */
  blockingFindings: z.number().int().nonnegative().optional(),
  /** The hash to which approvals bind (rollouts.md, Approvals). It is frozen when the wave opens. */
  planHash: z.string().optional(),
  /** The number of the plan with that hash. */
  plan: planNumber.optional(),
  /** The people whose policy and Channel the plan was made from, since the wave opened. */
  planAuthors: z.array(z.string()).optional(),
  approvals: z.array(approvalRecord).optional(),
  breakGlass: breakGlass.optional(),
  gates: gateState.optional(),
  /** Answers of hooks that are asked before it opens, and after it where it is the last, by hook, time and wave; `grantNumber` is the number of the plan. */
  hooks: z.record(z.string(), hookState).optional(),
  /** The assumed duration of one hop in seconds, which must fit into a window. */
  estimateSeconds: z.number().positive().optional(),
  /** Its calendars as the policy last named them. They hold for members that the policy has no wave for any more. */
  calendars: z.array(z.string()).optional(),
  /** How long upgrades of this wave took in seconds, the newest last. Estimates are learned from them. */
  durations: z.array(z.number().nonnegative()).optional(),
  /**
   * How many clusters with each trait failed and succeeded, for failure fingerprints. `withoutCause`: clusters that failed for a cause which says
   * nothing about the cluster, or before they were granted. `within`: the same for clusters that stay at their minor, with their numbers, since their
   * traits explain no hop.
   */
  traits: z
    .object({
      ...traitCounts,
      within: z.object({ ...traitCounts, failures: z.number().int(), successes: z.number().int() }).optional(),
    })
    .optional(),
  /** Its clusters whose rollback Liftlock has begun by itself, each once; a retry and a rollback that was given up remove theirs. */
  automaticRollbacks: z.array(z.string()).optional(),
  /** The key of the one of them whose turn it is. */
  rollingBack: z.string().optional(),
  /** Keys of its clusters whose rollback was asked for and has not ended, or has failed half-way. Nothing begins after the wave. */
  goingBack: z.array(z.string()).optional(),
  /** The person who skipped its soak (`promote`). */
  promotedBy: z.string().optional(),
  conditions: z.array(conditionState).optional(),
  openedAt: timestamp.optional(),
  /** When its first cluster was granted. From then on approvals do not expire. */
  startedAt: timestamp.optional(),
  lastSuccessAt: timestamp.optional(),
  endedAt: timestamp.optional(),
  reasons: z.array(reasonSchema),
});
export type Wave = z.infer<typeof wave>;

export const member = z.object({
  rolloutId: z.string(),
  waveIndex: z.number().int().nonnegative(),
  clusterKey: z.string(),
  name: z.string(),
  from: z.string(),
  to: z.string(),
  /** For a member with images that are behind: the release for each of these node groups. */
  releases: z.record(z.string(), z.string()).optional(),
  /** Likewise the version for each of these add-ons. */
  addons: z.record(z.string(), z.string()).optional(),
  status: z.enum(MEMBER_STATUSES),
  /** Whether it takes one of the wave's places. */
  inFlight: z.boolean(),
  upgradeId: z.string().optional(),
  reasons: z.array(reasonSchema),
  resumeAt: timestamp.optional(),
  /** Its traits when it was last granted (core/policy/traits.ts). */
  traits: z.array(z.string()).optional(),
  /** The minor at which its first hop here began, once that has succeeded. */
  origin: z.string().optional(),
  /** A retry has taken its failure back. It counts as failed again unless it is tried to its end. */
  failedBefore: z.literal(true).optional(),
  /** That failure was that its cluster was taken back. It stays known until the cluster gets to where it was taken back from. */
  wentBackBefore: z.literal(true).optional(),
  /** Its own wave was given up and its failure counts here. It proves nothing for this wave, and does not begin again in this rollout. */
  isStray: z.literal(true).optional(),
  /** When it was last granted. The duration of upgrades is learned from it. */
  grantedAt: timestamp.optional(),
  /** Its place in the order of the wave. */
  position: z.number().int().positive(),
  /** The number of the plan that put it there. */
  plan: planNumber.optional(),
});
export type Member = z.infer<typeof member>;

/** A member according to a plan. It counts when a rollout follows the plan with that hash. */
export const stagedMember = z.object({
  /** Hash of all members of the plan. */
  planHash: z.string(),
  member,
  /** Revision of the member's item when it was staged; 0 = there was no item. */
  revision: z.number().int().nonnegative(),
});
export type StagedMember = z.infer<typeof stagedMember>;

/** How many seconds one hop of one cluster takes, learned from `count` hops that succeeded. */
export const learnedDurations = z.object({
  count: z.number().int().nonnegative(),
  p50: z.number().nonnegative(),
  p90: z.number().nonnegative(),
  /** Share of judged upgrades that failed, 0 to 1. */
  failureRate: z.number().min(0).max(1),
});
export type LearnedDurations = z.infer<typeof learnedDurations>;

/** The reconciler's state. It is in the sparse index until all is at rest and nothing is new, so that an idle tick is one empty query. */
export const reconcileMarker = z.object({
  /** Set by functions that record something new (versions, inventory, config); cleared when a full look begins. */
  dirtySince: timestamp.optional(),
  /** When a full look began that has not ended. It is made again. */
  lookBegunAt: timestamp.optional(),
  lastFullAt: timestamp.optional(),
  /** The last full look found nothing in motion, and put nothing in motion. */
  atRest: z.literal(true).optional(),
  /** Earlier releases keep the item `LearnedDurations` here. */
  learned: learnedDurations.optional(),
});
export type ReconcileMarker = z.infer<typeof reconcileMarker>;

/** The stop switch of the whole fleet (`liftlock fleet stop`), and who used it. */
export const fleetControl = fleetStop.extend({
  stopped: z.boolean(),
  /** Later stops beside the first one, in their order. One resume lifts all of them. */
  beside: z.array(fleetStop).optional(),
});
export type FleetControl = z.infer<typeof fleetControl>;

/** The newest rollout of a policy, which has one at a time. */
export const policyRollout = z.object({ policy: z.string(), rolloutId: z.string() });

/** A config object as it was applied: its parsed document, the document's hash, and who applied it. */
export const appliedConfig = z.object({
  kind: z.enum(['Fleet', 'UpgradePolicy', 'Calendar', 'Channel', 'ScanWaiver']),
  name: z.string(),
  document: z.record(z.string(), z.unknown()),
  revision: z.string(),
  appliedBy: z.string(),
  appliedAt: timestamp,
  /** For a policy: who last changed what approvals agree to, where that is somebody else (rollouts.md, Approvals). */
  authoredBy: z.string().optional(),
  /** For a Fleet: its organization, once discovery has listed it. */
  listedOrganization: z.string().optional(),
  /** Somebody has removed it from the configuration. It is not in force any more, whatever `document` says. */
  deleted: z
    .object({
      by: z.string(),
      at: timestamp,
      reason: z.string(),
      /** Of a policy: whom it selected, so that these clusters can be told what has become of it. */
      selector: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
});
export type AppliedConfig = z.infer<typeof appliedConfig>;
