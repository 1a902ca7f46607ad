import { z } from 'zod';
import { reasonSchema } from './items/common.ts';
import { fleetStop } from './items/fleet-stop.ts';
import { ownerNews } from './items/owner-news.ts';

const cluster = { clusterKey: z.string(), cluster: z.string(), account: z.string(), region: z.string() };
/** The change that the event announces, as its record in the audit: subject and number. */
const change = { change: z.string().optional() };

const detail = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.object({ version: z.literal(1), ...shape });

/**
 * Every event on Liftlock's bus: `detail-type` → `detail`. `version` is the contract of the detail; new members are optional and do not raise it.
 * Whoever made a change publishes its event once, after the change; EventBridge may deliver it twice, with the same `change`. A new event needs an
 * example in event-examples.ts and texts for people in core/notices, and `npm run e2e:cloud -- --record` writes down that it is sent.
 */
export const EVENT_DETAILS = {
  VersionAvailable: detail({ region: z.string(), kubernetesVersion: z.string() }),
  SupportDeadlineApproaching: detail({
    ...cluster,
    kubernetesVersion: z.string(),
    support: z.enum(['standard', 'extended']),
    endsAt: z.string(),
    daysLeft: z.number(),
    /** From `endsAt` on EKS may move the control plane by force at any time. */
    forced: z.boolean().optional(),
  }),
  PlannedChangeApproaching: detail({
    ...cluster,
    code: z.string(),
    /** ARN of the event of AWS Health. */
    event: z.string(),
    startsAt: z.string(),
    daysLeft: z.number(),
  }),
  RollbackDeadlineApproaching: detail({
    ...cluster,
    kubernetesVersion: z.string(),
    /** The minor that EKS would take the control plane back to. */
    to: z.string(),
    endsAt: z.string(),
    /** Whole hours, rounded down, so at least that many are left. */
    hoursLeft: z.number(),
    /** What a person has to do before EKS takes it back. */
    reasons: z.array(reasonSchema),
  }),
  ReadinessChanged: detail({
    ...cluster,
    /** The next minor, to which the verdict applies. */
    target: z.string(),
    verdict: z.enum(['ready', 'blocked']),
    scannedAt: z.string(),
    /** What is in the way, with its owner and what ends it. */
    reasons: z.array(reasonSchema),
  }),
  OwnerNews: detail({
    /** The owner of the clusters or findings, as labels name it; null = they name nobody. */
    owner: z.string().nullable(),
    /** The same news has the same reference. */
    reference: z.string(),
    news: z.array(ownerNews),
    /** How much more there is of each kind, where there is more than one event has room for. */
    more: z.partialRecord(ownerNews.shape.what, z.number().int()).optional(),
    /** The owner's own address, to which the news was sent; absent = it went to the hub's topic only. */
    sentTo: z.string().optional(),
    /** Why the news did not reach the owner's own address. */
    refused: z.string().optional(),
  }),
  RolloutChanged: detail({
    ...change,
    rolloutId: z.string(),
    status: z.string(),
    /** Absent = the event is about its status. */
    about: z.enum(['plan', 'rest', 'traits']).optional(),
    reasons: z.array(reasonSchema),
  }),
  WaveChanged: detail({
    ...change,
    rolloutId: z.string(),
    wave: z.string(),
    status: z.string(),
    /** Absent = the event is about its status. */
    about: z.enum(['approval', 'gates', 'limits', 'promotion']).optional(),
    reasons: z.array(reasonSchema),
  }),
  MemberChanged: detail({
    ...change,
    ...cluster,
    rolloutId: z.string(),
    wave: z.string(),
    status: z.string(),
    reasons: z.array(reasonSchema),
  }),
  UpgradeChanged: detail({
    ...change,
    ...cluster,
    upgradeId: z.string(),
    /** Absent for an upgrade that a person has started. */
    rolloutId: z.string().optional(),
    /** The node group of a drain. */
    nodegroup: z.string().optional(),
    from: z.string(),
    to: z.string(),
    status: z.string(),
    reasons: z.array(reasonSchema),
  }),
  StepChanged: detail({
    ...cluster,
    upgradeId: z.string(),
    step: z.string(),
    status: z.string(),
    reasons: z.array(reasonSchema),
  }),
  DrainBlocked: detail({
    ...cluster,
    upgradeId: z.string(),
    nodegroup: z.string(),
    /** The pods in the way, each with its node, owner, since when, and what helps. */
    reasons: z.array(reasonSchema),
  }),
  ClusterHeld: detail({ ...change, ...cluster, reasons: z.array(reasonSchema) }),
  BreakGlassChanged: detail({
    ...change,
    of: z.string(),
    status: z.enum(['Opened', 'Requested', 'Ended']),
    by: z.string(),
    reason: z.string(),
    /** What this person added to a reason that was given before, by them or by somebody else. */
    comment: z.string().optional(),
    until: z.string().optional(),
  }),
  /** Somebody has removed an object from the configuration (`liftlock delete`). */
  ConfigDeleted: detail({ ...change, kind: z.string(), name: z.string(), by: z.string(), reason: z.string() }),
  FleetStopped: detail({
    ...change,
    by: z.string(),
    reason: z.string(),
    /** The stop that was in force already and stays in force. */
    first: fleetStop.optional(),
  }),
  FleetResumed: detail({
    ...change,
    by: z.string(),
    /** The stops that it lifts, the first one first. */
    lifted: z.array(fleetStop).optional(),
  }),
} as const;
export type EventType = keyof typeof EVENT_DETAILS;
export type LiftlockEvent = {
  [Type in EventType]: { readonly type: Type; readonly detail: z.infer<(typeof EVENT_DETAILS)[Type]> };
}[EventType];
