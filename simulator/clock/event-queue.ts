/** One callback that waits for its instant (`at`, milliseconds since the epoch). */
export interface ScheduledEvent {
  readonly at: number;
  readonly order: number;
  readonly run: () => void | Promise<void>;
  cancelled: boolean;
}

function isEarlier(left: ScheduledEvent, right: ScheduledEvent): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}

/**
 * A priority queue of callbacks: the earliest instant first, and among equal instants the one that was added first.
 * A binary heap, because a fleet holds hundreds of thousands of timers. Cancelled events stay inside until they surface.
 */
export class EventQueue {
  readonly #heap: ScheduledEvent[] = [];
  #order = 0;

  /** Adds a callback for `at` (milliseconds since the epoch). */
  add(at: number, run: () => void | Promise<void>): ScheduledEvent {
    const event: ScheduledEvent = { at, order: this.#order++, run, cancelled: false };
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  /** The next event that was not cancelled, left in the queue. */
  peek(): ScheduledEvent | undefined {
    while (this.#heap[0]?.cancelled) this.#removeFirst();
    return this.#heap[0];
  }

  /** Takes the next event that was not cancelled out of the queue. */
  take(): ScheduledEvent | undefined {
    const first = this.peek();
    if (first) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapWhenEarlier(index, parent)) return;
      index = parent;
    }
  }

  #sink(start: number): void {
    let index = start;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      const leftEvent = this.#heap[left];
      const rightEvent = this.#heap[right];
      if (!leftEvent) return;
      const child = rightEvent && isEarlier(rightEvent, leftEvent) ? right : left;
      if (!this.#swapWhenEarlier(child, index)) return;
      index = child;
    }
  }

  #swapWhenEarlier(child: number, parent: number): boolean {
    const childEvent = this.#heap[child];
    const parentEvent = this.#heap[parent];
    if (!childEvent || !parentEvent || !isEarlier(childEvent, parentEvent)) return false;
    this.#heap[child] = parentEvent;
    this.#heap[parent] = childEvent;
    return true;
  }
}
