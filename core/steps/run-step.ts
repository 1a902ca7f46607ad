import { errorMessage, isDenied, isThrottled } from '../contracts/errors.ts';
import type { Intent, Upgrade } from '../contracts/items/protocol.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { blocked, bounded, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { type PollBounds, pollSeconds } from '../model/poll-seconds.ts';
import { beingDeleted } from '../policy/quarantine.ts';
import type { Update } from '../ports/eks.ts';
import type { Table } from '../ports/table.ts';
import { authority } from '../protocol/authority.ts';
import { loadNewestIntent } from '../protocol/intent-store.ts';
import { callOf, intentState } from '../protocol/look-up.ts';
import { isUndo } from '../protocol/undo.ts';
import { subjectOf } from '../protocol/update-subject.ts';
import { changeAndTell } from '../store/change.ts';
import { Grants, Intents, Upgrades } from '../store/entities.ts';
import { batched, load, replace } from '../store/entity.ts';
import {
  deniedReason,
  deniedRetryAt,
  type EffectsOf,
  isResult,
  openStep,
  type StepContext,
  type StepPorts,
} from './context.ts';

const THROTTLED_SECONDS = 30;

/** The outcome of a step. */
export interface StepOutcome extends StepResult {
  /** What later steps need to know of this one. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** What it has found out about the upgrade itself. */
  readonly found?: Pick<Upgrade, 'reversibleFrom' | 'reversibleUntil'>;
}

/**
 * Opens a step, runs it and records its state, unless it only has to ask again about an update that runs. A throttled read waits and a denied one
 * blocks with its reason: neither is a fault, and neither counts as an answer.
 * @param step under which the upgrade keeps the state of the step, however it ends
 */
export async function runStep(
  ports: StepPorts,
  stepInput: StepInput,
  needs: 'grant' | 'read',
  step: string | ((context: StepContext) => string),
  body: (context: StepContext) => Promise<StepOutcome>,
  effectsOf?: EffectsOf,
): Promise<StepResult> {
  const again = await lookAgain(ports, stepInput);
  if (again !== undefined) return again;
  const context = await readable(() => openStep(ports, stepInput, needs, effectsOf), blocked);
  if (isResult(context)) return context;
  const denied = (why: Reason) => whenDenied(ports, context, why);
  const outcome: StepOutcome = untilGone(ports, context) ?? (await readable(() => body(context), denied));
  const { detail: _, found: __, ...result } = outcome;
  const name = typeof step === 'string' ? step : step(context);
  return recordStep(ports, context, name, { ...result, reasons: bounded(result.reasons) }, outcome);
}

/** A permission that is missing for some time does not fail an upgrade that was begun: it parks, and looks again. */
export const whenDenied = (ports: StepPorts, { upgrade }: Partial<StepContext>, why: Reason): StepResult =>
  upgrade?.mutated === true ? parked(deniedRetryAt(ports), why) : blocked(why);

/** Somebody deletes a cluster that this upgrade has changed: that is no failure of it, however long ago it began, and it ends with the cluster. */
function untilGone(ports: StepPorts, context: StepContext): StepResult | undefined {
  const deleted = beingDeleted(context.cluster);
  const waits = deleted !== undefined && context.upgrade?.mutated === true && !isUndo(context.upgrade);
  return waits ? parked(deniedRetryAt(ports), deleted) : undefined;
}

async function readable<Value>(
  read: () => Promise<Value>,
  denied: (why: Reason) => StepResult,
): Promise<Value | StepResult> {
  try {
    return await read();
  } catch (error) {
    if (isThrottled(error))
      return wait(THROTTLED_SECONDS, reason('Throttled', `AWS throttles the account's calls: ${errorMessage(error)}`));
    if (!isDenied(error)) throw error;
    return denied(deniedReason(error));
  }
}

/** Keeps the state of a step in its upgrade, and publishes its changes. A poll that changes nothing writes nothing. */
export async function recordStep(
  ports: StepPorts,
  context: StepContext,
  step: string,
  result: StepResult,
  { detail, found }: Pick<StepOutcome, 'detail' | 'found'>,
): Promise<StepResult> {
  const { upgrade: known, clusterKey } = context;
  if (known === undefined) return result;
  // The upgrade as the step has read it. When it has changed since, as by a commit of this step, it is read again.
  let seen = context.upgradeRead;
  const status = result.status === 'wait' ? 'running' : result.status;
  return changeAndTell(ports, async (at) => {
    const read = seen ?? (await load(ports.table, Upgrades, clusterKey, known.id));
    seen = undefined;
    if (read === undefined) return { result };
    const before = read.data.steps[step];
    // Another invocation has ended the step since this one began: what it has said stands.
    if (before?.endedAt !== undefined && before.endedAt !== known.steps[step]?.endedAt) return { result };
    const reasons = withPast(result, before?.reasons ?? []);
    const sameReasons = JSON.stringify(before?.reasons ?? []) === JSON.stringify(reasons);
    if (before?.status === status && sameReasons && detail === undefined) return { result };
    const now = at.toISOString();
    const resumed = before === undefined || before.endedAt !== undefined;
    const next = {
      status,
      reasons,
      startedAt: resumed ? now : before.startedAt,
      ...(status === 'running' ? {} : { endedAt: now }),
      ...(detail === undefined ? (before?.detail === undefined ? {} : { detail: before.detail }) : { detail }),
    };
    // The way back is open from then on, even while a hook is asked about it or has refused it.
    const controlPlane =
      step === 'upgrade-control-plane' && read.data.controlPlaneCompletedAt === undefined
        ? await controlPlaneEnd(ports, read.data, context.grant?.number)
        : {};
    const steps = { ...read.data.steps, [step]: next };
    const writes = [replace(Upgrades, read, { ...read.data, ...controlPlane, ...found, steps })];
    if (before?.status === status) return { result, writes };
    const told = { upgradeId: known.id, step, status, reasons: [...result.reasons] };
    const { account, region } = context.scope;
    const named = { clusterKey, cluster: context.input.cluster, account, region };
    return {
      result,
      writes,
      record: [{ subject: clusterKey, event: 'StepChanged', principal: LIFTLOCK, detail: told }],
      events: () => [{ type: 'StepChanged', detail: { version: 1, ...named, ...told } }],
    };
  });
}

