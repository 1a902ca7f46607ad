import type { ClusterItem, ClusterQueue } from '../../core/ports/outside.ts';
import type { Timers } from '../clock/timers.ts';

/** Deliveries before an item goes to the dead-letter queue, and seconds until it is seen again: as in the stack. */
const MAX_RECEIVES = 5;
const VISIBILITY_SECONDS = 180;

/** The queue between discovery and recording: at least once, in no promised order, with redrive to a dead-letter queue. */
export class InMemoryQueue implements ClusterQueue {
  readonly deadLetters: { readonly item: ClusterItem; readonly error: string }[] = [];
  readonly #timers: Timers;
  readonly #deliver: (item: ClusterItem) => Promise<void>;

  constructor(timers: Timers, deliver: (item: ClusterItem) => Promise<void>) {
    this.#timers = timers;
    this.#deliver = deliver;
  }

  async send(items: readonly ClusterItem[]): Promise<void> {
    for (const item of items) this.#schedule(item, 1, 0);
  }

  #schedule(item: ClusterItem, receive: number, seconds: number): void {
    const at = new Date(this.#timers.now().getTime() + seconds * 1000);
    this.#timers.schedule(at, async () => {
      try {
        await this.#deliver(item);
      } catch (error) {
        if (receive >= MAX_RECEIVES) this.deadLetters.push({ item, error: String(error) });
        else this.#schedule(item, receive + 1, VISIBILITY_SECONDS);
      }
    });
  }
}
