import { isDenied, isThrottled } from '../contracts/eks-errors.ts';
import { errorMessage } from '../contracts/errors.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { blocked, bounded, parked, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { isResult, openStep, type StepContext, type StepPorts } from './context.ts';
import { deniedReason, deniedRetryAt } from './denied-retry.ts';
import { recordStep } from './record-step.ts';

const THROTTLED_SECONDS = 30;

export interface StepOutcome {
  /** Name under which the upgrade keeps the step's state. */
  readonly step: string;
  readonly result: StepResult;
  /** What later steps need to know of this one. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * Opens a step, runs it and records its state. A throttled read waits, a denied one blocks with its reason: neither is a fault, and
 * neither passes for an answer.
 */
export async function runStep<Ports extends StepPorts>(
  ports: Ports,
  stepInput: StepInput,
  needs: 'grant' | 'read',
  step: string,
  body: (ports: Ports, context: StepContext) => Promise<StepOutcome>,
): Promise<StepResult> {
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
      return {
        outcome: {
          step,
          result: wait(
            THROTTLED_SECONDS,
            reason('Throttled', `AWS throttles the account's calls: ${errorMessage(error)}`),
          ),
        },
      };
    }
    if (!isDenied(error)) throw error;
    return {
      outcome: {
        step,
        result: blocked(deniedReason(error)),
      },
    };
  }
}
