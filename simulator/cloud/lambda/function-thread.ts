import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { Worker } from 'node:worker_threads';
import { type FunctionProcess, hear, type ProcessListener, type ProcessSetup } from './function-process.ts';
import type { FromRuntime, ThreadSetup, ToRuntime } from './worker-messages.ts';

export interface ThreadOptions extends ProcessSetup, ThreadSetup {
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
