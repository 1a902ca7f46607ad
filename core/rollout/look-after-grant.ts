import { errorMessage } from '../contracts/errors.ts';
import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import { machineTimeoutSeconds } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import { startOnce } from '../model/start-once.ts';
import type { ExecutionState } from '../ports/executions.ts';
import type { Ports } from '../ports/ports.ts';
import { isMadeByReconciler } from '../protocol/execution-name.ts';
import { closeGrant, freeGrant, type Resolved, resolveIntents } from '../protocol/free-grant.ts';
import { stoppedFromOutside } from '../protocol/read-fault.ts';
import { settleUpgrade } from '../protocol/settle.ts';
import { closeUndoEntries, openUndoEntries } from '../protocol/undo.ts';
import { endOf } from '../steps/conclude-upgrade.ts';

type GrantPorts = Pick<Ports, 'table' | 'clock' | 'eks' | 'executions' | 'events'>;

/** A grant this young may not have its execution yet: the execution is asked about at every tick until the upgrade shows a step of it. */
const YOUNG_MINUTES = 10;
/** Older executions are asked about this often, spread over the minutes, since DescribeExecution is scarce (facts: serverless.md §1.1). */
const CHECK_EVERY_MINUTES = 5;
/** No EKS update takes longer than this; a cluster that cannot be read for so long is given up and held. */
const UNREADABLE_DAYS = 7;

/** `asks-eks`: it can be freed once EKS has said what the last calls of its execution have begun. */
export type LookedAfter = 'freed' | 'kept' | 'asks-eks';
type Resolve = () => Promise<Resolved>;

/**
 * Starts the execution of a grant that has none, and frees the grant of an execution that has ended (protocol.md, Grants): then others may go on.
 * `resolve`: finds out what the last calls of that execution have begun.
 */
export async function lookAfterGrant(
  ports: GrantPorts,
  grant: Grant,
  upgrade: Upgrade | undefined,
  endedExecution: string | undefined,
  resolve: Resolve = () => resolveIntents(ports, grant.clusterKey),
): Promise<LookedAfter> {
  const now = ports.clock.now();
  if (grant.status === 'open') {
    const isNews = endedExecution === grant.holder || grant.children.includes(endedExecution ?? '');
    if (!isNews && upgrade?.status === 'Running' && !isDue(grant, upgrade, now)) return 'kept';
    const state = await ports.executions.describe(grant.holder);
    if (state === undefined && !(await isLost(ports, grant, now))) return 'kept';
    if (state?.status === 'RUNNING') return 'kept';
    if (await childrenRun(ports, grant)) return 'kept';
    await closeGrant(ports, grant.clusterKey, grant.number);
    return free(ports, grant, now, resolve, async () => state);
  }
  return free(ports, grant, now, resolve, () => ports.executions.describe(grant.holder));
}

/**
 * Whether the execution of a grant never came to be. It is started again under its name first; an execution that a person started exists by
 * definition.
 */
async function isLost(ports: GrantPorts, grant: Grant, now: Date): Promise<boolean> {
  if (isMadeByReconciler(grant.executionName))
    await startOnce(ports.executions, grant.machine, grant.executionName, grant.input);
  const patience = (machineTimeoutSeconds(grant.machine) + 3_600) * 1000;
  return now.getTime() - Date.parse(grant.grantedAt) > patience;
}

async function childrenRun(ports: GrantPorts, grant: Grant): Promise<boolean> {
  for (const child of grant.children) {
    if ((await ports.executions.describe(child))?.status === 'RUNNING') return true;
  }
  return false;
}

/** `ended` tells how the execution ended; it is asked only when the grant can be freed, since DescribeExecution is scarce. */
async function free(
  ports: GrantPorts,
  grant: Grant,
  now: Date,
  resolve: Resolve,
  ended: () => Promise<ExecutionState | undefined>,
): Promise<LookedAfter> {
  let unreadable: Reason | undefined;
  try {
    const resolved = await resolve();
    if (resolved !== undefined) return resolved === 'asks-eks' ? resolved : 'kept';
  } catch (error) {
    const since = Date.parse(grant.closingSince ?? now.toISOString());
    if (now.getTime() - since < UNREADABLE_DAYS * 86_400_000) throw error;
    unreadable = reason(
      'Unreachable',
      `The cluster's updates could not be read for ${UNREADABLE_DAYS} days: ${errorMessage(error)}`,
    );
  }
  const state = await ended();
  const missing = reason('ExecutionMissing', 'The execution of this upgrade does not exist any more.');
  const isDrain = grant.machine === 'drain-nodes';
  const name = clusterNameOf(grant.clusterKey);
  const then = isDrain
    ? `What it had cordoned is taken back. Look, then: liftlock release cluster ${name}.`
    : undefined;
  const reasons = [unreadable ?? (state === undefined ? missing : stoppedFromOutside(state, name, undefined, then))];
  // Only an upgrade that nobody concluded is still Running: it was stopped from outside, and the cluster is held, or AWS failed at its end.
  const end = await endOf(ports, grant, { status: 'stopped', reasons });
  const { clusterKey, number, upgradeId } = grant;
  const settled = await settleUpgrade(ports, clusterKey, number, { ...end, isUnseen: true }, upgradeId);
  // Only now nothing can end the drain otherwise, so that its cordons would have to be taken back.
  if (isDrain && settled?.status === 'Succeeded')
    await closeUndoEntries(ports, await openUndoEntries(ports.table, clusterKey, upgradeId), 'kept');
  await freeGrant(ports, clusterKey, number, upgradeId);
  return 'freed';
}

function isDue(grant: Grant, { steps }: Upgrade, now: Date): boolean {
  const hasBegun = Object.values(steps).some(({ startedAt }) => startedAt >= grant.grantedAt);
  if (!hasBegun && now.getTime() - Date.parse(grant.grantedAt) < YOUNG_MINUTES * 60_000) return true;
  const spread = [...grant.clusterKey].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return (Math.floor(now.getTime() / 60_000) + spread) % CHECK_EVERY_MINUTES === 0;
}
