import type { FunctionName, MachineName } from './names.ts';
import type { TABLE_SCHEMA } from './table-schema.ts';

export type IndexName = (typeof TABLE_SCHEMA.items.indexes)[number]['name'];

/** The permissions that one function needs, in Liftlock's own terms: infra/permissions/function-statements.ts translates them into IAM's, and simulated worlds refuse all else. */
export interface FunctionNeeds {
  /** Indexes of the table that it queries. Every function reads items by key. */
  readonly indexes?: readonly IndexName[];
  /** `overwrite` also writes items whatever was there before, which is an UpdateItem. */
  readonly writes?: 'conditional' | 'overwrite';
  /** Its writes depend on items that it does not write, such as the grant. */
  readonly checks?: true;
  /** Appends to the audit, which includes reading the last item of the chain. */
  readonly audits?: true;
  readonly publishes?: true;
  readonly queue?: 'send' | 'consume';
  /** The machines whose executions it starts. */
  readonly starts?: readonly MachineName[];
  /** The machines whose executions it describes. */
  readonly describes?: readonly MachineName[];
  /** Assumes the spoke role in the accounts of the fleet. */
  readonly assumesSpokeRole?: true;
  /** Changes nodes and pods, by the role of the tier *operate*. */
  readonly assumesOperateRole?: true;
  /** Runs Jobs to ask hooks, and deletes them, by the role of the tier *hooks*. */
  readonly assumesHookRole?: true;
  readonly listsAccounts?: true;
  /** Reads alarms of its own account, and those of others through the spoke role. */
  readonly readsAlarms?: true;
  /** Reads the secrets by which requests to webhooks are signed. */
  readonly asksWebhooks?: true;
  /** Asks hooks of policies: webhooks, and functions and state machines that their owner has opened by the tag. */
  readonly asksHooks?: true;
  /** Publishes to the topics of owners that the settings list. */
  readonly tellsOwners?: true;
  /** Reads the audit and no other item, from the stream and once a day, and puts its anchors. */
  readonly anchors?: true;
}

const stepThatReads = { writes: 'conditional', audits: true, publishes: true, assumesSpokeRole: true } as const;
/** The step also keeps updates that it saw settle, whatever it kept before. */
const stepThatWatchesUpdates = { ...stepThatReads, writes: 'overwrite' } as const;
const asksHooks = { asksWebhooks: true, asksHooks: true, checks: true, assumesHookRole: true } as const;
/** Its commits depend on everything that could forbid the call, and it asks hooks of the policy before them. */
const stepThatMutates = { ...stepThatWatchesUpdates, ...asksHooks } as const;
const stepThatOperates = { ...stepThatReads, checks: true, assumesOperateRole: true } as const;
/** This step also takes back what calls of EKS have set; it asks nobody before that. */
const stepThatRestores = {
  ...stepThatWatchesUpdates,
  checks: true,
  assumesOperateRole: true,
  assumesHookRole: true,
} as const;

/** Machines that take a grant; the reconciler starts their next attempts. People start the machines that only read. */
const GRANTED = [
  ...['upgrade-cluster', 'upgrade-control-plane', 'update-addons', 'roll-node-group'],
  ...['drain-nodes', 'restore-nodes', 'rollback-cluster'],
] as const;
const ALL_MACHINES = [...GRANTED, 'scan-cluster', 'smoke-check'] as const;

/** Written by hand from what the use cases do. A function that needs more fails with AccessDenied instead of silently getting more power. */
export const FUNCTION_NEEDS: Readonly<Record<FunctionName, FunctionNeeds>> = {
  'discover-clusters': {
    indexes: ['kind'],
    writes: 'overwrite',
    audits: true,
    queue: 'send',
    assumesSpokeRole: true,
    listsAccounts: true,
  },
  'record-clusters': {
    writes: 'conditional',
    checks: true,
    publishes: true,
    audits: true,
    queue: 'consume',
    assumesSpokeRole: true,
  },
  'watch-versions': { writes: 'conditional', publishes: true, assumesSpokeRole: true },
  'refresh-readiness': {
    indexes: ['active', 'kind'],
    writes: 'conditional',
    publishes: true,
    starts: ['scan-cluster'],
    tellsOwners: true,
    asksWebhooks: true,
  },
  'reconcile-rollouts': {
    indexes: ['active', 'kind'],
    writes: 'conditional',
    checks: true,
    audits: true,
    publishes: true,
    starts: GRANTED,
    describes: ALL_MACHINES,
    assumesSpokeRole: true,
    readsAlarms: true,
    asksWebhooks: true,
    asksHooks: true,
  },
  'request-grant': { writes: 'conditional', checks: true, publishes: true, audits: true, assumesSpokeRole: true },
  'scan-cluster': { ...stepThatWatchesUpdates, checks: true, readsAlarms: true },
  'update-addons': stepThatMutates,
  'upgrade-control-plane': stepThatMutates,
  'list-node-groups': { assumesSpokeRole: true },
  'roll-node-group': stepThatMutates,
  'smoke-check': { ...stepThatWatchesUpdates, ...asksHooks, readsAlarms: true },
  'drain-nodes': stepThatOperates,
  'restore-nodes': stepThatRestores,
  'conclude-upgrade': { ...stepThatReads, checks: true },
  'anchor-audit': { anchors: true },
  // The API starts the upgrade that a person asks for, and that upgrade asks for its grant like any other. A scan needs no grant.
  api: {
    indexes: ['active', 'kind'],
    writes: 'conditional',
    checks: true,
    audits: true,
    publishes: true,
    starts: ['upgrade-cluster', 'rollback-cluster', 'drain-nodes', 'scan-cluster'],
  },
};
