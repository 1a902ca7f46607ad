/** Names that several sides use: functions, state machines, environment variables. One list lets the compiler find typing mistakes. */

/** The functions that an execution of `upgrade-cluster` invokes. */
export const UPGRADE_FUNCTIONS = [
  'request-grant',
  'scan-cluster',
  'update-addons',
  'upgrade-control-plane',
  'list-node-groups',
  'roll-node-group',
  'smoke-check',
  'conclude-upgrade',
] as const;

/** Every Lambda function, by the name of its folder under `functions/`. */
export const FUNCTION_NAMES = [
  'discover-clusters',
  'record-clusters',
  'watch-versions',
  'refresh-readiness',
  'reconcile-rollouts',
  ...UPGRADE_FUNCTIONS,
  'drain-nodes',
  'restore-nodes',
  'anchor-audit',
  'api',
] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** Functions that bring clusters to a version. */
export const UPGRADING_FUNCTIONS = [
  'update-addons',
  'upgrade-control-plane',
  'roll-node-group',
] as const satisfies readonly FunctionName[];

/** Functions that send calls of the list in mutating-calls.ts; their concurrency is reserved. */
export const MUTATING_FUNCTIONS = [...UPGRADING_FUNCTIONS, 'restore-nodes'] as const satisfies readonly FunctionName[];

/** Functions that change nodes and pods. They alone assume the role of the tier *operate*. */
export const NODE_FUNCTIONS = ['drain-nodes', 'restore-nodes'] as const satisfies readonly FunctionName[];

/** Functions that ask hooks by Jobs, and the one that deletes left-over Jobs. They alone assume the role of the tier *hooks*. */
export const JOB_FUNCTIONS = [
  ...UPGRADING_FUNCTIONS,
  'smoke-check',
  'restore-nodes',
] as const satisfies readonly FunctionName[];

/** Functions that talk to API servers of clusters. */
export const KUBERNETES_FUNCTIONS = [
  'scan-cluster',
  ...UPGRADING_FUNCTIONS,
  'smoke-check',
  ...NODE_FUNCTIONS,
] as const satisfies readonly FunctionName[];

export const MACHINE_NAMES = [
  'scan-cluster',
  'upgrade-control-plane',
  'roll-node-group',
  'update-addons',
  'smoke-check',
  'drain-nodes',
  'restore-nodes',
  'upgrade-cluster',
  'rollback-cluster',
] as const;
export type MachineName = (typeof MACHINE_NAMES)[number];

/** Machines that start others. The nested executions act under the grant of the execution that they are named after. */
export const NESTING_MACHINES: readonly MachineName[] = ['upgrade-cluster', 'rollback-cluster'];

/** The definition file of a machine, without its ending; machines of one shape share a file. */
export const definitionOf = (machine: MachineName): string =>
  machine === 'roll-node-group' || NESTING_MACHINES.includes(machine) ? machine : 'step';

/** Environment variables of the functions. */
export const ENVIRONMENT = {
  table: 'LIFTLOCK_TABLE',
  auditTable: 'LIFTLOCK_AUDIT_TABLE',
  /** Name of the bucket of the audit's anchors. */
  anchorBucket: 'LIFTLOCK_ANCHOR_BUCKET',
  bus: 'LIFTLOCK_BUS',
  clusterQueueUrl: 'LIFTLOCK_CLUSTER_QUEUE_URL',
  /** A machine's ARN up to its name: `…:stateMachine:liftlock-`. */
  machineArnPrefix: 'LIFTLOCK_MACHINE_ARN_PREFIX',
  spokeRoleName: 'LIFTLOCK_SPOKE_ROLE_NAME',
  externalId: 'LIFTLOCK_EXTERNAL_ID',
  partition: 'LIFTLOCK_PARTITION',
} as const;

/** EventBridge `source` of every event that Liftlock publishes. */
export const EVENT_SOURCE = 'liftlock';

/**
 * `TimeoutSeconds` of the definitions. The longest real run (30 node groups of 450 nodes, one after the other) fits. An upgrade has more time than
 * all of its steps together, so that it is always a step that times out.
 */
export const machineTimeoutSeconds = (machine: MachineName): number =>
  86_400 * (machine === 'roll-node-group' ? 10 : NESTING_MACHINES.includes(machine) ? 16 : 1);

/** Machines that change nothing on the cluster. Started by hand they take no grant, and they run in observe mode too. */
export const READ_ONLY_MACHINES: readonly MachineName[] = ['scan-cluster', 'smoke-check'];

/** The role of the tier *operate* in an account, beside the spoke role. Only `NODE_FUNCTIONS` may assume it, and IAM allows it nothing. */
export const operateRoleName = (spokeRoleName: string): string => `${spokeRoleName}-operate`;

/** The role of the tier *hooks*, for `JOB_FUNCTIONS`. Functions that ask may drain nothing, and functions that drain may start no Job. */
export const hookRoleName = (spokeRoleName: string): string => `${spokeRoleName}-hooks`;

/** The session name of a function in the accounts. Their CloudTrail shows it, and the spoke role's trust depends on it. */
export const spokeSessionName = (name: FunctionName): string => `liftlock-${name}`;

/** Acts of people on executions without Liftlock: the names of Step Functions, and those of the audit. */
export const HAND_ACTS = {
  StartExecution: 'StartedByHand',
  StopExecution: 'StoppedByHand',
  RedriveExecution: 'RedrivenByHand',
} as const;

/** The principal of everything that Liftlock itself has done. */
export const LIFTLOCK = 'liftlock';

/** Executions started by hand, unless CloudTrail names somebody; it passes no step that needs an approval (semantics.md, People). */
export const UNKNOWN_PRINCIPAL = 'unknown';

/** The ARN of a standard topic of SNS. FIFO topics end in `.fifo`, and EventBridge and mail do not support them. */
export const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;

/**
 * What the names of secrets begin with that are sent as bearer tokens. The keys of gates and hooks are named otherwise, or whoever may write a policy could
 * have them sent to a server of theirs.
 */
export const BEARER_SECRETS = 'liftlock/bearer/';
