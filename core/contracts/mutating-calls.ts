import type { NewLaunchTemplateVersion } from '../ports/ec2.ts';
import type {
  ExtendSupportInput,
  UpdateAddonInput,
  UpdateClusterVersionInput,
  UpdateNodegroupConfigInput,
  UpdateNodegroupVersionInput,
} from '../ports/eks.ts';
import type { HookJob, HookJobUid } from '../ports/hook-jobs.ts';
import type { NodeVersion, PodUid } from '../ports/node-operator.ts';
import type { MuteRule } from '../ports/silences.ts';
import type { MUTATING_FUNCTIONS } from './names.ts';

/**
 * All calls that change something outside Liftlock's own tables and start an update (protocol.md, Words). Only the mutator
 * (`core/protocol/mutate.ts`) sends them, and it takes only this list. The right-hand side is the IAM action of the call. AssumeRole,
 * StartInsightsRefresh and dry runs are not mutations.
 */
export const MUTATING_CALLS = {
  UpdateClusterVersion: 'eks:UpdateClusterVersion',
  /** The same call of EKS with the minor before. It has a name of its own, so that nothing that upgrades can ever send it. */
  RollbackClusterVersion: 'eks:UpdateClusterVersion',
  /** Sets `supportType` EXTENDED and nothing else, where a rollback leads into extended support. It is billed from then on, and there is no undo. */
  ExtendSupport: 'eks:UpdateClusterConfig',
  UpdateNodegroupVersion: 'eks:UpdateNodegroupVersion',
  UpdateNodegroupConfig: 'eks:UpdateNodegroupConfig',
  UpdateAddon: 'eks:UpdateAddon',
} as const;
export type MutatingCallName = keyof typeof MUTATING_CALLS;

/** The functions that make each call; the spoke role allows it to no other session. restore-nodes also puts update settings back. */
export const MUTATORS: Readonly<Record<MutatingCallName, readonly (typeof MUTATING_FUNCTIONS)[number][]>> = {
  UpdateClusterVersion: ['upgrade-control-plane'],
  RollbackClusterVersion: ['upgrade-control-plane'],
  ExtendSupport: ['upgrade-control-plane'],
  UpdateNodegroupVersion: ['roll-node-group'],
  UpdateNodegroupConfig: ['roll-node-group', 'restore-nodes'],
  UpdateAddon: ['update-addons'],
};

/** One mutating call as data. It is stored in the intent before it is sent, and a repeat sends the stored one. */
export type MutatingCall =
  | { readonly name: 'UpdateClusterVersion' | 'RollbackClusterVersion'; readonly input: UpdateClusterVersionInput }
  | { readonly name: 'ExtendSupport'; readonly input: ExtendSupportInput }
  | { readonly name: 'UpdateNodegroupVersion'; readonly input: UpdateNodegroupVersionInput }
  | { readonly name: 'UpdateNodegroupConfig'; readonly input: UpdateNodegroupConfigInput }
  | { readonly name: 'UpdateAddon'; readonly input: UpdateAddonInput };

/**
 * Calls that change something and return no update to ask for later (docs/protocol.md, "Calls that have no update"): nodes and pods by the API server
 * of a cluster, launch templates by EC2, and mute rules of alarms by CloudWatch. Each has the permission that it needs there, what refuses a second
 * one, what shows its effect, and what undoes it.
 */
