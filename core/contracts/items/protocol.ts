import { z } from 'zod';
import {
  CALLS_WITHOUT_UPDATE,
  type CallWithoutUpdate,
  MUTATING_CALLS,
  type MutatingCallName,
} from '../mutating-calls.ts';
import { MACHINE_NAMES } from '../names.ts';
import { updateSettings } from './cluster.ts';
import { reasonSchema, timestamp } from './common.ts';

/** Raised by a restore of the table; part of every token and execution name, checked in every transaction. */
export const epoch = z.object({
  number: z.number().int().positive(),
  /** When it began with a restore of the table: what was seen before that and is not on record may be lost. */
  restoredAt: timestamp.optional(),
});
export type Epoch = z.infer<typeof epoch>;

/** Open and closing grants per cap key (`total`, `account/<id>`, `region/<name>`, `label/<label>/<value>`). */
export const ledger = z.object({ counts: z.record(z.string(), z.number().int().nonnegative()) });
export type Ledger = z.infer<typeof ledger>;

/** The right to act on one cluster. `number` only grows: it is the fence. */
export const grant = z.object({
  clusterKey: z.string(),
  number: z.number().int().nonnegative(),
  /** The epoch that it was granted in: after a restore nothing commits under older ones. */
  epoch: z.number().int(),
  status: z.enum(['open', 'closing', 'free']),
  upgradeId: z.string(),
  machine: z.enum(MACHINE_NAMES),
  /** ARN of the execution that may act. */
  holder: z.string(),
  executionName: z.string(),
  /** The exact input of StartExecution. */
  input: z.record(z.string(), z.unknown()),
  capKeys: z.array(z.string()),
  /** Where it takes a place: its upgrade may be asked for by hand again, and be of no rollout, before it is freed. */
  rolloutId: z.string().optional(),
  waveIndex: z.int().optional(),
  /** Nested executions that have asked in the holder's name; freeing waits for their end. */
  children: z.array(z.string()),
  grantedAt: timestamp,
  closingSince: timestamp.optional(),
});
export type Grant = z.infer<typeof grant>;

const updateOutcome = z.discriminatedUnion('type', [
  /** EKS took the call; `observed` once its update was seen terminal by DescribeUpdate. */
  z.object({
    type: z.literal('accepted'),
    updateId: z.string(),
    at: timestamp,
    /** Of the call, as AWS names it; absent where nobody heard the answer, and the update was found. */
    requestId: z.string().optional(),
    observed: z.object({ status: z.string(), at: timestamp, errors: z.array(reasonSchema) }).optional(),
  }),
  /** EKS refused and did nothing. */
  z.object({
    type: z.literal('refused'),
    ...{ error: z.string(), message: z.string(), at: timestamp, requestId: z.string().optional() },
  }),
  /** Looked up after the grace period, found nothing, and will not be sent again. */
  z.object({ type: z.literal('never-sent'), at: timestamp }),
  /** The cluster, node group or add-on is gone, and with it every way to find out. */
  z.object({ type: z.literal('lost'), at: timestamp }),
  /** Of a call that has no update: the API server answered, or nobody heard it; what it did shows on the cluster itself. */
  z.object({ type: z.literal('answered'), at: timestamp }),
  z.object({ type: z.literal('unheard'), at: timestamp }),
]);

const callNames = Object.keys({ ...MUTATING_CALLS, ...CALLS_WITHOUT_UPDATE }) as (
  | MutatingCallName
  | CallWithoutUpdate['name']
)[];

/** Written before a mutating call; the call follows within seconds or never. */
export const intent = z.object({
  clusterKey: z.string(),
  step: z.string(),
  /** Node group or add-on; `cluster` for the control plane. */
  subject: z.string(),
  attempt: z.number().int().positive(),
  upgradeId: z.string(),
  grantNumber: z.number().int(),
  epoch: z.number().int(),
  call: z.object({
    name: z.enum(callNames),
    input: z.record(z.string(), z.unknown()),
  }),
  scope: z.object({ account: z.string(), region: z.string() }),
  token: z.string(),
  knownUpdateIds: z.array(z.string()),
  commits: z.number().int().positive(),
  committedAt: timestamp,
  /** EKS said no to it, which need not mean that nothing began: it stays open until that is looked up. */
  doubt: z.object({ error: z.string(), message: z.string(), at: timestamp }).optional(),
  outcome: updateOutcome.optional(),
  /** Of a call without an update: one before it that this item has told of, in the same upgrade, may have taken effect. */
  answeredBefore: z.literal(true).optional(),
});
export type Intent = z.infer<typeof intent>;

/**
 * An effect other than the version itself, written in the transaction that commits it: whose mark it bears, on what. It is open until it is
 * undone, or until what was asked for has come to its end with it.
 */
const undoable = {
  clusterKey: z.string(),
  /** Name of the node, of the node group, of the Job, or of the mute rule. */
  subject: z.string(),
  /** Of the node, or the ARN of the group: another one may have the name by then. Of a Job, which has none yet, the key of the question that it is marked with. Of a mute rule, the mark in its description. */
  uid: z.string(),
  /** In our mark on a node. */
  upgradeId: z.string(),
  recordedAt: timestamp,
  /** `kept`: what was asked for has come to its end with it. `notOurs`: somebody has taken our mark off, or has set something else, such as a cordon of their own. */
  closed: z.object({ how: z.enum(['undone', 'kept', 'gone', 'notOurs']), at: timestamp }).optional(),
};

/** The update settings of a node group, told in full: what EKS leaves out is its default. */
export type UpdateSettings = z.infer<typeof updateSettings>;

