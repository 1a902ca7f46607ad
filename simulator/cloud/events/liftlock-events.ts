import type { LiftlockEvent } from '../../../core/contracts/events.ts';
import { EVENT_SOURCE } from '../../../core/contracts/names.ts';
import type { PublishedEvent } from '../../process/in-memory-bus.ts';
import type { LocalCloud } from '../local-cloud.ts';

/** Calls the listener for everything that Liftlock publishes on its bus. */
export function liftlockEvents(cloud: LocalCloud, listener: (published: PublishedEvent) => void): void {
  cloud.buses.onEvent = (_, event) => {
    if (event.source !== EVENT_SOURCE) return;
    const published = { type: event['detail-type'], detail: event.detail } as LiftlockEvent;
    listener({ at: cloud.clock.now(), event: published });
  };
}
