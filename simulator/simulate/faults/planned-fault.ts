import { z } from 'zod';
import { FUNCTION_NAMES } from '../../../core/contracts/names.ts';
import { OPERATIONS } from '../../faults/fault.ts';
import { HUB_OPERATIONS, TRANSACTION_ANSWERS } from './hub-operations.ts';

const minute = z.number().int().nonnegative().describe('Minutes after the beginning of the run.');
const count = z.number().int().nonnegative();
const cluster = z.string().describe('The name of a cluster.');
const part = z.enum(['control-plane', 'node-group', 'addon']);

/** What a person does to what runs. `withdraw` takes an approval back from a wave under way. */
export const PEOPLE_DO = [
  'pause',
  'stop-fleet',
  'abort',
  'retry',
  'resume',
  'accept-failures',
  'promote',
  'skip',
  'release',
  'release-traits',
  'withdraw',
  'stop-execution',
  'start-by-hand',
  'start-another',
  'start-in-bake',
  'break-glass',
  'roll-back',
  'revert',
] as const;

export const CALENDAR_CHANGES = ['freeze', 'shift', 'always-open', 'zone'] as const;
/** Tags by which a cluster steers Liftlock, under the prefix of every synthetic fleet. */
export const TAGS = ['paused', 'pin-version', 'wave', 'calendar'] as const;
export const POLICY_CHANGES = [
  'rename-wave',
  'remove-wave',
  'swap-waves',
  'ask-approval',
  'soak',
  'no-soak',
  'bake',
  'watch',
  'gate',
  'calendar',
] as const;

/**
 * Something that goes wrong in a run, as plain data: a run is its fleet, its seed and its list of these. Those with `skip` strike the
 * matching operation after so many others of its kind, those with `minute` at that time.
 */