const cordonEntry = z.object({ effect: z.literal('cordon'), ...undoable, taint: z.string().optional() });
/** `former`: what the group has of its own; `ours`: what it was given for its roll; `oursBefore`: and what it was given before that, which it has where EKS has not set `ours`. */
const updateConfigEntry = z.object({
  ...{ effect: z.literal('updateConfig'), ...undoable },
  ...{ former: updateSettings, ours: updateSettings, oursBefore: updateSettings.optional() },
});
const jobEntry = z.object({ effect: z.literal('job'), ...undoable, namespace: z.string() });
/** Alarms whose actions are silenced. */
const silenceEntry = z.object({
  ...{ effect: z.literal('silence'), ...undoable },
  /** The step, and the node group or phase of add-ons that it is about. */
  ...{ step: z.string(), part: z.string() },
  /** A grant silences once: a step that goes on for longer is not silenced anew. */
  grantNumber: z.number().int(),
  alarms: z.array(z.string()),
  /** When CloudWatch ends it by itself. */
  until: timestamp,
  /** What the step tells of it: what could not be silenced, and what rang when it was lifted. */
  notes: z.array(reasonSchema).optional(),
  /** The permission for want of which nothing was silenced, as IAM names it. */
  lacks: z.string().optional(),
});
export const undoEntry = z.discriminatedUnion('effect', [cordonEntry, updateConfigEntry, jobEntry, silenceEntry]);
export type SilenceEntry = z.infer<typeof silenceEntry>;
export type JobEntry = z.infer<typeof jobEntry>;
export type UndoEntry = z.infer<typeof undoEntry>;
export type UpdateConfigEntry = z.infer<typeof updateConfigEntry>;

export const stepState = z.object({
  status: z.enum(['running', 'done', 'parked', 'blocked', 'failed']),
  reasons: z.array(reasonSchema),
  startedAt: timestamp,
  endedAt: timestamp.optional(),
  /** What later steps need of it, e.g. the pods that were unhealthy before. */
  detail: z.record(z.string(), z.unknown()).optional(),
});
export type StepState = z.infer<typeof stepState>;

/** What one hook has said of one upgrade. */
export const hookState = z.object({
  /** When it was first asked under this grant. */
  askedSince: timestamp,
  grantNumber: z.number().int(),
  /** Absent until it was asked to the end. `none`: it said nothing that counts, and `message` why. */
  answer: z.enum(['go', 'wait', 'stop', 'none']).optional(),
  message: z.string().optional(),
  /** The error by which an API server let nobody in to ask. */
  error: z.string().optional(),
  answeredAt: timestamp.optional(),
  /** Of a wave: not before then it is asked again. */
  againAt: timestamp.optional(),
});
export type HookState = z.infer<typeof hookState>;

export const UPGRADE_STATUSES = [
  'Pending',
  'Running',
  'Parked',
  'Succeeded',
  'Failed',
  'RolledBack',
  'Blocked',
  'Canceled',
] as const;

/** One cluster, one hop (or one step started by hand). */
export const upgrade = z.object({
  clusterKey: z.string(),
  id: z.string(),
  machine: z.enum(MACHINE_NAMES),
  from: z.string(),
  to: z.string(),
  /** Of one that also replaces images: the release that each of these node groups goes to, pinned when its wave opened. */
  releases: z.record(z.string(), z.string()).optional(),
  /** Likewise the version that each of these add-ons goes to. */
  addons: z.record(z.string(), z.string()).optional(),
  status: z.enum(UPGRADE_STATUSES),
  /** Whether anything was changed on the cluster. */
  mutated: z.boolean(),
  steps: z.record(z.string(), stepState),
  /** By hook, time and step, as `change-ticket/before/roll-node-group/workers`; of a component as `component:NAME/before/update-addons/after`. A retry asks anew. */
  hooks: z.record(z.string(), hookState).optional(),
  requestedBy: z.string(),
  /** ARN of the execution that was started by hand, or by the API in the name of `requestedBy`. */
  execution: z.string().optional(),
  /** Input of the execution that a person started, sent again when it is resumed. */
  input: z.record(z.string(), z.unknown()).optional(),
  rolloutId: z.string().optional(),
  waveIndex: z.number().int().optional(),
  /** Of a rollback that Liftlock has begun by itself: where the hop that it takes back has its place. */
  rollbackOf: z.object({ rolloutId: z.string(), waveIndex: z.number().int() }).optional(),
  /** Of a rollback: whether who asked for it lets it set the cluster's support type to EXTENDED. */
  extendSupport: z.boolean().optional(),
  /** Of a rollback: until when EKS takes the control plane back; absent where nobody has seen when its upgrade ended. */
  reversibleUntil: timestamp.optional(),
  reasons: z.array(reasonSchema),
  resumeAt: timestamp.optional(),
  startedAt: timestamp.optional(),
  /** When the first of the attempts began that have changed the cluster, this one being a later one. */
  firstStartedAt: timestamp.optional(),
  /** Of such a later one: it has changed nothing itself yet. */
  noChangeYet: z.literal(true).optional(),
  endedAt: timestamp.optional(),
  /** Our own observation of the control plane at `to`: the rollback clock starts here (rollbacks.md). */
  controlPlaneCompletedAt: timestamp.optional(),
  /**
   * When its update was begun, where nobody looked while that may have ended: EKS may count its seven days from as early as that. Of a rollback, when the
   * update was begun that it takes back, as EKS has told it where somebody else had made that.
   */
  reversibleFrom: timestamp.optional(),
  /** When the attempt before was there that was taken back: EKS takes no control plane back twice. */
  reachedBefore: timestamp.optional(),
});
export type Upgrade = z.infer<typeof upgrade>;