/** A later look repeats the result of an earlier one, while a hook is asked or settings are put back. That it ended outside its window stays true. */
function withPast(result: StepResult, before: readonly Reason[]): Reason[] {
  const isKept = result.status === 'done' || result.status === 'wait';
  const past = isKept ? before.filter(({ code }) => code === 'RanPastWindow') : [];
  const told = past.filter((one) => !result.reasons.some(({ code }) => code === one.code));
  return [...result.reasons, ...told];
}

/**
 * When this upgrade's own update was seen to succeed; empty when somebody else brought the control plane there. A try after a rollback has the same
 * id, so updates of earlier tries do not count. An execution that finds an update of an earlier one may find it hours after its end. EKS does not
 * tell that instant, and counts seven days from it (https://docs.aws.amazon.com/eks/latest/userguide/rollback-cluster.html).
 */
async function controlPlaneEnd(
  ports: StepPorts,
  { clusterKey, id, startedAt = '', firstStartedAt = startedAt }: Upgrade,
  grantNumber: number | undefined,
): Promise<Pick<Upgrade, 'controlPlaneCompletedAt' | 'reversibleFrom'>> {
  const newest = await loadNewestIntent(ports.table, clusterKey, 'upgrade-control-plane', 'cluster');
  if (newest?.data.upgradeId !== id || newest.data.outcome?.type !== 'accepted') return {};
  if (newest.data.committedAt < firstStartedAt) return {};
  const { observed } = newest.data.outcome;
  if (observed?.status !== 'Successful') return {};
  const reversibleFrom = newest.data.grantNumber === grantNumber ? undefined : newest.data.committedAt;
  return { controlPlaneCompletedAt: observed.at, ...given({ reversibleFrom }) };
}

/** An update that an execution has seen running, and the intent that started it. */
interface RunningUpdate
  extends Readonly<Pick<Intent, 'scope' | 'clusterKey' | 'upgradeId' | 'step' | 'subject' | 'attempt'>> {
  /** For people: `Roll of workers to 1.37`. */
  readonly what: string;
  readonly bounds: PollBounds;
}

/** The update that each execution saw running at its last look, by ARN. It only tells where to look; everything that decides is read each time. */
const lastSeen = new WeakMap<Pick<Table, 'get'>, Map<string, RunningUpdate>>();
/** Nothing tells a function that an execution has ended, so the one that has not looked for the longest time is forgotten. */
const MOST_REMEMBERED = 500;

export function rememberRunning({ table }: Pick<StepPorts, 'table'>, executionArn: string, seen: RunningUpdate): void {
  const known = lastSeen.get(table) ?? new Map<string, RunningUpdate>();
  lastSeen.set(table, known);
  known.delete(executionArn);
  known.set(executionArn, seen);
  const [oldest = ''] = known.keys();
  if (known.size > MOST_REMEMBERED) known.delete(oldest);
}

/** The update that the last look through a table found ended. The step that is opened then uses it, since no update begins again. */
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
 * Asks again about the update that this execution saw running at its last look. It takes one read of the table and one call, half of what an opened
 * step takes. Undefined where anything else has changed since, or cannot be read: then the step is opened as if it had never looked.
 */
export async function lookAgain(
  ports: StepPorts,
  { execution, nodegroup }: StepInput,
): Promise<StepResult | undefined> {
  const known = lastSeen.get(ports.table);
  const seen = known?.get(execution.arn);
  if (known === undefined || seen === undefined) return undefined;
  // A look that finds it running remembers it again.
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
    const [said] = result.reasons.map((one) => JSON.stringify(one));
    // A reason of what could not be silenced may stand beside it.
    const isOnRecord = Object.values(upgrade?.data.steps ?? {}).some(
      (one) => one.status === 'running' && one.reasons.some((other) => JSON.stringify(other) === said),
    );
    if (!isOnRecord) return undefined;
    rememberRunning(ports, execution.arn, seen);
    return result;
  } catch {
    // The step that is opened next meets the same error, and reports it.
    return undefined;
  }
}
