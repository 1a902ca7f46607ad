import { invokeFunction } from '../../iam/requirements/service-work.ts';
import type { Authority, Source } from '../authority.ts';
import {
  FunctionFailure,
  LambdaFunction,
  type LambdaFunctionOptions,
  type LambdaHost,
  TooManyRequests,
} from './lambda-function.ts';

/** What happens to a failed asynchronous invocation: AWS::Lambda::EventInvokeConfig. */
export interface AsynchronousCalls {
  readonly retries: number;
  readonly maximumAgeSeconds: number;
  readonly onFailure?: string;
}

/** A waiting event; its id stays the same through all attempts. */
interface WaitingCall {
  readonly lambda: LambdaFunction;
  readonly event: string;
  readonly requestId: string;
  readonly ageSeconds: number;
  /** The number of failures, and of refusals before it ran. */
  readonly failures: number;
  readonly refusals: number;
}

const LONGEST_REFUSAL_SECONDS = 300;

const DEFAULT_CALLS: AsynchronousCalls = { retries: 2, maximumAgeSeconds: 6 * 3_600 };

export interface FunctionsHost extends LambdaHost {
  readonly authority: Authority;
  readonly schedule: (seconds: number, run: () => Promise<void>) => void;
  /** Sends an abandoned invocation to a queue, in the name of the function's role. Throws when that is denied. */
  readonly toDestination: (lambda: LambdaFunctionOptions, destinationArn: string, body: string) => void;
  /** Called for every error that a function throws, but not for refusals beyond its concurrency. */
  readonly onError: (lambda: LambdaFunctionOptions, error: Error) => void;
  /** Called for every refusal. */
  readonly onThrottle: (lambda: LambdaFunctionOptions) => void;
}

/** All Lambda functions, by ARN. */
export class Functions {
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #calls = new Map<string, AsynchronousCalls>();
  readonly #host: FunctionsHost;

  constructor(host: FunctionsHost) {
    this.#host = host;
  }

  add(options: LambdaFunctionOptions): void {
    this.#functions.set(options.arn, new LambdaFunction(options, this.#host));
  }

  configureAsynchronousCalls(functionArn: string, calls: AsynchronousCalls): void {
    this.#calls.set(functionArn, calls);
  }

  all(): readonly LambdaFunction[] {
    return [...this.#functions.values()];
  }

  /** Throws `ResourceNotFoundException` for an unknown function. */
  get(arn: string): LambdaFunction {
    const found = this.#functions.get(arn);
    if (found !== undefined) return found;
    throw Object.assign(new Error(`Function not found: ${arn}`), { name: 'ResourceNotFoundException' });
  }

  /** Waits for the answer: JSON text in and out. Throws what `LambdaFunction.invoke` throws. */
  invoke(arn: string, event: string): Promise<string> {
    return this.#invoke(this.get(arn), event, this.#host.uuid());
  }

  /**
   * Accepts the event and answers at once. The function runs soon, and again when it fails; a final failure goes to its destination. A missing
   * permission is thrown, because an invocation is an access like any other.
   */
  invokeAsynchronously(
    arn: string,
    event: string,
    leave: { readonly source: Source; readonly roleArn?: string },
  ): void {
    const lambda = this.get(arn);
    const { authority, schedule } = this.#host;
    const { source, roleArn } = leave;
    const where = `${source.service} for ${source.sourceArn}`;
    if (roleArn === undefined) authority.asService(source, invokeFunction(arn), where);
    else authority.inRole(roleArn, source, invokeFunction(arn), where);
    const call = { lambda, event, requestId: this.#host.uuid(), ageSeconds: 0, failures: 0, refusals: 0 };
    schedule(0, () => this.#attempt(call));
  }

  /** Ends environments that have been idle for long; it is called now and then. */
  async giveBackIdle(): Promise<void> {
    await Promise.all(this.all().map((lambda) => lambda.giveBackIdle()));
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((lambda) => lambda.close()));
  }

  async #invoke(lambda: LambdaFunction, event: string, requestId: string): Promise<string> {
    try {
      return await lambda.invoke(event, requestId);
    } catch (error) {
      if (error instanceof TooManyRequests) this.#host.onThrottle(lambda.options);
      else this.#host.onError(lambda.options, error as Error);
      throw error;
    }
  }

  /** Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
  async #attempt(call: WaitingCall): Promise<void> {
    const { lambda, event, requestId, failures, refusals } = call;
    try {
      await this.#invoke(lambda, event, requestId);
    } catch (error) {
      // A failure waits one minute before the first retry and two before the second. A refusal uses up no retry, and waits a second, then two, then
      // four.
      if (!(error instanceof TooManyRequests)) {
        this.#repeat({ ...call, failures: failures + 1 }, 60 * (failures + 1), error as Error);
      } else if (lambda.isSwitchedOff) {
        this.#giveUp(call, 'RetriesExhausted', error);
      } else {
        this.#repeat({ ...call, refusals: refusals + 1 }, Math.min(2 ** refusals, LONGEST_REFUSAL_SECONDS), error);
      }
    }
  }

  #repeat(call: WaitingCall, seconds: number, error: Error): void {
    const { retries, maximumAgeSeconds } = this.#callsOf(call.lambda);
    const ageSeconds = call.ageSeconds + seconds;
    if (call.failures > retries) this.#giveUp(call, 'RetriesExhausted', error);
    else if (ageSeconds > maximumAgeSeconds) this.#giveUp(call, 'EventAgeExceeded', error);
    else this.#host.schedule(seconds, () => this.#attempt({ ...call, ageSeconds }));
  }

  #giveUp(call: WaitingCall, condition: 'RetriesExhausted' | 'EventAgeExceeded', error: Error): void {
    const { options } = call.lambda;
    const { onFailure } = this.#callsOf(call.lambda);
    if (onFailure === undefined) return;
    const timestamp = new Date(this.#host.virtualNow()).toISOString();
    try {
      this.#host.toDestination(options, onFailure, JSON.stringify(failureRecord(call, condition, error, timestamp)));
    } catch {
      // The denial is recorded, and the event is lost as on AWS.
    }
  }

  #callsOf(lambda: LambdaFunction): AsynchronousCalls {
    return this.#calls.get(lambda.options.arn) ?? DEFAULT_CALLS;
  }
}

/** The record for a destination. Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function failureRecord(call: WaitingCall, condition: string, error: Error, timestamp: string): object {
  const { lambda, event, requestId, failures } = call;
  const { arn: functionArn } = lambda.options;
  const requestContext = {
    requestId,
    functionArn: `${functionArn}:$LATEST`,
    condition,
    approximateInvokeCount: failures,
  };
  const requestPayload: unknown = JSON.parse(event);
  const record = { version: '1.0', timestamp, requestContext, requestPayload };
  // An invocation that never ran has no answer.
  if (!(error instanceof FunctionFailure)) return record;
  return {
    ...record,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: error.error,
  };
}
