import { randomUUID } from 'node:crypto';
import type { VirtualClock } from '../clock/virtual-clock.ts';

/** Virtual time, which all parts of the local cloud share: functions by a shared memory cell, a later start by the kept state. */
export class CloudTime {
  readonly clock: VirtualClock;
  /** Epoch milliseconds, for workers. */
  readonly shared = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  readonly uuid = (): string => randomUUID();
  readonly #cell = new Float64Array(this.shared);
  readonly #keep: (now: number) => void;

  constructor(clock: VirtualClock, keep: (now: number) => void) {
    this.clock = clock;
    this.#keep = keep;
    this.show();
  }

  /** Shows workers the present time. */
  show(): number {
    const now = this.clock.now().getTime();
    this.#cell[0] = now;
    this.#keep(now);
    return now;
  }

  /** Holds time while the work runs; it passes during the work's own sleeps. */
  hold<T>(work: () => Promise<T>): Promise<T> {
    this.show();
    return this.clock.track(work);
  }

  /** Waits in virtual time, or until `over` if that is sooner. */
  async sleep(milliseconds: number, over?: Promise<void>): Promise<void> {
    const { promise: due, resolve } = Promise.withResolvers<void>();
    const cancel = this.clock.schedule(new Date(this.clock.now().getTime() + milliseconds), resolve);
    await this.clock.park(over === undefined ? due : Promise.race([due, over]));
    cancel();
    this.show();
  }

  after(seconds: number, run: () => Promise<void>): void {
    this.clock.schedule(new Date(this.clock.now().getTime() + seconds * 1000), () => {
      this.show();
      return run();
    });
  }
}
