import { AsyncLocalStorage } from 'node:async_hooks';
import { type FunctionProcess, hear, type ProcessListener, type ProcessSetup } from './function-process.ts';
import { FunctionRuntime } from './function-runtime.ts';
import type { FromRuntime, ToRuntime } from './worker-messages.ts';

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
