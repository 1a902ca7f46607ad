import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { Worker } from 'node:worker_threads';
import { type FunctionProcess, hear, type ProcessListener, type ProcessSetup } from './function-process.ts';
import { FunctionRuntime } from './function-runtime.ts';
import type { FromRuntime, ThreadSetup, ToRuntime } from './worker-messages.ts';

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

interface ProcessesOptions extends Pick<ProcessSetup, 'now' | 'origin' | 'kubernetes' | 'answer'> {
  /** Folder of compiled modules, for threads. */
  readonly compileCache?: string;
  /**
   * Whether functions run in this thread, which takes half the time and memory. Otherwise each has its own thread, with the memory of the template.
   */
  readonly areHere: boolean;
}

/** Creates the processes of execution environments. */
export class FunctionProcesses {
  readonly #options: ProcessesOptions;
  readonly #loaded = new Set<string>();

  constructor(options: ProcessesOptions) {
    this.#options = options;
  }

  get areHere(): boolean {
    return this.#options.areHere;
  }

  start(
    { module, handler, memoryMegabytes }: LambdaFunctionOptions,
    variables: Readonly<Record<string, string>>,
    listener: ProcessListener,
  ): FunctionProcess {
    const { areHere, compileCache, ...options } = this.#options;
    const setup = { ...options, module, handler, variables };
    // Node keeps a module as long as its thread lives, so a new environment of a module that was loaded here needs another thread.
    if (areHere && !this.#loaded.has(module)) {
      this.#loaded.add(module);
      return new FunctionHere(setup, listener);
    }
    return new FunctionThread(
      { ...setup, memoryMegabytes, ...(compileCache === undefined ? {} : { compileCache }) },
      listener,
    );
  }
}

/** The host and the function must not run in each other's asynchronous context. */
const outside = AsyncLocalStorage.snapshot();
const soon = (run: () => void): void => outside(() => queueMicrotask(run));

/**
 * An execution environment in the thread of the cloud: no message crosses threads, and no module is loaded twice. In exchange it has no memory limit,
 * cannot be stopped while it computes, and an uncaught exception ends the whole process.
 */
export class FunctionHere implements FunctionProcess {
  readonly #runtime: FunctionRuntime;
  readonly #listener: ProcessListener;
  #isOver = false;

  constructor({ answer, ...setup }: ProcessSetup, listener: ProcessListener) {
    const send = (message: FromRuntime): void =>
      soon(() => {
        if (!this.#isOver) void hear(message, listener, answer, (answered) => this.send(answered));
      });
    const exit = (code: number): void => soon(() => this.#end(code));
    this.#listener = listener;
    this.#runtime = new FunctionRuntime(setup, { send, exit });
  }

  send(message: ToRuntime): void {
    soon(() => {
      if (!this.#isOver) this.#runtime.take(message);
    });
  }

  hold(): void {}

  letGo(): void {}

  /** Later messages from it are ignored, and its listener is told that it has ended, as with a thread. */
  async end(): Promise<void> {
    this.#end(1);
  }

  #end(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.onEnd(undefined, code);
  }
}

interface ThreadOptions extends ProcessSetup, ThreadSetup {
  /** Size of the heap without its young generation; unlimited when absent. */
  readonly memoryMegabytes?: number;
}

/** Megabytes of a heap's young generation, of which V8 would use 48 for each thread. */
const YOUNG_MEGABYTES = 3;

/** A worker thread with one execution environment. */
export class FunctionThread implements FunctionProcess {
  readonly #worker: Worker;

  constructor({ memoryMegabytes, answer, ...setup }: ThreadOptions, listener: ProcessListener) {
    const { NODE_OPTIONS: nodeOptions } = setup.variables;
    this.#worker = new Worker(WORKER_MODULE, {
      workerData: setup satisfies ThreadSetup,
      // Node itself reads this at its start. The runtime sets the others.
      env: nodeOptions === undefined ? {} : { NODE_OPTIONS: nodeOptions },
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_MEGABYTES,
        ...(memoryMegabytes === undefined ? {} : { maxOldGenerationSizeMb: memoryMegabytes }),
      },
      stdout: true,
      stderr: true,
    });
    // Only invocations keep the process running.
    this.#worker.unref();
    this.#worker.on('message', (message: FromRuntime) =>
      hear(message, listener, answer, (answered) => this.send(answered)),
    );
    this.#worker.on('error', (error: Error) => listener.onEnd(error));
    this.#worker.on('exit', (code) => listener.onEnd(undefined, code));
  }

  send(message: ToRuntime): void {
    this.#worker.postMessage(message);
  }

  hold(): void {
    this.#worker.ref();
  }

  letGo(): void {
    this.#worker.unref();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

const javascript = (file: URL): string => stripTypeScriptTypes(readFileSync(file, 'utf8'));
const dataUrl = (code: string): string => `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;

/** A file with its imports from this repository inlined. */
const inlined = (file: URL): string =>
  javascript(file).replaceAll(
    /'(\.\.?\/[a-z./-]+\.ts)'/g,
    (_, imported: string) => `'${dataUrl(inlined(new URL(imported, file)))}'`,
  );

/**
 * worker.ts as JavaScript, with its types removed once for all workers. A worker that did it itself would load Node's compiler, which takes ten
 * megabytes and fifty milliseconds.
 */
const WORKER_MODULE = new URL(dataUrl(inlined(new URL('./worker.ts', import.meta.url))));