export const plannedFault = z.discriminatedUnion('kind', [
  /** Between two effects of a function. `stale` answers DescribeExecution as if the execution did not exist yet. */
  z.strictObject({
    kind: z.literal('effect'),
    when: z.enum(['before', 'after']),
    operation: z.enum(OPERATIONS),
    function: z.enum(FUNCTION_NAMES).optional(),
    skip: count,
    times: count,
    effect: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('crash') }),
      z.strictObject({ kind: z.literal('duplicate') }),
      z.strictObject({ kind: z.literal('stale') }),
      z.strictObject({ kind: z.literal('error'), name: z.string() }),
      z.strictObject({ kind: z.literal('hang'), seconds: count }),
    ]),
  }),
  /** A call to EKS, of any operation when none is named. */
  z.strictObject({
    kind: z.literal('call'),
    operation: z.string().optional(),
    skip: count,
    times: count,
    effect: z.enum(['throttled', 'server-error', 'answer-lost', 'answered-in-use', 'answered-invalid', 'delayed']),
  }),
  /** ListUpdates shows nothing that is younger, all through the run. */
  z.strictObject({ kind: z.literal('list-lag'), seconds: count }),
  /** EKS takes up to so long to refresh a cluster's insights, all through the run. */
  z.strictObject({ kind: z.literal('slow-insights'), seconds: count }),
  z.strictObject({ kind: z.literal('update-fails'), cluster, part }),
  z.strictObject({ kind: z.literal('update-hangs'), cluster, part, hours: count }),
  /** Somebody else updates a cluster, without a word. */
  z.strictObject({ kind: z.literal('foreign-update'), minute, cluster, part }),
  z.strictObject({ kind: z.literal('deleted'), minute, cluster, recreated: z.boolean() }),
  /** Every call to an account is denied for a while. */
  z.strictObject({ kind: z.literal('denied'), minute, account: z.string(), minutes: count }),
  /** What a look finds in the way of a cluster for a while: a budget that lets no pod of CoreDNS go, or insights that EKS cannot tell. */
  z.strictObject({ kind: z.literal('blocked'), minute, cluster, minutes: count, by: z.enum(['budget', 'insights']) }),
  /** A cluster's tag keeps Liftlock away for a while. */
  z.strictObject({ kind: z.literal('excluded'), minute, cluster, minutes: count }),
  /** A tag of a cluster is set, and after half of the time changed or taken off; then all is as it was. Unseen, the inventory learns of it late. */
  z.strictObject({
    kind: z.literal('tag'),
    minute,
    minutes: count,
    cluster,
    tag: z.enum(TAGS),
    value: z.string(),
    /** What it says in the second half; absent = it is taken off. */
    changed: z.string().optional(),
    seen: z.boolean(),
  }),
  /** Somebody deletes the node group whose next roll has begun so many minutes before, and creates another one of its name. */
  z.strictObject({ kind: z.literal('node-group-deleted'), cluster, minutes: count, recreated: z.boolean() }),
  /** A function of the hub is denied one of its own operations for a while; every function, when none is named. */
  z.strictObject({
    kind: z.literal('hub-denied'),
    minute,
    minutes: count,
    operation: z.enum(HUB_OPERATIONS),
    function: z.enum(FUNCTION_NAMES).optional(),
  }),
  /** Transactions are refused for a while, or are written and the answer says that they are in progress. */
  z.strictObject({
    kind: z.literal('transactions'),
    minute,
    minutes: count,
    answer: z.enum(TRANSACTION_ANSWERS),
    function: z.enum(FUNCTION_NAMES).optional(),
    /** Those alone that write an item of this kind. */
    entity: z.string().optional(),
  }),
  /** The history of the execution that was granted last, or of one nested in it, is full. */
  z.strictObject({ kind: z.literal('history-limit'), minute, nested: z.boolean() }),
  /**
   * Somebody redrives the first execution of an upgrade, or nested in one, that ends without success from `minute` on, so many minutes after
   * it has ended. With `stops` they stop the newest themselves at that minute, since few end so on their own.
   */
  z.strictObject({
    kind: z.literal('redriven'),
    minute,
    minutes: count,
    nested: z.boolean(),
    stops: z.boolean(),
  }),
  /** What a person does; a pause and a stop are taken back after `minutes`. */
  z.strictObject({
    kind: z.literal('person'),
    minute,
    does: z.enum(PEOPLE_DO),
    minutes: count,
  }),
  /** How people answer when a wave of that name asks for approval. */
  z.strictObject({ kind: z.literal('approvals'), wave: z.string(), answer: z.enum(['rejected', 'never']) }),
  /** What a gate shows for a while, instead of green. */
  z.strictObject({
    kind: z.literal('gate'),
    minute,
    minutes: count,
    gate: z.string(),
    status: z.enum(['red', 'unknown']),
  }),
  /** A calendar is applied with a freeze from now on, with other windows, or in another zone. */
  z.strictObject({
    kind: z.literal('calendar'),
    minute,
    calendar: z.string(),
    change: z.enum(CALENDAR_CHANGES),
    minutes: count,
  }),
  /** A policy is applied with another plan. */
  z.strictObject({
    kind: z.literal('policy'),
    minute,
    policy: z.string(),
    change: z.enum(POLICY_CHANGES),
    wave: z.string(),
  }),
  /**
   * Right before a grant or a commit is written that is decided already, the one after `skip` others, the policy of its cluster is applied
   * with another plan for the cluster's wave.
   */
  z.strictObject({
    kind: z.literal('policy-meanwhile'),
    operation: z.enum(['grant', 'commit']),
    skip: count,
    change: z.enum(POLICY_CHANGES),
  }),
  /** The config is applied with other numbers. */
  z.strictObject({
    kind: z.literal('config'),
    minute,
    total: z.number().int().positive().optional(),
    maxConcurrency: z.number().int().positive().optional(),
    maxFailures: count.optional(),
    /** The fleet only looks for so long. */
    observeMinutes: count.optional(),
  }),
  /** A Fleet, or the policy of that name, is in force for a while that only a later release can read. */
  z.strictObject({ kind: z.literal('newer-config'), minute, minutes: count, policy: z.string().optional() }),
  z.strictObject({ kind: z.literal('deployment'), minute }),
  /**
   * From a minor on pods of a Deployment of the cluster crash on nodes of it, or its service and its API server fail many times as many requests as
   * before, and each test of the team.
   */
  z.strictObject({
    kind: z.literal('regression'),
    cluster,
    from: z.string(),
    of: z.enum(['pods', 'rates']).optional(),
  }),
  /** The table as it was `back` minutes before, brought up to date from the audit as docs/runbook.md says. */
  z.strictObject({
    kind: z.literal('restored'),
    minute,
    back: count,
    /** Again, so many minutes after the one before was over, to so many minutes before that: also to what that one had given up. */
    again: z
      .array(z.strictObject({ after: count, back: count }))
      .max(2)
      .optional(),
  }),
  /** A function's clock is wrong all the time. */
  z.strictObject({ kind: z.literal('clock'), function: z.enum(FUNCTION_NAMES), seconds: z.number().int() }),
  /** What EventBridge does with events for a while; messages of a queue are never lost. */
  z.strictObject({ kind: z.literal('events'), minute, minutes: count, fate: z.enum(['lost', 'late', 'twice']) }),
  /** The sparse index lags behind for a while. */
  z.strictObject({ kind: z.literal('stale-index'), minute, minutes: count, seconds: count }),
]);
export type PlannedFault = z.infer<typeof plannedFault>;
export type FaultOf<Kind extends PlannedFault['kind']> = Extract<PlannedFault, { kind: Kind }>;

export const FAULT_LEVELS = ['none', 'light', 'heavy'] as const;
export type FaultLevel = (typeof FAULT_LEVELS)[number];

/** Those of one kind, in their order. */
export function faultsOf<Kind extends PlannedFault['kind']>(
  faults: readonly PlannedFault[],
  kind: Kind,
): readonly FaultOf<Kind>[] {
  return faults.filter((fault): fault is FaultOf<Kind> => fault.kind === kind);
}
