import { Worker } from 'node:worker_threads';
import type { FromWorker, FunctionError, InvocationContext, ToWorker, WorkerSetup } from './worker-messages.ts';

export interface EnvironmentOptions extends WorkerSetup {
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  /** Virtual time in epoch milliseconds. */
  readonly virtualNow: () => number;
  /** Waits in virtual time, and lets it go on meanwhile. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** One line that the function wrote. */
  readonly onLine: (line: string) => void;
}

export type InvocationOutcome =
  | { readonly payload: string }
  /** `ended`: the environment is gone, and the next invocation needs a new one. */
  | { readonly error: FunctionError; readonly ended: boolean };

/** Of a worker's heap. V8 would take three times 16 for each, and there is a worker for each function. */
const YOUNG_GENERATION_MEGABYTES = 3;

/** However long a function may take by the template, one that hangs in real time ends here. */
const LONGEST_REAL_SECONDS = 60;

/** One Lambda execution environment: a worker thread with the template's variables, memory and timeout. One invocation at a time. */
export class ExecutionEnvironment {
  readonly #worker: Worker;
  readonly #options: EnvironmentOptions;
  #receive: ((message: FromWorker) => void) | undefined;
  #end: ((error: FunctionError) => void) | undefined;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    const { module, handler, now, variables, memoryMegabytes } = options;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { module, handler, now } satisfies WorkerSetup,
      env: { ...variables },
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes, maxYoungGenerationSizeMb: YOUNG_GENERATION_MEGABYTES },
      stdout: true,
      stderr: true,
    });
    // Only invocations keep the process alive.
    this.#worker.unref();
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) readLines(stream, options.onLine);
    this.#worker.on('message', (message: FromWorker) => this.#receive?.(message));
    this.#worker.on('error', (error: Error & { code?: string }) => {
      const errorType = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
      this.#end?.({ errorType, errorMessage: error.message, trace: [] });
    });
    this.#worker.on('exit', (code) =>
      this.#end?.({ errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with code ${code}`, trace: [] }),
    );
  }

  /** Runs to the function's end, its timeout or its death. Virtual time goes on only while the function sleeps. */
  async invoke(event: string, context: Omit<InvocationContext, 'deadline'>): Promise<InvocationOutcome> {
    const { timeoutSeconds, virtualNow, sleep } = this.#options;
    const deadline = virtualNow() + timeoutSeconds * 1000;
    const inbox: FromWorker[] = [];
    let wake: (() => void) | undefined;
    let ended: FunctionError | undefined;
    this.#receive = (message) => {
      inbox.push(message);
      wake?.();
    };
    this.#end = (error) => {
      ended ??= error;
      wake?.();
    };
    const timedOut = (): FunctionError => ({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${context.awsRequestId} Error: Task timed out after ${timeoutSeconds}.00 seconds`,
      trace: [],
    });
    const realLimit = setTimeout(() => this.#end?.(timedOut()), Math.min(timeoutSeconds, LONGEST_REAL_SECONDS) * 1000);
    this.#worker.ref();
    this.#send({ type: 'invoke', event, context: { ...context, deadline } });
    try {
      for (;;) {
        // Awaited here and not in the listener: only here the invocation is known as the work that holds virtual time.
        if (inbox.length === 0 && ended === undefined)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        const message = inbox.shift();
        if (message?.type === 'returned') return { payload: message.payload };
        if (message?.type === 'failed') return { error: message.error, ended: false };
        if (message?.type === 'sleeping') {
          const left = deadline - virtualNow();
          // Not awaited: a function may sleep several times at once.
          void sleep(Math.min(message.milliseconds, left)).then(() => {
            if (message.milliseconds < left) this.#send({ type: 'awake', sleep: message.sleep });
            else this.#end?.(timedOut());
          });
        }
        if (ended !== undefined && inbox.length === 0) {
          await this.close();
          return { error: ended, ended: true };
        }
      }
    } finally {
      clearTimeout(realLimit);
      this.#receive = undefined;
      this.#end = undefined;
      this.#worker.unref();
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  });
}
