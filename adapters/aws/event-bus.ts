import {
  EventBridgeClient,
  type EventBridgeClientConfig,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { errorMessage, errorName, isOutage } from '../../core/contracts/errors.ts';
import type { LiftlockEvent } from '../../core/contracts/events.ts';
import { EVENT_SOURCE } from '../../core/contracts/names.ts';
import { batchesOf } from '../../core/model/batches.ts';
import { detailWithNotice } from '../../core/notices/notice-of.ts';
import type { EventBus } from '../../core/ports/outside.ts';
import { lightenClient, readLimits } from './request-limits.ts';

interface EventBusOptions {
  readonly busName: string;
  /** Called for each event that could not be published. */
  readonly onLost: (event: { readonly detailType: string; readonly error: string; readonly message: string }) => void;
  readonly client?: EventBridgeClientConfig;
}

const BATCH = 10;

/** Whoever publishes has other work to do within its time, and an EventBridge that does not answer must not take all of it. */
const LIMITS = {
  ...readLimits,
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};

/**
 * Publishes on Liftlock's bus. It never fails: what happened is in the table already, and a lost event only makes somebody look later. An event that
 * is refused is sent once more, and then reported as lost; in an outage, in which the client has tried again itself, at once.
 */
export function createEventBus({ busName, onLost, client: config = {} }: EventBusOptions): EventBus {
  const client = lightenClient(new EventBridgeClient({ ...LIMITS, ...config }));

  const put = async (entries: readonly PutEventsRequestEntry[]) => {
    try {
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...entries] }));
      return entries.flatMap((entry, index) => {
        const { ErrorCode: error, ErrorMessage: message = '' } = Entries[index] ?? {};
        return error === undefined ? [] : [{ entry, error, message, isDown: false }];
      });
    } catch (error) {
      const why = { error: errorName(error), message: errorMessage(error), isDown: isOutage(error) };
      return entries.map((entry) => ({ entry, ...why }));
    }
  };

  return {
    async publish(events) {
      const entries = events.map((event) => toEntry(event, busName));
      for (const batch of batchesOf(entries, BATCH))
        for (const refused of await put(batch))
          for (const { entry, error, message } of refused.isDown ? [refused] : await put([refused.entry]))
            onLost({ detailType: entry.DetailType ?? '', error, message });
    },
  };
}

const toEntry = (event: LiftlockEvent, busName: string): PutEventsRequestEntry => ({
  EventBusName: busName,
  Source: EVENT_SOURCE,
  DetailType: event.type,
  // The words for people come with the event, and rules pass them on (infra/constructs/event-rules.ts).
  Detail: JSON.stringify(detailWithNotice(event)),
});
