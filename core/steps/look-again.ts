import type { Intent } from '../contracts/items/protocol.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { reason, type StepResult, wait } from '../contracts/step-result.ts';
import type { Update } from '../ports/eks.ts';
import type { Table } from '../ports/table.ts';
import { authority } from '../protocol/authority.ts';
import { callOf, intentState } from '../protocol/look-up.ts';
import { subjectOf } from '../protocol/update-subject.ts';
import { Grants, Intents, Upgrades } from '../store/entities.ts';
import { batched, load } from '../store/entity.ts';
import { type PollBounds, pollSeconds, type StepPorts } from './context.ts';

/** An update that an execution has seen running, by the intent that it comes from. */
export interface RunningUpdate
  extends Readonly<Pick<Intent, 'scope' | 'clusterKey' | 'upgradeId' | 'step' | 'subject' | 'attempt'>> {
  /** For people: `Roll of workers to 1.37`. */
  readonly what: string;
  readonly bounds: PollBounds;
}

/** What each execution has seen running when it last looked, by its ARN. It says where to look; what is decided is read each time. */
const lastSeen = new WeakMap<Pick<Table, 'get'>, Map<string, RunningUpdate>>();
/** Nobody tells a function that an execution has ended, and its environment lives for hours: the one that has not looked for longest is forgotten. */
const MOST_REMEMBERED = 500;

export function rememberRunning({ table }: Pick<StepPorts, 'table'>, executionArn: string, seen: RunningUpdate): void {
  const known = lastSeen.get(table) ?? new Map<string, RunningUpdate>();
  lastSeen.set(table, known);
  known.delete(executionArn);
  known.set(executionArn, seen);
  const [oldest = ''] = known.keys();
  if (known.size > MOST_REMEMBERED) known.delete(oldest);
}

/** The update that was found ended at the last look through a table, until the step asks that is opened then: what has ended begins no more. */
const justEnded = new WeakMap<Pick<Table, 'get'>, Update>();

export function takeEnded({ table }: Pick<StepPorts, 'table'>, updateId: string): Update | undefined {
  const update = justEnded.get(table);
  if (update?.id !== updateId) return undefined;
  justEnded.delete(table);
  return update;
}

/** `begunAt`: when the call was committed, ISO 8601. */
export const stillRunning = (
  what: string,
  updateId: string,
  begunAt: string,
  now: Date,
  bounds: PollBounds,
): StepResult =>
  wait(
    pollSeconds(new Date(begunAt), now, bounds),
    reason('UpdateInProgress', `${what}: EKS works on update ${updateId}.`),
  );

/**
 * Asks again about the update that this execution saw running when it last looked: one read of the table and one call, half of what a step makes
 * that is opened. Undefined where anything but the clock has moved since, or cannot be read: then the step is opened as if it had never looked.
 */
export async function lookAgain(
  ports: StepPorts,
  { execution, nodegroup }: StepInput,
): Promise<StepResult | undefined> {
  const known = lastSeen.get(ports.table);
  const seen = known?.get(execution.arn);
  if (known === undefined || seen === undefined) return undefined;
  // Whoever finds it running remembers it anew.
  known.delete(execution.arn);
  const { scope, clusterKey, upgradeId, step, subject, attempt, what, bounds } = seen;
  if (nodegroup !== undefined && nodegroup !== subject) return undefined;
  try {
    const reader = batched(ports.table);
    const [grant, upgrade, intent] = await Promise.all([
      load(reader, Grants, clusterKey),
      load(reader, Upgrades, clusterKey, upgradeId),
      load(reader, Intents, clusterKey, step, subject, attempt),
    ]);
    if (grant?.data.upgradeId !== upgradeId || authority(grant.data, execution) === 'none') return undefined;
    const now = ports.clock.now();
    const state = intentState(intent?.data, now);
    if (state.type !== 'running') return undefined;
    const { updateId } = state;
    const update = await ports.eks.describeUpdate(scope, { ...subjectOf(callOf(state.intent)), updateId });
    if (update.status !== 'InProgress') {
      justEnded.set(ports.table, update);
      return undefined;
    }
    const result = stillRunning(what, updateId, state.intent.committedAt, now, bounds);
    const said = JSON.stringify(result.reasons);
    const isOnRecord = Object.values(upgrade?.data.steps ?? {}).some(
      (one) => one.status === 'running' && JSON.stringify(one.reasons) === said,
    );
    if (!isOnRecord) return undefined;
    rememberRunning(ports, execution.arn, seen);
    return result;
  } catch {
    // The step that is opened meets the same, and says what it means.
    return undefined;
  }
}
