/** Names that more than one side uses: functions, state machines, environment variables. One list, so that a typo cannot wire nothing. */

/** What an execution of `upgrade-cluster` invokes. */
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

/** Functions that bring clusters on to a version. */
export const UPGRADING_FUNCTIONS = [
  'update-addons',
  'upgrade-control-plane',
  'roll-node-group',
] as const satisfies readonly FunctionName[];

/** Functions that send calls of the list in mutating-calls.ts; their concurrency is reserved. */
export const MUTATING_FUNCTIONS = [...UPGRADING_FUNCTIONS, 'restore-nodes'] as const satisfies readonly FunctionName[];

/** Functions that change nodes and pods: they alone take the role of the tier *operate*. */
export const NODE_FUNCTIONS = ['drain-nodes', 'restore-nodes'] as const satisfies readonly FunctionName[];

/** Functions that ask hooks by Jobs, and the one that takes back what was left of them: they alone take the role of the tier *hooks*. */
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

/** Machines that start others, whose executions act for the grant of the one that they are named after. */
export const NESTING_MACHINES: readonly MachineName[] = ['upgrade-cluster', 'rollback-cluster'];

/** Which definition file a machine is an instance of: machines of one shape share one file. */
export const MACHINE_DEFINITIONS: Readonly<
  Record<MachineName, 'step' | 'roll-node-group' | 'upgrade-cluster' | 'rollback-cluster'>
> = {
  'scan-cluster': 'step',
  'upgrade-control-plane': 'step',
  'update-addons': 'step',
  'smoke-check': 'step',
  'drain-nodes': 'step',
  'restore-nodes': 'step',
  'roll-node-group': 'roll-node-group',
  'upgrade-cluster': 'upgrade-cluster',
  'rollback-cluster': 'rollback-cluster',
};

/** Environment variables of the functions; an array lists the functions that read one, absent = all. */
export const ENVIRONMENT = {
  table: 'LIFTLOCK_TABLE',
  auditTable: 'LIFTLOCK_AUDIT_TABLE',
  /** Name of the bucket of the audit's anchors. */
  anchorBucket: 'LIFTLOCK_ANCHOR_BUCKET',
  bus: 'LIFTLOCK_BUS',
  clusterQueueUrl: 'LIFTLOCK_CLUSTER_QUEUE_URL',
  /** Everything of a machine's ARN before its name: `…:stateMachine:liftlock-`. */
  machineArnPrefix: 'LIFTLOCK_MACHINE_ARN_PREFIX',
  spokeRoleName: 'LIFTLOCK_SPOKE_ROLE_NAME',
  externalId: 'LIFTLOCK_EXTERNAL_ID',
  partition: 'LIFTLOCK_PARTITION',
} as const;

/** EventBridge `source` of every event that Liftlock publishes. */
export const EVENT_SOURCE = 'liftlock';

/**
 * `TimeoutSeconds` of the definitions: the longest real run (30 node groups of 450 nodes, one after the other) fits, and an upgrade
 * has more than all of its steps together, so that it is always a step that is out of time.
 */
export const MACHINE_TIMEOUT_SECONDS: Readonly<Record<MachineName, number>> = {
  'scan-cluster': 86_400,
  'upgrade-control-plane': 86_400,
  'update-addons': 86_400,
  'smoke-check': 86_400,
  'drain-nodes': 86_400,
  'restore-nodes': 86_400,
  'roll-node-group': 10 * 86_400,
  'upgrade-cluster': 16 * 86_400,
  'rollback-cluster': 16 * 86_400,
};

/** Machines that change nothing on the cluster: started by hand they take no grant, and they run in observe mode too. */
export const READ_ONLY_MACHINES: readonly MachineName[] = ['scan-cluster', 'smoke-check'];

/** The role of the tier *operate* in an account, beside the one that looks: only `NODE_FUNCTIONS` may assume it, and IAM lets it do nothing. */
export const operateRoleName = (spokeRoleName: string): string => `${spokeRoleName}-operate`;

/** Likewise that of the tier *hooks*, for `JOB_FUNCTIONS`: who asks may drain nothing, and who drains may start no Job. */
export const hookRoleName = (spokeRoleName: string): string => `${spokeRoleName}-hooks`;

/** How `AssumeRole` names the session of a function in the accounts: their CloudTrail shows it, and the spoke role's trust rests on it. */
export const spokeSessionName = (name: FunctionName): string => `liftlock-${name}`;

/** What people do to executions past Liftlock, as Step Functions names it, and what the audit says of it. */
export const HAND_ACTS = {
  StartExecution: 'StartedByHand',
  StopExecution: 'StoppedByHand',
  RedriveExecution: 'RedrivenByHand',
} as const;

/** The principal of everything that Liftlock itself did. */
export const LIFTLOCK = 'liftlock';

/** Executions started by hand, unless CloudTrail tells; it passes no step that asks for approval (semantics.md, People). */
export const UNKNOWN_PRINCIPAL = 'unknown';

/** Of a standard topic of SNS: FIFO topics end in `.fifo`, and EventBridge and mail do not follow them. */
export const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
