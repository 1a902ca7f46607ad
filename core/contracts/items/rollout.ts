import { z } from 'zod';
import { reasonSchema, timestamp } from './common.ts';

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
] as const;

export const rollout = z.object({
  id: z.string(),
  policy: z.string(),
  /** Hash of the policy's spec when the rollout was created. */
  policyRevision: z.string(),
  /** Newest target of any member; members in other Regions may have an older one. */
  target: z.string(),
  status: z.enum(ROLLOUT_STATUSES),
  /** Who may not act: changed only by people (pause, abort). Part of every commit's check. */
  createdBy: z.string(),
  createdAt: timestamp,
  waves: z.array(z.string()),
  reasons: z.array(reasonSchema),
  endedAt: timestamp.optional(),
});
export type Rollout = z.infer<typeof rollout>;

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
  openedAt: timestamp.optional(),
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
  status: z.enum(MEMBER_STATUSES),
  /** Whether it holds one of the wave's places. */
  inFlight: z.boolean(),
  upgradeId: z.string().optional(),
  reasons: z.array(reasonSchema),
  resumeAt: timestamp.optional(),
  /** Capped keys are computed when it is granted, from the labels of that moment. */
  position: z.number().int().positive(),
});
export type Member = z.infer<typeof member>;

/** Where the reconciler left off; always in the sparse index, so that an idle tick is one query. */
export const reconcileMarker = z.object({
  /** Set by whoever learns something new (versions, inventory, config); cleared by a full look. */
  dirtySince: timestamp.optional(),
  lastFullAt: timestamp.optional(),
});
export type ReconcileMarker = z.infer<typeof reconcileMarker>;

/** The switch over the whole fleet (`liftlock fleet stop`). */
export const fleetControl = z.object({
  stopped: z.boolean(),
  by: z.string().optional(),
  at: timestamp.optional(),
  reason: z.string().optional(),
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
});
export type AppliedConfig = z.infer<typeof appliedConfig>;
