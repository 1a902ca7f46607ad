import { z } from 'zod';
import { FUNCTION_NAMES } from '../../../core/contracts/names.ts';
import { OPERATIONS } from '../../faults/fault.ts';
import { HUB_OPERATIONS, TRANSACTION_ANSWERS } from './hub-operations.ts';

const minute = z.number().int().nonnegative().describe('Minutes after the beginning of the run.');
const count = z.number().int().nonnegative();
const cluster = z.string().describe('The name of a cluster.');
const part = z.enum(['control-plane', 'node-group', 'addon']);

/** The actions of a person during a run. `withdraw` withdraws an approval of a running wave. */
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
/** Tags by which a cluster controls Liftlock, under the prefix of every synthetic fleet. */
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
 * A fault in a run, as plain data: a run consists of its fleet, its seed and the list of its faults. A fault with `skip` hits the matching operation
 * after that many others, one with `minute` occurs at that time.
 */
export const plannedFault = z.discriminatedUnion('kind', [
  /** A fault between two effects of a function. `stale` answers DescribeExecution as if the execution did not exist yet. */
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
  /** A fault of a call to EKS, of any operation when none is named. */
  z.strictObject({
    kind: z.literal('call'),
    operation: z.string().optional(),
    skip: count,
    times: count,
    effect: z.enum(['throttled', 'server-error', 'answer-lost', 'answered-in-use', 'answered-invalid', 'delayed']),
  }),
  /** ListUpdates shows no younger update, all through the run. */
  z.strictObject({ kind: z.literal('list-lag'), seconds: count }),
  /** EKS takes up to this long to refresh a cluster's insights, all through the run. */
  z.strictObject({ kind: z.literal('slow-insights'), seconds: count }),
  z.strictObject({ kind: z.literal('update-fails'), cluster, part }),
  z.strictObject({ kind: z.literal('update-hangs'), cluster, part, hours: count }),
  /** Another actor updates a cluster without notice. */
  z.strictObject({ kind: z.literal('foreign-update'), minute, cluster, part }),
  z.strictObject({ kind: z.literal('deleted'), minute, cluster, recreated: z.boolean() }),
  /** A cluster appears that is like another one was when the run began: an account was opened to Liftlock, or somebody created it. */
  z.strictObject({ kind: z.literal('created'), minute, cluster }),
  /** Every call to an account is denied for a while. */
  z.strictObject({ kind: z.literal('denied'), minute, account: z.string(), minutes: count }),
  /** A scan finds an obstacle in a cluster for a while: a budget that allows no eviction of CoreDNS, or insights that are not available. */
  z.strictObject({ kind: z.literal('blocked'), minute, cluster, minutes: count, by: z.enum(['budget', 'insights']) }),
  /** A tag excludes a cluster from Liftlock for a while. */
  z.strictObject({ kind: z.literal('excluded'), minute, cluster, minutes: count }),
  /**
   * A tag of a cluster is set, and changed or removed after half of the time; then the old state returns. When it is not seen, the inventory learns
   * of it late.
   */
  z.strictObject({
    kind: z.literal('tag'),
    minute,
    minutes: count,
    cluster,
    tag: z.enum(TAGS),
    value: z.string(),
    /** The value in the second half; removed when absent. */
    changed: z.string().optional(),
    seen: z.boolean(),
  }),
  /** Another actor deletes the node group whose next update began this many minutes before, and may create another one with its name. */
  z.strictObject({ kind: z.literal('node-group-deleted'), cluster, minutes: count, recreated: z.boolean() }),
  /** A function of the hub is denied one of its own operations for a while; every function when none is named. */
  z.strictObject({
    kind: z.literal('hub-denied'),
    minute,
    minutes: count,
    operation: z.enum(HUB_OPERATIONS),
    function: z.enum(FUNCTION_NAMES).optional(),
  }),
  /** Transactions are refused for a while, or are written although the answer says that they are in progress. */
  z.strictObject({
    kind: z.literal('transactions'),
    minute,
    minutes: count,
    answer: z.enum(TRANSACTION_ANSWERS),
    function: z.enum(FUNCTION_NAMES).optional(),
    /** Only transactions that write an item of this kind. */
    entity: z.string().optional(),
  }),
  /** The history of the execution that was granted last, or of one nested in it, is full. */
  z.strictObject({ kind: z.literal('history-limit'), minute, nested: z.boolean() }),
  /**
   * A user redrives the first upgrade execution, or one nested in it, that ends without success from `minute` on, this many minutes after its end.
   * With `stops` the user also stops the newest one at that minute, since few end like that by themselves.
   */
  z.strictObject({
    kind: z.literal('redriven'),
    minute,
    minutes: count,
    nested: z.boolean(),
    stops: z.boolean(),
  }),
  /** A person's action; a pause and a stop are undone after `minutes`. */
  z.strictObject({
    kind: z.literal('person'),
    minute,
    does: z.enum(PEOPLE_DO),
    minutes: count,
  }),
  /** The answer of people when a wave of that name asks for approval. */
  z.strictObject({ kind: z.literal('approvals'), wave: z.string(), answer: z.enum(['rejected', 'never']) }),
  /** Somebody deals with rollouts that halt (simulator/simulate/people/on-call.ts). */
  z.strictObject({ kind: z.literal('on-call') }),
  /** The state of a gate for a while, instead of green. */
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
   * Right before a decided grant or commit is written, the one after `skip` others, the policy of its cluster is applied with another plan for the
   * cluster's wave.
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
    /** The fleet only observes for this long. */
    observeMinutes: count.optional(),
  }),
  /** For a while the Fleet in force, or the policy of that name, can only be read by a later release. */
  z.strictObject({ kind: z.literal('newer-config'), minute, minutes: count, policy: z.string().optional() }),
  z.strictObject({ kind: z.literal('deployment'), minute }),
  /**
   * From a minor on, pods of a Deployment crash on nodes of the cluster. Or its service and its API server fail many times as many requests as
   * before, and every test of the team fails.
   */
  z.strictObject({
    kind: z.literal('regression'),
    cluster,
    from: z.string(),
    of: z.enum(['pods', 'rates']).optional(),
  }),
  /** The table of `back` minutes before is restored, and brought up to date from the audit as docs/runbook.md says. */
  z.strictObject({
    kind: z.literal('restored'),
    minute,
    back: count,
    /** Further restores, this many minutes after the previous one ended, to this many minutes before it, so also to a state that it had dropped. */
    again: z
      .array(z.strictObject({ after: count, back: count }))
      .max(2)
      .optional(),
  }),
  /** A function's clock is always wrong. */
  z.strictObject({ kind: z.literal('clock'), function: z.enum(FUNCTION_NAMES), seconds: z.number().int() }),
  /** The fate of events in EventBridge for a while; messages of a queue are never lost. */
  z.strictObject({ kind: z.literal('events'), minute, minutes: count, fate: z.enum(['lost', 'late', 'twice']) }),
  /** The sparse index lags behind for a while. */
  z.strictObject({ kind: z.literal('stale-index'), minute, minutes: count, seconds: count }),
]);
export type PlannedFault = z.infer<typeof plannedFault>;
export type FaultOf<Kind extends PlannedFault['kind']> = Extract<PlannedFault, { kind: Kind }>;

