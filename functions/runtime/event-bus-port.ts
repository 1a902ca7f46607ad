import { createEventBus } from '../../adapters/aws/event-bus.ts';
import type { EventBus } from '../../core/ports/outside.ts';
import type { PortFactory } from './create-handler.ts';

/** A port that reaches another service has a file of its own, because a bundle carries the clients of every port in the files that it loads. */
export const events: PortFactory<EventBus> = {
  environment: ['bus'],
  create: ({ environment, log, count }) =>
    createEventBus({
      busName: environment.bus,
      onLost: (event) => {
        log('An event was lost.', event);
        count({ EventsLost: 1 });
      },
    }),
};
