import { z } from 'zod';
import { READINESS_VERDICTS } from '../scan-words.ts';
import { breakGlass } from './break-glass.ts';
import { conditionState, reasonSchema, timestamp } from './common.ts';
import { fleetStop } from './fleet-stop.ts';
import { gateState } from './gate.ts';

/** What a person (or `liftlock`, by a rule) said of a wave. The last word of each principal counts. */
const approvalRecord = z.object({
  decision: z.enum(['Approved', 'Rejected']),
  /** Role ARN without session, a person's Identity Center name, or `liftlock`. */
  principal: z.string(),
  at: timestamp,
  /** The wave's plan hash that it was said of; another hash voids it. */
  planHash: z.string(),
  /** The plan has changed since, so that it does not count any more, also when a later plan is the same again. */
  isVoid: z.literal(true).optional(),
  /** How many clusters that plan upgrades in the wave; absent in words of the version before. */
  clusters: z.number().int().nonnegative().optional(),
  /** How many of them were ready, blocked and so on when it was said; which, the audit tells (`WaveShown`). Absent in words of rules. */
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
  /** A plan that came later has it in another wave or in none: no member any more, and counted nowhere. Nothing is ever deleted. */
  'Left',
] as const;

/** Plans of a rollout have numbers; absent = the first. */
const planNumber = z.number().int().nonnegative();

export const rollout = z.object({
  id: z.string(),
  policy: z.string(),
  /** Hash of the policy's spec when the rollout was created. */
  policyRevision: z.string(),
  /** A person asked for it to take in clusters whose nodes or add-ons are behind, which its policy only proposes. */
  finish: z.literal(true).optional(),
  /** Newest target of any member; members in other Regions may have an older one. */
  target: z.string(),
  status: z.enum(ROLLOUT_STATUSES),
  /** Who may not act: changed only by people (pause, abort). Part of every commit's check. */
  createdBy: z.string(),
  createdAt: timestamp,
  waves: z.array(z.string()),
  reasons: z.array(reasonSchema),
  endedAt: timestamp.optional(),
  /** Traits that a person has cleared of suspicion: clusters that have them are not set aside for them any more. */
  releasedTraits: z.array(z.string()).optional(),
  conditions: z.array(conditionState).optional(),
  /** Which of its plans is in force. */
  plan: planNumber.optional(),
  /**
   * The plan has just come into force, and its members follow: those staged under this hash (core/rollout/apply-replan.ts). While it is set
   * no wave opens, and nobody takes a member out.
   */
  following: z.string().optional(),
});
export type Rollout = z.infer<typeof rollout>;

const counts = z.record(z.string(), z.number().int().nonnegative());

/** Counters are changed by the same transaction that changes the member. */
export const wave = z.object({
  rolloutId: z.string(),
  index: z.number().int().nonnegative(),
  name: z.string(),
  status: z.enum(WAVE_STATUSES),
  members: z.number().int().nonnegative(),
  /** Members that needed work at the start, excluded ones left out: what percentages are of. */
  needWork: z.number().int().nonnegative(),
  maxConcurrency: z.number().int().positive(),
  maxFailures: z.number().int().nonnegative(),
  /** Grants, and members that were mutated and have not settled. */
  inFlight: z.number().int().nonnegative(),
  succeeded: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  blocked: z.number().int().nonnegative(),
  excluded: z.number().int().nonnegative(),
  quarantined: z.number().int().nonnegative(),
  /** Of the excluded ones those that were held or could not be read when it was planned: they need work all the same. */
  owed: z.number().int().positive().optional(),
  /** Of the failed ones those of waves that were given up: they use the budget up, and none of this wave is judged by them. */
  strays: z.number().int().nonnegative().optional(),
  /** Clusters that go first, one after the other. */
  canaries: z.number().int().nonnegative().optional(),
  /** What is in flight counts as failures that may still come (semantics.md, Failure budget). */
  countInFlight: z.boolean().optional(),
  /** Failures that a person has accepted (`resume --accept-failures`): the budget is at least so large. */
  acceptedFailures: z.number().int().nonnegative().optional(),
  /** Findings that would block clusters of the wave, in their latest scans, when the plan was made; absent where one was not scanned since a restore. */
  blockingFindings: z.number().int().nonnegative().optional(),
  /** What approvals bind to (semantics.md, Approval); frozen when the wave opens. */
  planHash: z.string().optional(),
  /** The plan of which that is the hash. */
  plan: planNumber.optional(),
  approvals: z.array(approvalRecord).optional(),
  breakGlass: breakGlass.optional(),
  gates: gateState.optional(),
  /** What hooks have said that are asked before it opens, by hook, time and wave; `grantNumber` is the number of the plan. */
  hooks: z.record(z.string(), hookState).optional(),
  /** Seconds that one hop is taken to last: what must fit into a window. */
  estimateSeconds: z.number().positive().optional(),
  /** Its calendars as the policy named them last: by them goes on what the policy has no wave for any more. */
  calendars: z.array(z.string()).optional(),
  /** Seconds that upgrades of this wave have lasted, the newest last: what estimates are learned from. */
  durations: z.array(z.number().nonnegative()).optional(),
  /**
   * How many clusters with each trait failed and succeeded: what a failure fingerprint is made of. `withoutCause`: those that failed by what says nothing of
   * the cluster, or before it was granted.
   */
  traits: z.object({ failed: counts, succeeded: counts, withoutCause: z.number().int().optional() }).optional(),
  /** Keys of its clusters whose rollback Liftlock has begun by itself, none twice: a retry and a rollback that was given up take theirs off. */
  automaticRollbacks: z.array(z.string()).optional(),
  /** The key of the one of them that has its turn. */
  rollingBack: z.string().optional(),
  /** Keys of its clusters whose rollback is asked for and has not ended, or has failed half-way: nothing begins after the wave. */
  goingBack: z.array(z.string()).optional(),
  /** A person skipped its soak (`promote`). */
  promotedBy: z.string().optional(),
  conditions: z.array(conditionState).optional(),
  openedAt: timestamp.optional(),
  /** When its first cluster was granted: from then on approvals do not expire. */
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
  /** Of one whose images are behind: the release that each of these node groups goes to. */
  releases: z.record(z.string(), z.string()).optional(),
  /** Likewise the version that each of these add-ons goes to. */
  addons: z.record(z.string(), z.string()).optional(),
  status: z.enum(MEMBER_STATUSES),
  /** Whether it holds one of the wave's places. */
  inFlight: z.boolean(),
  upgradeId: z.string().optional(),
  reasons: z.array(reasonSchema),
  resumeAt: timestamp.optional(),
  /** What it had that others may lack, when it was granted last (core/policy/traits.ts). */
  traits: z.array(z.string()).optional(),
  /** A retry took its failure back: unless it is tried to its end, it counts as failed again. */
  failedBefore: z.literal(true).optional(),
  /** Its own wave was given up and its failure counts here: it proves nothing for this wave, and begins no more in this rollout. */
  isStray: z.literal(true).optional(),
  /** When its last grant was given: how long the upgrade took is learned from it. */
  grantedAt: timestamp.optional(),
  /** Capped keys are computed when it is granted, from the labels of that moment. */
  position: z.number().int().positive(),
  /** The plan that put it where it is. */
  plan: planNumber.optional(),
});
export type Member = z.infer<typeof member>;

/** What a plan makes of a member; it counts when a rollout follows the plan of that hash. */
export const stagedMember = z.object({
  /** Hash of all that the plan makes of members. */
  planHash: z.string(),
  member,
  /** Revision of the member's item when it was staged; 0 = there was none. */
  revision: z.number().int().nonnegative(),
});
export type StagedMember = z.infer<typeof stagedMember>;

/** Seconds that one hop of one cluster takes, learned from so many that have succeeded. */
export const learnedDurations = z.object({
  count: z.number().int().nonnegative(),
  p50: z.number().nonnegative(),
  p90: z.number().nonnegative(),
  /** Share of judged upgrades that failed, 0 to 1. */
  failureRate: z.number().min(0).max(1),
});
export type LearnedDurations = z.infer<typeof learnedDurations>;

/** Where the reconciler left off; in the sparse index until all is at rest and nothing is new, so that an idle tick is one query of nothing. */
export const reconcileMarker = z.object({
  /** Set by whoever learns something new (versions, inventory, config); cleared where a full look begins. */
  dirtySince: timestamp.optional(),
  /** A full look that has not come to its end, and is made again. */
  lookBegunAt: timestamp.optional(),
  lastFullAt: timestamp.optional(),
  /** The last full look found nothing in motion, and put nothing in motion. */
  atRest: z.literal(true).optional(),
  /** Where the version before keeps what is an item of its own now (`LearnedDurations`). */
  learned: learnedDurations.optional(),
});
export type ReconcileMarker = z.infer<typeof reconcileMarker>;

/** The switch over the whole fleet (`liftlock fleet stop`): who turned it. */
export const fleetControl = fleetStop.extend({
  stopped: z.boolean(),
  /** Who has stopped it as well since, the first one first. One resume lifts them all. */
  beside: z.array(fleetStop).optional(),
});
export type FleetControl = z.infer<typeof fleetControl>;

/** The newest rollout of a policy: there is one at a time. */
export const policyRollout = z.object({ policy: z.string(), rolloutId: z.string() });

/** A config object as applied: parsed spec, its hash, and who applied it. */
export const appliedConfig = z.object({
  kind: z.enum(['Fleet', 'UpgradePolicy', 'Calendar', 'Channel', 'ScanWaiver']),
  name: z.string(),
  document: z.record(z.string(), z.unknown()),
  revision: z.string(),
  appliedBy: z.string(),
  appliedAt: timestamp,
  /** Of a policy: who last changed what approvals agree to, where that is somebody else (semantics.md, Approval). */
  authoredBy: z.string().optional(),
  /** Of a Fleet: its organization, once discovery has listed it. */
  listedOrganization: z.string().optional(),
  /** Somebody has taken it out of the configuration: it is in force no more, whatever `document` says. */
  deleted: z.object({ by: z.string(), at: timestamp, reason: z.string() }).optional(),
});
export type AppliedConfig = z.infer<typeof appliedConfig>;
