import { FunctionThread, type ThreadOptions } from './function-thread.ts';
import type { LambdaFunctionOptions } from './lambda-function.ts';

export interface ThreadsOptions extends Pick<ThreadOptions, 'now' | 'compileCache' | 'origin' | 'answer'> {
  /**
   * Whether functions share a thread: a third of the memory and of the start, and one that hangs, or takes too much memory, takes the others
   * with it. Otherwise each has one of its own, with the memory that the template gives it.
   */
  readonly areShared: boolean;
}

/** Megabytes of a heap's young generation, of which V8 would take 48 for each thread. */
const YOUNG_OF_ONE = 3;
const YOUNG_OF_ALL = 24;

/** Gives execution environments their threads. */
export class FunctionThreads {
  readonly #options: ThreadsOptions;
  /** Those that take further environments, by what Node reads at its start. */
  readonly #open = new Map<string | undefined, FunctionThread>();

  constructor(options: ThreadsOptions) {
    this.#options = options;
  }

  get areShared(): boolean {
    return this.#options.areShared;
  }

  of({ module, variables, memoryMegabytes }: LambdaFunctionOptions): FunctionThread {
    const { areShared, ...setup } = this.#options;
    const { NODE_OPTIONS: nodeOptions } = variables;
    if (!areShared)
      return new FunctionThread({ ...setup, nodeOptions, memoryMegabytes, youngGenerationMegabytes: YOUNG_OF_ONE });
    const open = this.#open.get(nodeOptions);
    if (open !== undefined && !open.isOver && !open.hasHeld(module)) return open;
    const thread = new FunctionThread({ ...setup, nodeOptions, youngGenerationMegabytes: YOUNG_OF_ALL });
    this.#open.set(nodeOptions, thread);
    return thread;
  }
}
