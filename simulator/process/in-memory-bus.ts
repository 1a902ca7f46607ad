import { EVENT_DETAILS, type LiftlockEvent } from '../../core/contracts/events.ts';
import type { Clock, EventBus } from '../../core/ports/outside.ts';

export interface PublishedEvent {
  readonly at: Date;
  readonly event: LiftlockEvent;
}

/** A bus that keeps the published events and refuses a detail that violates its contract. */
export class InMemoryBus implements EventBus {
  readonly published: PublishedEvent[] = [];
  readonly #clock: Clock;
  onEvent: (published: PublishedEvent) => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async publish(events: readonly LiftlockEvent[]): Promise<void> {
    for (const event of events) {
      EVENT_DETAILS[event.type].parse(event.detail);
      const published = { at: this.#clock.now(), event };
      this.published.push(published);
      this.onEvent(published);
    }
  }
}
