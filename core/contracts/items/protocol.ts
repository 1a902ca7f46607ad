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

/**
 * The first one is of the minute of the installation, and a restore of the table raises it. It is part of every token and execution name, and every
 * transaction checks it.
 */
export const epoch = z.object({
  number: z.number().int().positive(),
  /** When a restore of the table began it. Observations before that, unless they are on record, may be lost. */
  restoredAt: timestamp.optional(),
});
export type Epoch = z.infer<typeof epoch>;

/** Open and closing grants by cap key (`total`, `account/<id>`, `region/<name>`, `label/<label>/<value>`). */
export const ledger = z.object({ counts: z.record(z.string(), z.number().int().nonnegative()) });
export type Ledger = z.infer<typeof ledger>;

/** The right to act on one cluster. `number` only grows, and fences off earlier holders. */
export const grant = z.object({
  clusterKey: z.string(),
  number: z.number().int().nonnegative(),
  /** The epoch in which it was granted. After a restore nothing commits under an older epoch. */
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
  /** The rollout and wave in which it takes a place. Its upgrade may be requested by hand before the grant is freed, and has no rollout then. */
  rolloutId: z.string().optional(),
  waveIndex: z.int().optional(),
  /** Nested executions that have asked in the holder's name. The grant is freed after they have ended. */
  children: z.array(z.string()),
  grantedAt: timestamp,
  closingSince: timestamp.optional(),
});
export type Grant = z.infer<typeof grant>;

const updateOutcome = z.discriminatedUnion('type', [
  /** EKS accepted the call; `observed` is set once DescribeUpdate has shown its update in a terminal state. */
  z.object({
    type: z.literal('accepted'),
    updateId: z.string(),
    at: timestamp,
    /** AWS's id of the request; absent where no answer came and the update was found by its list. */
    requestId: z.string().optional(),
    observed: z.object({ status: z.string(), at: timestamp, errors: z.array(reasonSchema) }).optional(),
  }),
  /** EKS refused and did nothing. */
  z.object({
    type: z.literal('refused'),
    ...{ error: z.string(), message: z.string(), at: timestamp, requestId: z.string().optional() },
  }),
  /** The call was looked up after the grace period and not found, and it will not be sent again. */
  z.object({ type: z.literal('never-sent'), at: timestamp }),
  /** The cluster, node group or add-on is gone, so nobody can find out any more. */
  z.object({ type: z.literal('lost'), at: timestamp }),
  /** For a call without an update: the API server answered, or no answer came. The cluster itself shows the effect. */
  z.object({ type: z.literal('answered'), at: timestamp }),
  z.object({ type: z.literal('unheard'), at: timestamp }),
]);

const callNames = Object.keys({ ...MUTATING_CALLS, ...CALLS_WITHOUT_UPDATE }) as (
  | MutatingCallName
  | CallWithoutUpdate['name']
)[];

/** Written before a mutating call. The call follows within seconds or never. */
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
  /** EKS refused the call, which may have taken effect anyway. The intent stays open until that is looked up. */
  doubt: z.object({ error: z.string(), message: z.string(), at: timestamp }).optional(),
  outcome: updateOutcome.optional(),
  /** For a call without an update: an earlier call of this item, in the same upgrade, may have taken effect. */
  answeredBefore: z.literal(true).optional(),
});
export type Intent = z.infer<typeof intent>;

/**
 * An effect other than the version, written in the transaction that commits it: whose mark it has, and on which object. It is open until it is
 * undone, or until the upgrade has ended with it.
 */
const undoable = {
  clusterKey: z.string(),
  /** The name of the node, node group, Job or mute rule. */
  subject: z.string(),
  /** The node's uid, the group's ARN, the key of the Job's question, or the rule's mark: another object may have the name later. */
  uid: z.string(),
  /** The id in Liftlock's mark on a node. */
  upgradeId: z.string(),
  recordedAt: timestamp,
  /** `kept`: the upgrade has ended with it. `notOurs`: somebody removed our mark, or set another value, such as a cordon of their own. */
  closed: z.object({ how: z.enum(['undone', 'kept', 'gone', 'notOurs']), at: timestamp }).optional(),
};

/** The update settings of a node group, with every member set: a member that EKS leaves out has its default. */
export type UpdateSettings = z.infer<typeof updateSettings>;

const cordonEntry = z.object({ effect: z.literal('cordon'), ...undoable, taint: z.string().optional() });
/** `former`: the group's own settings; `ours`: those of its roll; `oursBefore`: those before `ours`, in force where EKS has not set `ours`. */
const updateConfigEntry = z.object({
  ...{ effect: z.literal('updateConfig'), ...undoable },
  ...{ former: updateSettings, ours: updateSettings, oursBefore: updateSettings.optional() },
});
const jobEntry = z.object({ effect: z.literal('job'), ...undoable, namespace: z.string() });
/** Alarms whose actions are silenced. */
const silenceEntry = z.object({
  ...{ effect: z.literal('silence'), ...undoable },
  /** The step, and the node group or phase of add-ons that the silence is for. */
  ...{ step: z.string(), part: z.string() },
  /** A grant silences once; a step that runs longer is not silenced again. */
  grantNumber: z.number().int(),
  alarms: z.array(z.string()),
  /** When CloudWatch ends the silence by itself. */
  until: timestamp,
  /** Notes of the step about it: what could not be silenced, and which alarms rang when it was lifted. */
  notes: z.array(reasonSchema).optional(),
  /** The missing permission, as IAM names it, where nothing was silenced. */
  lacks: z.string().optional(),
});
export const undoEntry = z.discriminatedUnion('effect', [cordonEntry, updateConfigEntry, jobEntry, silenceEntry]);
export type SilenceEntry = z.infer<typeof silenceEntry>;
export type JobEntry = z.infer<typeof jobEntry>;
export type UndoEntry = z.infer<typeof undoEntry>;
export type UpdateConfigEntry = z.infer<typeof updateConfigEntry>;

