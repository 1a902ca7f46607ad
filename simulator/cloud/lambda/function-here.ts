import { AsyncLocalStorage } from 'node:async_hooks';
import { type FunctionProcess, hear, type ProcessListener, type ProcessSetup } from './function-process.ts';
import { FunctionRuntime } from './function-runtime.ts';
import type { FromRuntime, ToRuntime } from './worker-messages.ts';

/** Neither side runs in the other's asynchronous context. */
const outside = AsyncLocalStorage.snapshot();
const soon = (run: () => void): void => outside(() => queueMicrotask(run));

/**
 * An execution environment beside the cloud, in its very thread: no message crosses threads, nothing is loaded twice. In exchange it has no
 * limit of memory, cannot be stopped while it computes, and what it throws where nothing catches ends the whole process.
 */
export class FunctionHere implements FunctionProcess {
  readonly #runtime: FunctionRuntime;
  #isOver = false;

  constructor({ answer, ...setup }: ProcessSetup, listener: ProcessListener) {
    const send = (message: FromRuntime): void =>
      soon(() => {
        if (!this.#isOver) void hear(message, listener, answer, (answered) => this.send(answered));
      });
    const exit = (code: number): void =>
      soon(() => {
        this.#isOver = true;
        listener.onEnd(undefined, code);
      });
    this.#runtime = new FunctionRuntime(setup, { send, exit });
  }

  send(message: ToRuntime): void {
    soon(() => {
      if (!this.#isOver) this.#runtime.take(message);
    });
  }

  hold(): void {}

  letGo(): void {}

  async end(): Promise<void> {
    this.#isOver = true;
  }
}