export const FAULT_LEVELS = ['none', 'light', 'heavy'] as const;
export type FaultLevel = (typeof FAULT_LEVELS)[number];

/** The faults of one kind, in their order. */
export function faultsOf<Kind extends PlannedFault['kind']>(
  faults: readonly PlannedFault[],
  kind: Kind,
): readonly FaultOf<Kind>[] {
  return faults.filter((fault): fault is FaultOf<Kind> => fault.kind === kind);
}

/** Runs a function after this number of minutes. */
export type Later = (minutes: number, run: () => Promise<void>) => void;

const TRANSACTION_TEXT = {
  conflict: 'refused for a conflict',
  'in-progress': 'written, and answered as in progress',
  'too-large': 'refused, since an item is too large',
} as const;

const at = (minute: number): string => `minute ${minute}:`;
const within = (minute: number, minutes: number): string => `minute ${minute} to ${minute + minutes}:`;

/** One fault in words, for readers of a history. */
export function faultText(fault: PlannedFault): string {
  switch (fault.kind) {
    case 'effect': {
      const { when, operation, effect, skip, times } = fault;
      const where = fault.function === undefined ? '' : ` in ${fault.function}`;
      return `${effectText(effect)} ${when} ${operation}${where}, ${times} times after ${skip} others`;
    }
    case 'call':
      return `${fault.operation ?? 'calls to EKS'} ${fault.effect}, ${fault.times} times after ${fault.skip} others`;
    case 'list-lag':
      return `ListUpdates shows no update that is younger than ${fault.seconds} s`;
    case 'slow-insights':
      return `EKS takes up to ${fault.seconds} s to refresh the insights of a cluster`;
    case 'update-fails':
      return `the next update of the ${fault.part} of ${fault.cluster} fails`;
    case 'update-hangs':
      return `the next update of the ${fault.part} of ${fault.cluster} takes ${fault.hours} hours more`;
    case 'foreign-update':
      return `${at(fault.minute)} somebody else updates the ${fault.part} of ${fault.cluster}`;
    case 'deleted':
      return `${at(fault.minute)} ${fault.cluster} is deleted${fault.recreated ? ' and created anew' : ''}`;
    case 'denied':
      return `${within(fault.minute, fault.minutes)} the account ${fault.account} denies every call`;
    case 'blocked': {
      const what = fault.by === 'budget' ? 'a budget lets no pod of CoreDNS go' : 'EKS cannot tell the insights';
      return `${within(fault.minute, fault.minutes)} ${what} of ${fault.cluster}`;
    }
    case 'excluded':
      return `${within(fault.minute, fault.minutes)} a tag keeps Liftlock away from ${fault.cluster}`;
    case 'tag': {
      const then = fault.changed ?? 'no more';
      const late = fault.seen ? '' : ', which nobody notices at once';
      return `${within(fault.minute, fault.minutes)} the tag ${fault.tag} of ${fault.cluster} says ${fault.value}, then ${then}${late}`;
    }
    case 'node-group-deleted':
      return `a node group of ${fault.cluster} is deleted${fault.recreated ? ' and created anew' : ''} ${fault.minutes} minutes after its roll has begun`;
    case 'hub-denied':
      return `${within(fault.minute, fault.minutes)} ${fault.function ?? 'every function'} is denied ${fault.operation}`;
    case 'transactions':
      return `${within(fault.minute, fault.minutes)} transactions of ${fault.function ?? 'every function'}${fault.entity === undefined ? '' : ` that write ${fault.entity}`} are ${TRANSACTION_TEXT[fault.answer]}`;
    case 'history-limit':
      return `${at(fault.minute)} the history of ${fault.nested ? 'an execution nested in ' : ''}the execution that was granted last is full`;
    case 'redriven': {
      const what = fault.nested ? 'an execution nested in that of an upgrade' : 'the execution of an upgrade';
      const how = fault.stops ? 'is stopped, and' : 'that then ends without success is';
      return `${at(fault.minute)} ${what} ${how} redriven ${fault.minutes} minutes after its end`;
    }
    case 'person':
      return `${at(fault.minute)} a person: ${fault.does}${fault.minutes > 0 ? ` (${fault.minutes} minutes)` : ''}`;
    case 'config': {
      const { kind: _, minute, ...numbers } = fault;
      return `${at(minute)} the config is applied with ${JSON.stringify(numbers)}`;
    }
    case 'newer-config': {
      const what = fault.policy === undefined ? 'a Fleet' : `a policy ${fault.policy}`;
      return `${within(fault.minute, fault.minutes)} ${what} of a later release is in force`;
    }
    case 'approvals':
      return fault.answer === 'never'
        ? `nobody answers when ${fault.wave} asks for approval`
        : `people reject the wave ${fault.wave}`;
    case 'on-call':
      return 'somebody deals with rollouts that halt';
    case 'created':
      return `${at(fault.minute)} a cluster like ${fault.cluster} appears`;
    case 'gate':
      return `${within(fault.minute, fault.minutes)} the gate ${fault.gate} is ${fault.status}`;
    case 'calendar':
      return `${at(fault.minute)} the calendar ${fault.calendar} is changed: ${fault.change} (${fault.minutes} minutes)`;
    case 'policy':
      return `${at(fault.minute)} the policy ${fault.policy} is changed at ${fault.wave}: ${fault.change}`;
    case 'policy-meanwhile':
      return `the policy of a cluster is changed at its wave right before the ${fault.operation} after ${fault.skip} others: ${fault.change}`;
    case 'regression':
      return fault.of === 'rates'
        ? `requests to ${fault.cluster} fail more often from ${fault.from} on`
        : `pods of shop/web in ${fault.cluster} crash on ${fault.from}`;
    case 'deployment':
      return `${at(fault.minute)} the state machines are deployed again`;
    case 'restored':
      return `${at(fault.minute)} the table is restored to ${fault.back} minutes before${(fault.again ?? []).map(({ after, back }) => `, ${after} minutes later to ${back} minutes before that`).join('')}`;
    case 'clock':
      return `the clock of ${fault.function} is ${Math.abs(fault.seconds)} s ${fault.seconds < 0 ? 'slow' : 'fast'}`;
    case 'events':
      return `${within(fault.minute, fault.minutes)} events are ${fault.fate === 'twice' ? 'delivered twice' : fault.fate}`;
    case 'stale-index':
      return `${within(fault.minute, fault.minutes)} the sparse index is ${fault.seconds} s old`;
  }
}

function effectText(effect: Extract<PlannedFault, { kind: 'effect' }>['effect']): string {
  if (effect.kind === 'error') return effect.name;
  return effect.kind === 'hang' ? `a hang of ${effect.seconds} s` : effect.kind;
}