const stepState = z.object({
  status: z.enum(['running', 'done', 'parked', 'blocked', 'failed']),
  reasons: z.array(reasonSchema),
  startedAt: timestamp,
  endedAt: timestamp.optional(),
  /** What later steps need from this one, such as the pods that were unhealthy before. */
  detail: z.record(z.string(), z.unknown()).optional(),
});
export type StepState = z.infer<typeof stepState>;

/** The answer of one hook about one upgrade. */
export const hookState = z.object({
  /** When it was first asked under this grant. */
  askedSince: timestamp,
  grantNumber: z.number().int(),
  /** Absent until an answer, or its absence, is final. `none`: no answer that counts, and `message` says why. */
  answer: z.enum(['go', 'wait', 'stop', 'none']).optional(),
  /** Absent where nothing waits for it: with `go`, and of a hook that is not blocking, of a cluster's upgrade only the audit has it. */
  message: z.string().optional(),
  /** The error by which an API server refused the access that asking needs. */
  error: z.string().optional(),
  answeredAt: timestamp.optional(),
  /** For a wave: when it is asked again at the earliest. */
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

/** One hop of one cluster, or one step that was started by hand. */
export const upgrade = z.object({
  clusterKey: z.string(),
  id: z.string(),
  machine: z.enum(MACHINE_NAMES),
  from: z.string(),
  to: z.string(),
  /** For an upgrade that also replaces images: the release for each of these node groups, which was fixed when its wave opened. */
  releases: z.record(z.string(), z.string()).optional(),
  /** Likewise the version for each of these add-ons. */
  addons: z.record(z.string(), z.string()).optional(),
  status: z.enum(UPGRADE_STATUSES),
  /** Whether anything was changed on the cluster. */
  mutated: z.boolean(),
  steps: z.record(z.string(), stepState),
  /** By hook, time and step: `change-ticket/before/roll-node-group/workers`, `component:NAME/before/update-addons/after`. A retry asks anew. */
  hooks: z.record(z.string(), hookState).optional(),
  requestedBy: z.string(),
  /** Why, as that person said it; absent where nobody said anything. */
  requestReason: z.string().optional(),
  /** ARN of the execution that was started by hand, or by the API in the name of `requestedBy`. */
  execution: z.string().optional(),
  /** Input of the execution that a person started. It is sent again when the upgrade is resumed. */
  input: z.record(z.string(), z.unknown()).optional(),
  /** For a drain that a person approved: whether its group was one of EKS then, or one of eksctl. Their names may be the same. */
  nodegroupKind: z.enum(['managed', 'selfManaged']).optional(),
  rolloutId: z.string().optional(),
  waveIndex: z.number().int().optional(),
  /** For a rollback that Liftlock has begun by itself: the rollout and wave of the hop that it takes back. */
  rollbackOf: z.object({ rolloutId: z.string(), waveIndex: z.number().int() }).optional(),
  /** For a rollback: whether the person who asked for it allows the support type EXTENDED. */
  extendSupport: z.boolean().optional(),
  /** For a rollback: until when EKS takes the control plane back; absent where nobody has seen when its upgrade ended. */
  reversibleUntil: timestamp.optional(),
  reasons: z.array(reasonSchema),
  resumeAt: timestamp.optional(),
  /** While it looks again and again for something that says nothing about its cluster: the first code, since when, how often. */
  parkedFor: z.object({ code: z.string(), since: timestamp, last: timestamp, times: z.number().int() }).optional(),
  startedAt: timestamp.optional(),
  /** For a later attempt: when the first attempt began that changed the cluster. */
  firstStartedAt: timestamp.optional(),
  /** For a later attempt: it has changed nothing itself yet. */
  noChangeYet: z.literal(true).optional(),
  endedAt: timestamp.optional(),
  /** When Liftlock observed the control plane at `to`. The time for a rollback begins then (rollbacks.md). */
  controlPlaneCompletedAt: timestamp.optional(),
  /**
   * When its update began, where nobody looked while it may have ended: EKS may count its seven days from then. For a rollback: when the update began
   * that it takes back, as EKS told it, where somebody else had made that update.
   */
  reversibleFrom: timestamp.optional(),
  /** When an earlier attempt, which was taken back, reached the version: EKS takes no control plane back twice. */
  reachedBefore: timestamp.optional(),
  /** For a finish, or a patch within the minor, which has the same id: when an earlier one has last succeeded. */
  wholeBefore: timestamp.optional(),
});
export type Upgrade = z.infer<typeof upgrade>;
