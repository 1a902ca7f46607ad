import { FunctionHere } from './function-here.ts';
import type { FunctionProcess, ProcessListener, ProcessSetup } from './function-process.ts';
import { FunctionThread } from './function-thread.ts';
import type { LambdaFunctionOptions } from './lambda-function.ts';

export interface ProcessesOptions extends Pick<ProcessSetup, 'now' | 'origin' | 'kubernetes' | 'answer'> {
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
