import { errorMessage, errorName } from '../../core/contracts/errors.ts';
import {
  HOOK_TAG,
  type HookAnswer,
  type HookRequest,
  hookExecutionName,
  type WaveRequest,
} from '../../core/contracts/hook.ts';
import { canonicalJson } from '../../core/hash/canonical-json.ts';
import { parseJson } from '../../core/model/parse-json.ts';
import { oneLine } from '../../core/policy/gate-answer.ts';
import { type HookExecution, noAnswer, readHookAnswer, readHookExecution } from '../../core/policy/hook-answer.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { createSignedCalls, type SignedCallsOptions } from './signed-calls.ts';

/**
 * Asks functions and state machines in the account of its credentials. Each call is tried once, since the step asks again. Fails with AWS's error
 * names.
 */
export function createAwsReceivers(options: SignedCallsOptions) {
  const invoke = createSignedCalls({ name: 'lambda', variable: 'LAMBDA' }, { ...options, tries: 1 });
  const states = createSignedCalls({ name: 'states', variable: 'SFN' }, { ...options, tries: 1 });
  const send = async (scope: Scope, operation: string, input: object): Promise<unknown> => {
    const target = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${operation}` };
    return parseJson(await states(scope, target, JSON.stringify(input)));
  };

  return {
    /** Invokes the function, and waits for what it returns. */
    askFunction: (arn: string, request: HookRequest | WaveRequest): Promise<HookAnswer> =>
      orWhatToTag(arn, async () => {
        const path = `/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`;
        const place = { method: 'POST', path, query: {} } as const;
        return readHookAnswer(await invoke(scopeOf(arn), JSON_BODY, canonicalJson(request), place));
      }),

    /**
     * Starts one execution for the question, and later looks what has become of it. The execution's name comes from the question, so Step Functions
     * refuses a second one, also while it does not show the first one yet.
     */
    askMachine: (arn: string, request: HookRequest | WaveRequest): Promise<HookAnswer> =>
      orWhatToTag(arn, async () => {
        const name = hookExecutionName(request);
        const executionArn = `${arn.replace(':stateMachine:', ':execution:')}:${name}`;
        try {
          const found = await send(scopeOf(arn), 'DescribeExecution', { executionArn });
          return readHookExecution(name, found as HookExecution);
        } catch (error) {
          if (errorName(error) !== 'ExecutionDoesNotExist') throw error;
        }
        // Each start of an EXPRESS machine is another execution, and none of them can be looked at.
        const { type } = (await send(scopeOf(arn), 'DescribeStateMachine', { stateMachineArn: arn })) as {
          type?: string;
        };
        if (type !== 'STANDARD')
          return noAnswer(`It is of the type ${type}, which starts anew for each question: make it STANDARD.`);
        try {
          await send(scopeOf(arn), 'StartExecution', { stateMachineArn: arn, name, input: canonicalJson(request) });
        } catch (error) {
          if (errorName(error) !== 'ExecutionAlreadyExists') throw error;
        }
        return readHookExecution(name, { status: 'RUNNING' });
      }),
  };
}

export type AwsReceivers = ReturnType<typeof createAwsReceivers>;

const JSON_BODY = { 'content-type': 'application/json' };

function scopeOf(arn: string): Scope {
  const [, , , region = '', account = ''] = arn.split(':');
  return { region, account };
}

/** What a function has thrown, or that it timed out, without the lines of its code; Lambda names such an error `Unhandled`. */
function failureOf(error: unknown): string {
  const text = errorMessage(error);
  const { errorType, errorMessage: message = text } = (parseJson(text) ?? {}) as Readonly<Record<string, unknown>>;
  return `The function has failed (${errorName(error)}): ${errorType === undefined ? '' : `${errorType}: `}${message}`;
}

/** Adds which tag to set: IAM's answer says only that nothing allows the call. */
async function orWhatToTag(arn: string, ask: () => Promise<HookAnswer>): Promise<HookAnswer> {
  try {
    return await ask();
  } catch (error) {
    if (/^(Unh|H)andled$/.test(errorName(error))) return noAnswer(oneLine(failureOf(error)));
    if (!errorName(error).startsWith('AccessDenied')) throw error;
    const { key, value } = HOOK_TAG;
    const todo = `give ${arn} the tag ${key}=${value}; it has to be in the account of Liftlock`;
    return noAnswer(oneLine(`It may not be asked: ${todo} (${errorMessage(error)})`));
  }
}
