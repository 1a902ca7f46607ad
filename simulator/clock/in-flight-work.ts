import { AsyncLocalStorage } from 'node:async_hooks';

const TICKS_PER_TURN = 64;

/** Work that holds virtual time still, except while all it does is to sleep on that same time. */
interface Hold {
  sleeping: number;
}

/**
 * Counts work whose end is not decided by virtual time (requests, database calls): time must not jump while any of it runs.
 * Work that itself waits for virtual time is not counted while it waits, or time would never reach the instant it waits for.
 */
export class InFlightWork {
  readonly #current = new AsyncLocalStorage<Hold>();
  readonly #waiters: (() => void)[] = [];
  #holding = 0;
  #ticks = 0;

  /** Holds time until the promise settles; given a function, its sleeps (see `release`) let time go on. */
  track<T>(work: Promise<T> | (() => Promise<T>)): Promise<T> {
    const hold: Hold = { sleeping: 0 };
    this.#holding++;
    const promise = typeof work === 'function' ? this.#current.run(hold, work) : work;
    const settled = (): void => {
      if (hold.sleeping === 0) this.#letGo();
    };
    // A promise of its own, so that a failure nobody waits for is still reported as one.
    return promise.finally(settled);
  }

  /** Lets time go on while `promise`, which only virtual time can settle, is awaited by the tracked work around the call. */
  async release<T>(promise: Promise<T>): Promise<T> {
    const hold = this.#current.getStore();
    if (!hold) return promise;
    if (hold.sleeping++ === 0) this.#letGo();
    try {
      return await promise;
    } finally {
      if (--hold.sleeping === 0) this.#holding++;
    }
  }

  /** Resolves once nothing holds time, and the callbacks that follow from the last settled work have run. */
  async settled(): Promise<void> {
    await this.#callbacksRan();
    while (this.#holding > 0) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
      await this.#callbacksRan();
    }
  }

  /**
   * A tick of the process comes after every callback of a promise that is due. Now and then a turn of the event loop is waited for
   * instead, so that a run without any real input or output cannot keep signals and requests from coming in.
   */
  #callbacksRan(): Promise<void> {
    this.#ticks += 1;
    return this.#ticks % TICKS_PER_TURN === 0
      ? new Promise((resolve) => setImmediate(resolve))
      : new Promise((resolve) => process.nextTick(resolve));
  }

  #letGo(): void {
    this.#holding--;
    if (this.#holding === 0) for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
