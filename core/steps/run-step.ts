import { isDenied, isThrottled } from '../contracts/eks-errors.ts';
import { errorMessage } from '../contracts/errors.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { blocked, bounded, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { loadNewestIntent } from '../protocol/intent-store.ts';
import { changeAndTell } from '../store/change.ts';
import { Upgrades } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { deniedReason, deniedRetryAt, isResult, openStep, type StepContext, type StepPorts } from './context.ts';
import { lookAgain } from './look-again.ts';

const THROTTLED_SECONDS = 30;

export interface StepOutcome {
  /** Name under which the upgrade keeps the step's state. */
  readonly step: string;
  readonly result: StepResult;
  /** What later steps need to know of this one. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * Opens a step, runs it and records its state, unless all there is to do is to ask again about an update that runs. A throttled read waits, a denied one blocks with its reason: neither is a fault, and
 * neither passes for an answer.
 */
export async function runStep<Ports extends StepPorts>(
  ports: Ports,
  stepInput: StepInput,
  needs: 'grant' | 'read',
  step: string,
  body: (ports: Ports, context: StepContext) => Promise<StepOutcome>,
): Promise<StepResult> {
  const again = await lookAgain(ports, stepInput);
  if (again !== undefined) return again;
  const context = await readable(step, () => openStep(ports, stepInput, needs));
  if ('outcome' in context) return context.outcome.result;
  if (isResult(context.value)) return context.value;
  const opened = context.value;
  const ran = await readable(step, () => body(ports, opened));
  const outcome = 'outcome' in ran ? begunGoesOn(ports, opened, ran.outcome) : ran.value;
  const result = { ...outcome.result, reasons: bounded(outcome.result.reasons) };
  return recordStep(ports, opened, outcome.step, result, outcome.detail);
}

/** What was begun is not failed by a permission that is missing for a while: it parks, and looks again. */
function begunGoesOn(ports: StepPorts, context: StepContext, outcome: StepOutcome): StepOutcome {
  if (outcome.result.status !== 'blocked' || context.upgrade?.mutated !== true) return outcome;
  return { ...outcome, result: parked(deniedRetryAt(ports), ...outcome.result.reasons) };
}

async function readable<Value>(
  step: string,
  read: () => Promise<Value>,
): Promise<{ value: Value } | { outcome: StepOutcome }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (isThrottled(error)) {
      const throttled = reason('Throttled', `AWS throttles the account's calls: ${errorMessage(error)}`);
      return { outcome: { step, result: wait(THROTTLED_SECONDS, throttled) } };
    }
    if (!isDenied(error)) throw error;
    return { outcome: { step, result: blocked(deniedReason(error)) } };
  }
}

/** Keeps the state of a step in its upgrade, and tells about it when it changes. A poll that changes nothing writes nothing. */
export async function recordStep(
  ports: StepPorts,
  context: StepContext,
  step: string,
  result: StepResult,
  detail?: Readonly<Record<string, unknown>>,
): Promise<StepResult> {
  const { upgrade: known, clusterKey } = context;
  if (known === undefined) return result;
  // As the step has read it; when it has moved since, as by a commit of this very step, it is read anew.
  let seen = context.upgradeRead;
  const status = result.status === 'wait' ? 'running' : result.status;
  return changeAndTell(ports, async (at) => {
    const read = seen ?? (await load(ports.table, Upgrades, clusterKey, known.id));
    seen = undefined;
    if (read === undefined) return { result };
    const before = read.data.steps[step];
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
    const completedAt =
      step === 'upgrade-control-plane' && status === 'done'
        ? await controlPlaneCompletedAt(ports, clusterKey, known.id)
        : undefined;
    const controlPlane = completedAt === undefined ? {} : { controlPlaneCompletedAt: completedAt };
    const writes = [
      replace(Upgrades, read, { ...read.data, ...controlPlane, steps: { ...read.data.steps, [step]: next } }),
    ];
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

/** A later attempt finds done what an earlier one did; that it ended outside its window stays true. */
function withPast(result: StepResult, before: readonly Reason[]): Reason[] {
  const past = result.status === 'done' ? before.filter(({ code }) => code === 'RanPastWindow') : [];
  const told = past.filter((one) => !result.reasons.some(({ code }) => code === one.code));
  return [...result.reasons, ...told];
}

/** When this upgrade's own update was seen to succeed; undefined when somebody else brought the control plane there. */
async function controlPlaneCompletedAt(
  ports: StepPorts,
  clusterKey: string,
  upgradeId: string,
): Promise<string | undefined> {
  const newest = await loadNewestIntent(ports.table, clusterKey, 'upgrade-control-plane', 'cluster');
  if (newest?.data.upgradeId !== upgradeId || newest.data.outcome?.type !== 'accepted') return undefined;
  const { observed } = newest.data.outcome;
  return observed?.status === 'Successful' ? observed.at : undefined;
}
