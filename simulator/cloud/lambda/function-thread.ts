import { Worker } from 'node:worker_threads';
import type {
  EnvironmentSetup,
  FromWorker,
  ThreadSetup,
  ToWorker,
  WorkerAnswer,
  WorkerRequest,
} from './worker-messages.ts';
import { WORKER_MODULE } from './worker-module.ts';

export interface ThreadOptions extends ThreadSetup {
  /** Of the process: what Node itself reads at its start is of the thread, and the same for each of its environments. */
  readonly nodeOptions: string | undefined;
  /** Of the heap, beside its young generation; absent = as much as there is. */
  readonly memoryMegabytes?: number;
  readonly youngGenerationMegabytes: number;
  /** Answers requests to `origin`. A rejection is a connection that breaks. */
  readonly answer?: (request: WorkerRequest) => Promise<WorkerAnswer>;
}

/** What an environment hears of its thread. */
export interface ThreadListener {
  onMessage(message: FromWorker): void;
  onWrote(text: string): void;
  /** The thread is gone; `code` is its exit code, absent where V8 ended it for want of memory. */
  onEnd(error: Error | undefined, code?: number): void;
}

/** A worker thread with the execution environments of one function or of several. */
export class FunctionThread {
  readonly #worker: Worker;
  readonly #answer: ThreadOptions['answer'];
  readonly #listeners = new Map<number, ThreadListener>();
  readonly #modules = new Set<string>();
  #invocations = 0;
  #isOver = false;

  constructor({ nodeOptions, memoryMegabytes, youngGenerationMegabytes, answer, ...setup }: ThreadOptions) {
    this.#answer = answer;
    this.#worker = new Worker(WORKER_MODULE, {
      workerData: setup satisfies ThreadSetup,
      env: nodeOptions === undefined ? {} : { NODE_OPTIONS: nodeOptions },
      resourceLimits: {
        maxYoungGenerationSizeMb: youngGenerationMegabytes,
        ...(memoryMegabytes === undefined ? {} : { maxOldGenerationSizeMb: memoryMegabytes }),
      },
      stdout: true,
      stderr: true,
    });
    // Only invocations keep the process alive.
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker) => this.#take(message));
    this.#worker.on('error', (error: Error) => this.#tellEnd(error));
    this.#worker.on('exit', (code) => this.#tellEnd(undefined, code));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Node keeps a module as long as the thread lives, so a new environment of the same module needs another thread. */
  hasHeld(module: string): boolean {
    return this.#modules.has(module);
  }

  /** Gives the number by which the environment is called. */
  open(setup: EnvironmentSetup, listener: ThreadListener): number {
    const environment = this.#modules.size;
    this.#modules.add(setup.module);
    this.#listeners.set(environment, listener);
    this.send({ type: 'open', environment, setup });
    return environment;
  }

  send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /** Keeps the process alive from a first invocation to the end of the last. */
  hold(): void {
    this.#invocations += 1;
    this.#worker.ref();
  }

  letGo(): void {
    this.#invocations -= 1;
    if (this.#invocations === 0) this.#worker.unref();
  }

  /** Takes an environment out that does nothing; ends the thread after the last. */
  async drop(environment: number): Promise<void> {
    if (!this.#listeners.delete(environment)) return;
    if (this.#listeners.size === 0) await this.end();
    else this.send({ type: 'drop', environment });
  }

  /** Ends the thread at once, in the middle of whatever it does. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#worker.terminate();
  }

  #take(message: FromWorker): void {
    const listener = this.#listeners.get(message.environment);
    if (message.type === 'request') void this.#serve(message);
    else if (message.type === 'wrote') listener?.onWrote(message.text);
    else listener?.onMessage(message);
  }

  async #serve({ environment, id, request }: FromWorker & { readonly type: 'request' }): Promise<void> {
    try {
      this.send({ type: 'answer', environment, id, answer: await this.#answer?.(request) });
    } catch {
      this.send({ type: 'answer', environment, id });
    }
  }

  #tellEnd(error: Error | undefined, code?: number): void {
    this.#isOver = true;
    for (const listener of this.#listeners.values()) listener.onEnd(error, code);
  }
}
