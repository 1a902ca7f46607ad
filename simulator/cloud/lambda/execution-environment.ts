import { Worker } from 'node:worker_threads';
import type {
  FromWorker,
  FunctionError,
  InvocationContext,
  ToWorker,
  WorkerAnswer,
  WorkerRequest,
  WorkerSetup,
} from './worker-messages.ts';
import { WORKER_MODULE } from './worker-module.ts';

export interface EnvironmentOptions extends WorkerSetup {
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  /** Virtual time in epoch milliseconds. */
  readonly virtualNow: () => number;
  /** Waits in virtual time, or until `over`, and lets it go on meanwhile. */
  readonly sleep: (milliseconds: number, over: Promise<void>) => Promise<void>;
  /** Answers a request to `origin`. A rejection is a connection that breaks. */
  readonly answer?: (request: WorkerRequest) => Promise<WorkerAnswer>;
  /** One line that the function wrote. */
  readonly onLine: (line: string) => void;
}

export type InvocationOutcome =
  | { readonly payload: string }
  /** `ended`: the environment is gone, and the next invocation needs a new one. */
  | { readonly error: FunctionError; readonly ended: boolean };

/** Of a worker's heap. V8 would take three times 16 for each, and there is a worker for each function. */
const YOUNG_GENERATION_MEGABYTES = 8;

/** However long a function may take by the template, one that hangs in real time ends here. */
const LONGEST_REAL_SECONDS = 60;

/** One Lambda execution environment: a worker thread with the template's variables, memory and timeout. One invocation at a time. */
export class ExecutionEnvironment {
  readonly #worker: Worker;
  readonly #options: EnvironmentOptions;
  /** What the worker said since the invocation began. */
  readonly #inbox: FromWorker[] = [];
  #wake: (() => void) | undefined;
  #running: string | undefined;
  #ended: FunctionError | undefined;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    const { module, handler, now, compileCache, origin, variables, memoryMegabytes } = options;
    this.#worker = new Worker(WORKER_MODULE, {
      workerData: {
        module,
        handler,
        now,
        ...(compileCache === undefined ? {} : { compileCache }),
        ...(origin === undefined ? {} : { origin }),
      } satisfies WorkerSetup,
      env: { ...variables },
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes, maxYoungGenerationSizeMb: YOUNG_GENERATION_MEGABYTES },
      stdout: true,
      stderr: true,
    });
    // Only invocations keep the process alive.
    this.#worker.unref();
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) readLines(stream, options.onLine);
    this.#worker.on('message', (message: FromWorker) => {
      if (message.type === 'request') return void this.#answer(message.id, message.request);
      if (message.type === 'died') this.#end(message.error);
      else this.#inbox.push(message);
      this.#wake?.();
    });
    this.#worker.on('error', (error: Error & { code?: string }) => {
      const errorType = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
      this.#end({ errorType, errorMessage: this.#runtimeError(error.message), trace: [] });
    });
    this.#worker.on('exit', (code) => {
      const why = code === 0 ? 'exited without providing a reason' : `exited with error: exit status ${code}`;
      this.#end({ errorType: 'Runtime.ExitError', errorMessage: this.#runtimeError(`Runtime ${why}`), trace: [] });
    });
  }

  /** Whether its process is gone, maybe after an invocation had its answer: the next one needs a new environment. */
  get isOver(): boolean {
    return this.#ended !== undefined;
  }

  /** Runs to the function's end, its timeout or its death. Virtual time goes on only while the function sleeps. */
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
    this.#worker.ref();
    this.#inbox.length = 0;
    this.#send({ type: 'invoke', event, context: { ...context, deadline } });
    try {
      for (;;) {
        // Awaited here and not in the listener: only here the invocation is known as the work that holds virtual time.
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
          // Not awaited: the function may die meanwhile.
          const slept = this.#sleep(message.until, deadline, timeOut, over);
          rouse = () => {
            end();
            return slept;
          };
        }
        if (this.#ended !== undefined && this.#inbox.length === 0) {
          await this.close();
          return { error: this.#ended, ended: true };
        }
      }
    } finally {
      clearTimeout(realLimit);
      this.#wake = undefined;
      this.#running = undefined;
      this.#worker.unref();
      // Virtual time would otherwise wait for ever for work that ended before its sleep.
      await rouse();
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Lets virtual time go on until the function's next sleep is over, or its deadline is there. */
  async #sleep(until: number, deadline: number, timeOut: () => void, over: Promise<void>): Promise<void> {
    let isRoused = false;
    void over.then(() => {
      isRoused = true;
    });
    await this.#options.sleep(Math.min(until, deadline) - this.#options.virtualNow(), over);
    if (isRoused) return;
    if (until < deadline) this.#send({ type: 'awake' });
    else timeOut();
  }

  async #answer(id: number, request: WorkerRequest): Promise<void> {
    try {
      this.#send({ type: 'answer', id, answer: await this.#options.answer?.(request) });
    } catch {
      this.#send({ type: 'answer', id });
    }
  }

  /** As Lambda words what its runtime did. */
  #runtimeError(what: string): string {
    return this.#running === undefined ? what : `RequestId: ${this.#running} Error: ${what}`;
  }

  #end(error: FunctionError): void {
    this.#ended ??= error;
    this.#wake?.();
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
