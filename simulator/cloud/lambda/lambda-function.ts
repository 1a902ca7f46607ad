import { ExecutionEnvironment, type InvocationOutcome } from './execution-environment.ts';
import type { FunctionProcesses } from './function-processes.ts';
import type { FunctionError } from './worker-messages.ts';

export interface LambdaFunctionOptions {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Path of the bundle's module, and the name of its export, from `scan-cluster.handler` of the template. */
  readonly module: string;
  readonly handler: string;
  /** The template's variables, resolved. */
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly logGroup: string;
  /** Whether X-Ray traces its invocations. */
  readonly traced: boolean;
  /** Unlimited when absent. */
  readonly reservedConcurrency?: number;
}

/**
 * A thread that is idle for this long, in virtual time, is ended. Lambda ends it sooner, but here a start is more expensive. An environment beside
 * others frees no memory, so it stays until its credentials expire.
 */
const IDLE_MILLISECONDS = 90 * 60_000;

/** The surroundings of a function. */
export interface LambdaHost {
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
export class LambdaFunction {
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