export const CALLS_WITHOUT_UPDATE = {
  CordonNode: {
    permission: 'patch nodes',
    repeats: 'precondition: `uid` and `resourceVersion` of the node',
    seenBy: '`spec.unschedulable`, with our mark beside it',
    undo: 'UncordonNode',
  },
  EvictPods: {
    permission: 'create pods/eviction',
    repeats: 'precondition: `uid` of each pod',
    seenBy: 'that `uid` terminates, or is gone',
    undo: 'none: what comes back is made by the workload',
  },
  UncordonNode: {
    permission: 'patch nodes',
    repeats: 'precondition: `uid` and `resourceVersion` of the node, and our mark',
    seenBy: 'the mark is gone',
    undo: 'none: it is the undo of CordonNode',
  },
  CreateLaunchTemplateVersion: {
    permission: 'ec2:CreateLaunchTemplateVersion',
    repeats: 'token: `ClientToken`, made of the upgrade and of what is asked for',
    seenBy: 'a version of the template with our description and that image',
    undo: 'none: nothing launches from a version that no group names, and the one before is kept for the way back',
  },
  CreateHookJob: {
    permission: 'create jobs, in the namespace of hooks',
    repeats: 'name: made of the key of the question and of since when it is asked',
    seenBy: 'the Job of that name, with our mark',
    undo: 'DeleteHookJob',
  },
  DeleteHookJob: {
    permission: 'delete jobs, in the namespace of hooks',
    repeats: 'precondition: `uid` of the Job, and our mark',
    seenBy: 'that `uid` is gone',
    undo: 'none: it is the undo of CreateHookJob',
  },
  MuteAlarms: {
    permission: 'cloudwatch:PutAlarmMuteRule',
    repeats: 'name: made of the cluster, the step and what it is about; the same rule is written over',
    seenBy: 'the mute rule of that name, with our mark in its description',
    undo: 'UnmuteAlarms; without it the rule ends by itself',
  },
  UnmuteAlarms: {
    permission: 'cloudwatch:DeleteAlarmMuteRule',
    repeats: 'harmless: deleting a rule that is gone succeeds; our mark is looked for before',
    seenBy: 'no mute rule has that name, or none with our mark',
    undo: 'none: it is the undo of MuteAlarms',
  },
} as const;
const ON_NO_CLUSTER: readonly string[] = ['CreateHookJob', 'DeleteHookJob', 'MuteAlarms', 'UnmuteAlarms'];
/** Jobs that ask and silences of alarms do not change the cluster, so an upgrade that has done no more has changed nothing. */
export const changesNoCluster = (name: string): boolean => ON_NO_CLUSTER.includes(name);
export const hasNoUpdate = (name: string): boolean => Object.hasOwn(CALLS_WITHOUT_UPDATE, name);

/** The tag that lets Liftlock create versions of a launch template. The role demands it (infra/permissions/spoke-role-statements.ts). */
export const TEMPLATE_TAG = { key: 'liftlock:versions', value: 'allowed' } as const;

/** The prefix of every mute rule of Liftlock. Its role may touch no other (infra/permissions/spoke-role-statements.ts). */
export const MUTE_RULE_PREFIX = 'liftlock-';

/** The tag that lets Liftlock silence a CloudWatch alarm. */
export const SILENCE_TAG = { key: 'liftlock:silence', value: 'allowed' } as const;

/** The tag that lets Liftlock read a parameter of Systems Manager. */
export const PARAMETER_TAG = { key: 'liftlock:images', value: 'allowed' } as const;

/** One call, or the evictions of one node by one invocation, as data. */
export type CallWithoutUpdate =
  | {
      readonly name: 'CordonNode' | 'UncordonNode';
      readonly input: { readonly node: NodeVersion; readonly taint?: string };
    }
  | { readonly name: 'EvictPods'; readonly input: { readonly node: string; readonly pods: readonly PodUid[] } }
  | { readonly name: 'CreateLaunchTemplateVersion'; readonly input: NewLaunchTemplateVersion }
  | { readonly name: 'CreateHookJob'; readonly input: HookJob }
  | { readonly name: 'DeleteHookJob'; readonly input: HookJobUid }
  | { readonly name: 'MuteAlarms'; readonly input: MuteRule }
  | { readonly name: 'UnmuteAlarms'; readonly input: Pick<MuteRule, 'name'> };

/** The `update.type` of the update that each call starts. */
export const UPDATE_TYPE: Readonly<Record<MutatingCallName, string>> = {
  UpdateClusterVersion: 'VersionUpdate',
  RollbackClusterVersion: 'VersionRollback',
  ExtendSupport: 'UpgradePolicyUpdate',
  UpdateNodegroupVersion: 'VersionUpdate',
  UpdateNodegroupConfig: 'ConfigUpdate',
  UpdateAddon: 'AddonUpdate',
};

/** Seconds that a mutating function may take (protocol.md, One mutating call). */
export const CALL_SECONDS = 25;
/** Seconds after a commit in which its call may still arrive: `CALL_SECONDS` and clock skew (protocol.md, One mutating call). */
export const GRACE_SECONDS = 40;
/** Seconds after its grace period in which ListUpdates may not show yet what a call has started. */
export const LIST_LAG_SECONDS = 120;
