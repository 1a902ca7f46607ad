import { errorMessage, errorName } from '../contracts/errors.ts';
import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import type { ReconcileMarker } from '../contracts/items/rollout.ts';
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
import { isContention, type Read } from '../store/entity.ts';
import { applyDecision } from './apply-decision.ts';
import type { Decision } from './decisions.ts';
import type { FleetSnapshot } from './snapshot.ts';

type CarryPorts = Pick<Ports, 'table' | 'eks' | 'executions' | 'events' | 'clock' | 'hooks' | 'ids'>;

export interface Problem {
  readonly decision: string;
  readonly error: string;
  readonly message: string;
}
/** `changed`: others may go on by that. */
type Carried = 'changed' | 'unchanged' | Problem;

/** A grant that is freed when EKS has said what its execution had begun last. */
export interface LostGrant {
  readonly grant: Grant;
  readonly upgrade: Upgrade | undefined;
}

interface Look {
  readonly snapshot: FleetSnapshot;
  readonly marker: Read<ReconcileMarker>;
  readonly endedExecution: string | undefined;
}

/** Carries out one decision without asking EKS. One that fails never stops the others: one bad cluster must not stop the fleet. */
export function carryOut(
  ports: CarryPorts,
  decision: Decision,
  { snapshot, marker, endedExecution }: Look,
): Promise<Carried | { readonly lost: LostGrant }> {
  return orProblem<{ readonly lost: LostGrant }>(decision.type, async () => {
    if (decision.type !== 'look-after-grant') {
      await applyDecision(ports, decision, marker);
      return 'changed';
    }
    const { grant } = decision;
    const upgrade = snapshot.upgrades.find((one) => one.clusterKey === grant.clusterKey && one.id === grant.upgradeId);
    const resolve = () => resolveIntents(ports, grant.clusterKey, true);
    const looked = await lookAfterGrant(ports, grant, upgrade, endedExecution, resolve);
    return looked === 'asks-eks' ? { lost: { grant, upgrade } } : carriedBy(looked);
  });
}

/**
 * Frees the grants that EKS has to be asked for, all at once: where it does not answer, each takes most of a minute, and none may keep the others
 * waiting. As many are asked for as caps let be in flight, each account and Region at its own rate. What EKS has said is kept with the intents, so that
 * a tick that is ended meanwhile has lost nothing.
 */
export async function freeLost(ports: CarryPorts, lost: readonly LostGrant[]): Promise<Carried[]> {
  const asked = lost.map((one) => ({ ...one, said: resolveIntents(ports, one.grant.clusterKey) }));
  await Promise.allSettled(asked.map(({ said }) => said));
  const carried: Carried[] = [];
  for (const { grant, upgrade, said } of asked) {
    // One that was open when it was read has been closed since, or EKS would not be asked.
    const closing: Grant = { ...grant, status: 'closing' };
    carried.push(
      await orProblem('look-after-grant', async () =>
        carriedBy(await lookAfterGrant(ports, closing, upgrade, undefined, () => said)),
      ),
    );
  }
  return carried;
}

const carriedBy = (looked: LookedAfter): Carried => (looked === 'freed' ? 'changed' : 'unchanged');

async function orProblem<More = never>(
  decision: Decision['type'],
  carry: () => Promise<Carried | More>,
): Promise<Carried | More> {
  try {
    return await carry();
  } catch (error) {
    // Somebody else moved it: the next tick decides anew.
    if (isContention(error)) return 'unchanged';
    return { decision, error: errorName(error), message: errorMessage(error) };
  }
}

type GrantPorts = Pick<Ports, 'table' | 'clock' | 'eks' | 'executions' | 'events'>;

/** A grant this young may not have its execution yet: the execution is asked about at every tick until the upgrade shows a step of it. */
const YOUNG_MINUTES = 10;
/** Older executions are asked about this often, spread over the minutes, since DescribeExecution is scarce (facts: serverless.md §1.1). */
const CHECK_EVERY_MINUTES = 5;
/** No EKS update takes longer than this; a cluster that cannot be read for so long is given up and held. */
const UNREADABLE_DAYS = 7;

/** `asks-eks`: it can be freed once EKS has said what the last calls of its execution have begun. */
type LookedAfter = 'freed' | 'kept' | 'asks-eks';
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
