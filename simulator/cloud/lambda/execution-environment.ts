import type { FunctionProcess, ProcessListener } from './function-process.ts';
import type { FromRuntime, FunctionError, InvocationContext } from './worker-messages.ts';

export interface EnvironmentOptions {
  readonly start: (listener: ProcessListener) => FunctionProcess;
  readonly timeoutSeconds: number;
  /** Virtual time in epoch milliseconds. */
  readonly virtualNow: () => number;
  /** Waits in virtual time, or until `over`, and lets time pass meanwhile. */
  readonly sleep: (milliseconds: number, over: Promise<void>) => Promise<void>;
  /** Called for each line that the function writes. */
  readonly onLine: (line: string) => void;
}

export type InvocationOutcome =
  | { readonly payload: string }
  /** `ended`: the environment has ended, and the next invocation needs a new one. */
  | { readonly error: FunctionError; readonly ended: boolean };

/** A function that hangs in real time ends after this time, whatever the timeout of its template. */
const LONGEST_REAL_SECONDS = 60;

/** One Lambda execution environment: a bundle's module with the template's variables and timeout. It runs one invocation at a time. */
export class ExecutionEnvironment {
  readonly #options: EnvironmentOptions;
  readonly #process: FunctionProcess;
  /** Messages of the function since the invocation began. */
  readonly #inbox: FromRuntime[] = [];
  #wake: (() => void) | undefined;
  #running: string | undefined;
  #ended: FunctionError | undefined;
  #unfinishedLine = '';

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#process = options.start({
      onMessage: (message) => {
        if (message.type === 'died') this.#end(message.error);
        else this.#inbox.push(message);
        this.#wake?.();
      },
      onWrote: (text) => this.#write(text),
      onEnd: (error, code) => this.#end(this.#endOfProcess(error, code)),
    });
  }

  /** Whether its process has ended, possibly after an answer: the next invocation needs a new environment. */
  get isOver(): boolean {
    return this.#ended !== undefined;
  }

  /** Runs until the function ends, times out or dies. Virtual time passes only while the function sleeps. */
  async invoke(event: string, context: Omit<InvocationContext, 'deadline'>): Promise<InvocationOutcome> {
    const { timeoutSeconds, virtualNow } = this.#options;
    const { awsRequestId } = context;
    const deadline = virtualNow() + timeoutSeconds * 1000;
    let rouse = async (): Promise<void> => {};
    const timeOut = (): void => {
      const errorMessage = this.#runtimeError(`Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
      this.#end({ errorType: 'Sandbox.Timedout', errorMessage, trace: [] });
    };
    this.#running = awsRequestId;
    const realLimit = setTimeout(timeOut, Math.min(timeoutSeconds, LONGEST_REAL_SECONDS) * 1000);
    this.#process.hold();
    this.#inbox.length = 0;
    this.#process.send({ type: 'invoke', event, context: { ...context, deadline } });
    try {
      for (;;) {
        // It waits here and not in the listener, because only here the invocation counts as the work that holds virtual time.
        if (this.#inbox.length === 0 && this.#ended === undefined)
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        const message = this.#inbox.shift();
        if (message?.type === 'returned') return { payload: message.payload };
        if (message?.type === 'failed') return { error: message.error, ended: false };
        if (message?.type === 'sleeping') {
          await rouse();
          const { promise: over, resolve: end } = Promise.withResolvers<void>();
          // It is not awaited, because the function may die meanwhile.
          const slept = this.#sleep(message.until, deadline, timeOut, over);
          rouse = () => {
            end();
            return slept;
          };
        }
        if (this.#ended !== undefined && this.#inbox.length === 0) {
          await this.#process.end();
          return { error: this.#ended, ended: true };
        }
      }
    } finally {
      clearTimeout(realLimit);
      this.#wake = undefined;
      this.#running = undefined;
      this.#process.letGo();
      // Virtual time would otherwise wait for ever for work that ended before its sleep.
      await rouse();
    }
  }

  /** Ends it at once. */
  close(): Promise<void> {
    return this.#process.end();
  }

  /** Lets virtual time pass until the function's next sleep ends, or until its deadline. */
  async #sleep(until: number, deadline: number, timeOut: () => void, over: Promise<void>): Promise<void> {
    let isRoused = false;
    void over.then(() => {
      isRoused = true;
    });
    await this.#options.sleep(Math.min(until, deadline) - this.#options.virtualNow(), over);
    if (isRoused) return;
    if (until < deadline) this.#process.send({ type: 'awake' });
    else timeOut();
  }

  /** The text in which Lambda reports an error of the runtime. */
  #runtimeError(what: string): string {
    return this.#running === undefined ? what : `RequestId: ${this.#running} Error: ${what}`;
  }

  #end(error: FunctionError): void {
    this.#ended ??= error;
    this.#wake?.();
  }

  #endOfProcess(error: Error | undefined, code?: number): FunctionError {
    if (error !== undefined) {
      const isMemory = (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY';
      const errorType = isMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
      return { errorType, errorMessage: this.#runtimeError(error.message), trace: [] };
    }
    const why = code === 0 ? 'exited without providing a reason' : `exited with error: exit status ${code}`;
    return { errorType: 'Runtime.ExitError', errorMessage: this.#runtimeError(`Runtime ${why}`), trace: [] };
  }

  #write(text: string): void {
    const lines = (this.#unfinishedLine + text).split('\n');
    this.#unfinishedLine = lines.pop() ?? '';
    for (const line of lines) if (line !== '') this.#options.onLine(line);
  }
}
