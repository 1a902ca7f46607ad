import { EventQueue } from './event-queue.ts';
import { InFlightWork } from './in-flight-work.ts';
import type { Cancel, Timers } from './timers.ts';

/** The longest real delay one timer of the platform can have, in milliseconds. */
const longestTimeout = 2 ** 31 - 1;

/** A wait in real time that is under way: instants in milliseconds, `startedAt` on the platform's own clock. */
interface RealTimeWait {
  readonly from: number;
  readonly until: number;
  readonly startedAt: number;
  readonly speed: number;
}

/** Settings of a virtual clock. */
export interface VirtualClockOptions {
  /** The instant the clock shows before anything ran. */
  readonly start: Date;
  /** Simulated seconds per real second; left out, the clock jumps from event to event without waiting. */
  readonly speed?: number;
}

/**
 * A discrete-event clock: time stands still while work is in flight and then jumps to the next scheduled callback.
 * Callbacks of the same instant run in the order they were scheduled, one after the other, so a run can be repeated exactly.
 * A rejected callback or tracked promise is not swallowed: `runUntil` and `runUntilIdle` reject with the callback's error.
 */
export class VirtualClock implements Timers {
  readonly #queue = new EventQueue();
  readonly #work = new InFlightWork();
  #speed: number | undefined;
  #now: number;
  #wake: (() => void) | undefined;
  #wait: RealTimeWait | undefined;
  #failure: { readonly error: unknown } | undefined;
  #ran = 0;

  constructor(options: VirtualClockOptions) {
    this.#now = options.start.getTime();
    this.#speed = options.speed;
  }

  /** Simulated seconds per real second from now on; undefined = jump. Between runs only: a wait that is under way keeps its speed. */
  changeSpeed(speed: number | undefined): void {
    this.#speed = speed;
  }

  /** Callbacks that have run so far: the events of the simulation. */
  get ran(): number {
    return this.#ran;
  }

  now(): Date {
    return new Date(this.#current());
  }

  schedule(at: Date, run: () => void | Promise<void>): Cancel {
    const event = this.#queue.add(Math.max(at.getTime(), this.#current()), run);
    this.#wake?.();
    return () => {
      event.cancelled = true;
    };
  }

  /** Holds time until the work settles. Given a function, `sleep` and `park` inside it let time go on meanwhile. */
  track<T>(work: Promise<T> | (() => Promise<T>)): Promise<T> {
    return this.#work.track(work);
  }

  /** Resolves after that many simulated milliseconds. */
  sleep(milliseconds: number): Promise<void> {
    const due = new Promise<void>((resolve) => {
      this.schedule(new Date(this.#current() + milliseconds), resolve);
    });
    return this.#work.release(due);
  }

  /** Awaits a promise that something at a later simulated instant settles, without holding time. */
  park<T>(promise: Promise<T>): Promise<T> {
    return this.#work.release(promise);
  }

  /** Runs callbacks until none is left and nothing is in flight. Never ends when callbacks schedule each other for ever. */
  async runUntilIdle(): Promise<void> {
    while (await this.#runNext(Number.POSITIVE_INFINITY));
  }

  /**
   * Runs everything that is due up to and including `date`, and leaves the clock at that instant. With a speed, that takes its
   * time, and callbacks scheduled meanwhile run too; `signal` ends it early, at the instant reached by then.
   */
  async runUntil(date: Date, signal?: AbortSignal): Promise<void> {
    const wake = (): void => this.#wake?.();
    signal?.addEventListener('abort', wake);
    try {
      while (!signal?.aborted) {
        if (await this.#runNext(date.getTime())) continue;
        if (this.#speed === undefined || (await this.#waitUntil(date.getTime()))) break;
      }
    } finally {
      signal?.removeEventListener('abort', wake);
    }
    if (!signal?.aborted) this.#now = Math.max(this.#now, date.getTime());
  }

  async #runNext(limit: number): Promise<boolean> {
    await this.#work.settled();
    if (this.#failure) {
      const { error } = this.#failure;
      this.#failure = undefined;
      throw error;
    }
    const next = this.#queue.peek();
    if (!next || next.at > limit) return false;
    if (this.#speed !== undefined && !(await this.#waitUntil(next.at))) return true;
    this.#queue.take();
    this.#ran += 1;
    this.#now = Math.max(this.#now, next.at);
    // Not awaited: a callback may sleep on this clock, and would then wait for itself.
    this.#work
      .track(async () => next.run())
      .catch((error: unknown) => {
        this.#failure ??= { error };
      });
    return true;
  }

  /** The instant by now; while the clock waits in real time, that is one between two events. */
  #current(): number {
    if (!this.#wait) return this.#now;
    const { from, until, startedAt, speed } = this.#wait;
    return Math.min(until, from + (performance.now() - startedAt) * speed);
  }

  /** Waits in real time; false when it has to be asked again, because something may be due earlier by now. */
  async #waitUntil(until: number): Promise<boolean> {
    const speed = this.#speed ?? Number.POSITIVE_INFINITY;
    const delay = (until - this.#now) / speed;
    if (delay <= 0) return true;
    this.#wait = { from: this.#now, until, startedAt: performance.now(), speed };
    const arrived = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(delay <= longestTimeout), Math.min(delay, longestTimeout));
      this.#wake = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
    this.#now = arrived ? until : this.#current();
    this.#wake = undefined;
    this.#wait = undefined;
    return arrived;
  }
}
