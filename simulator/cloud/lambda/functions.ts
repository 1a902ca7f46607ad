import { invokeFunction } from '../../iam/requirements/service-work.ts';
import type { Authority, Source } from '../authority.ts';
import { ExecutionEnvironment, type InvocationOutcome } from './execution-environment.ts';
import type { FunctionProcesses, LambdaFunctionOptions } from './function-processes.ts';
import type { FunctionError } from './worker-messages.ts';

/** What happens to a failed asynchronous invocation: AWS::Lambda::EventInvokeConfig. */
interface AsynchronousCalls {
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

/**
 * A thread that is idle for this long, in virtual time, is ended. Lambda ends it sooner, but here a start is more expensive. An environment beside
 * others frees no memory, so it stays until its credentials expire.
 */
const IDLE_MILLISECONDS = 90 * 60_000;

/** The surroundings of a function. */
interface LambdaHost {
  readonly processes: FunctionProcesses;
  readonly virtualNow: () => number;
  readonly sleep: (milliseconds: number, over: Promise<void>) => Promise<void>;
  /** Awaits the result of other work without holding virtual time, because that work may be asleep. */
  readonly park: <T>(promise: Promise<T>) => Promise<T>;
  readonly uuid: () => string;
  /** Variables that Lambda itself adds for a new environment, including the role's credentials, and their expiry. */
  readonly environment: (options: LambdaFunctionOptions) => {
    readonly variables: Readonly<Record<string, string>>;
    readonly expiresAt: number;
  };
  readonly onLine: (options: LambdaFunctionOptions, line: string) => void;
}

/** Six megabytes, and some room (Lambda quotas, invocation payload, synchronous); the error is as seen in github.com/cube-js/cube/issues/3175. */
const MOST_BYTES = 6 * 1024 * 1024 + 100;
const TOO_LARGE: FunctionError = {
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${MOST_BYTES} bytes).`,
  trace: [],
};

interface Environment {
  readonly running: ExecutionEnvironment;
  readonly expiresAt: number;
  readonly stream: string;
  usedAt: number;
}

export class FunctionFailure extends Error {
  readonly error: FunctionError;

  constructor(error: FunctionError) {
    super(error.errorMessage);
    this.name = error.errorType;
    this.error = error;
  }
}

/** Refused because the reserved concurrency is used up. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequestsException';
}

/**
 * A Lambda function. It has one execution environment, and invocations that arrive meanwhile wait for it. Virtual time stands still while one runs,
 * so no caller waits longer than on AWS, where they would run in parallel.
 */
class LambdaFunction {
  readonly options: LambdaFunctionOptions;
  /** Refuses to run, as with a reserved concurrency of 0. */
  switchedOff = false;
  invocations = 0;
  readonly #host: LambdaHost;
  #environment: Environment | undefined;
  #line: Promise<unknown> = Promise.resolve();
  #inside = 0;

  constructor(options: LambdaFunctionOptions, host: LambdaHost) {
    this.options = options;
    this.#host = host;
  }

  get isSwitchedOff(): boolean {
    return this.switchedOff || this.options.reservedConcurrency === 0;
  }

  /** Accepts and returns JSON text. Throws `FunctionFailure` for an error of the function, `TooManyRequests` beyond its reserved concurrency. */
  async invoke(event: string, requestId = this.#host.uuid()): Promise<string> {
    const { reservedConcurrency = Number.POSITIVE_INFINITY } = this.options;
    if (this.isSwitchedOff || this.#inside >= reservedConcurrency) throw new TooManyRequests('Rate Exceeded.');
    this.#inside += 1;
    this.invocations += 1;
    const before = this.#line;
    const { promise: after, resolve: leave } = Promise.withResolvers<void>();
    this.#line = after;
    try {
      await this.#host.park(before);
      const outcome = await this.#run(event, requestId);
      if ('error' in outcome) throw new FunctionFailure(outcome.error);
      if (Buffer.byteLength(outcome.payload) > MOST_BYTES) throw new FunctionFailure(TOO_LARGE);
      return outcome.payload;
    } finally {
      this.#inside -= 1;
      leave();
    }
  }

  /** Ends the environment if it is of no more use. */
  async giveBackIdle(): Promise<void> {
    const environment = this.#environment;
    if (environment === undefined || this.#inside > 0) return;
    const now = this.#host.virtualNow();
    const isIdle = !this.#host.processes.areHere && now - environment.usedAt > IDLE_MILLISECONDS;
    if (isIdle || environment.expiresAt <= now) await this.close();
  }

  /** Ends the environment at once, whatever it does. */
  async close(): Promise<void> {
    const environment = this.#environment;
    this.#environment = undefined;
    await environment?.running.close();
  }

  async #run(event: string, awsRequestId: string): Promise<InvocationOutcome> {
    const { running, stream } = await this.#warm();
    const { name, arn, memoryMegabytes, logGroup } = this.options;
    const outcome = await running.invoke(event, {
      awsRequestId,
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMegabytes),
      logGroupName: logGroup,
      logStreamName: stream,
    });
    if ('ended' in outcome && outcome.ended) this.#environment = undefined;
    if (this.#environment !== undefined) this.#environment.usedAt = this.#host.virtualNow();
    return outcome;
  }

  async #warm() {
    const { options } = this;
    const warm = this.#environment;
    if (warm !== undefined && !warm.running.isOver && warm.expiresAt > this.#host.virtualNow()) return warm;
    await this.close();
    const { variables, expiresAt } = this.#host.environment(options);
    const stream = `${new Date(this.#host.virtualNow()).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${this.#host.uuid().replaceAll('-', '')}`;
    const all = { ...variables, AWS_LAMBDA_LOG_STREAM_NAME: stream, ...options.variables };
    const running = new ExecutionEnvironment({
      start: (listener) => this.#host.processes.start(options, all, listener),
      timeoutSeconds: options.timeoutSeconds,
      virtualNow: this.#host.virtualNow,
      sleep: this.#host.sleep,
      onLine: (line) => this.#host.onLine(options, line),
    });
    this.#environment = { running, expiresAt, stream, usedAt: this.#host.virtualNow() };
    return this.#environment;
  }
}
