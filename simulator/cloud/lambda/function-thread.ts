import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { Worker } from 'node:worker_threads';
import { type FunctionProcess, hear, type ProcessListener, type ProcessSetup } from './function-process.ts';
import type { FromRuntime, ThreadSetup, ToRuntime } from './worker-messages.ts';

export interface ThreadOptions extends ProcessSetup, ThreadSetup {
  /** Of the heap, beside its young generation; absent = as much as there is. */
  readonly memoryMegabytes?: number;
}

/** Megabytes of a heap's young generation, of which V8 would take 48 for each thread. */
const YOUNG_MEGABYTES = 3;

/** A worker thread with one execution environment. */
export class FunctionThread implements FunctionProcess {
  readonly #worker: Worker;

  constructor({ memoryMegabytes, answer, ...setup }: ThreadOptions, listener: ProcessListener) {
    const { NODE_OPTIONS: nodeOptions } = setup.variables;
    this.#worker = new Worker(WORKER_MODULE, {
      workerData: setup satisfies ThreadSetup,
      // What Node itself reads at its start. The others are the runtime's to give.
      env: nodeOptions === undefined ? {} : { NODE_OPTIONS: nodeOptions },
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_MEGABYTES,
        ...(memoryMegabytes === undefined ? {} : { maxOldGenerationSizeMb: memoryMegabytes }),
      },
      stdout: true,
      stderr: true,
    });
    // Only invocations keep the process alive.
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

/** With what it imports of this repository inside. */
const inlined = (file: URL): string =>
  javascript(file).replaceAll(
    /'(\.\.?\/[a-z./-]+\.ts)'/g,
    (_, imported: string) => `'${dataUrl(inlined(new URL(imported, file)))}'`,
  );

/**
 * worker.ts as JavaScript, its types taken out once for all workers: each that did it for itself would load Node's compiler, which is
 * ten megabytes and fifty milliseconds of a thread that has little else to do.
 */
const WORKER_MODULE = new URL(dataUrl(inlined(new URL('./worker.ts', import.meta.url))));
