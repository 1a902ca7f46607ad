import { RECORD_AGAIN_SECONDS, RECORD_ATTEMPTS } from '../../core/contracts/look-limits.ts';
import { batchesOf } from '../../core/model/batches.ts';
import type { ClusterItem, ClusterQueue } from '../../core/ports/outside.ts';
import type { Timers } from '../clock/timers.ts';

const BATCH = 10;

interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly receives: number;
}

/** Processes an SQS event and returns the ids of the failed messages; an exception fails all of them. */
export type DeliverBatch = (event: {
  readonly Records: readonly { readonly messageId: string; readonly body: string; readonly eventSource: string }[];
}) => Promise<readonly string[]>;

/** The queue between discovery and recording: delivery at least once, partial batches, a dead-letter queue. */
export class InMemoryQueue implements ClusterQueue {
  readonly deadLetters: { readonly body: string }[] = [];
  readonly #timers: Timers;
  readonly #deliver: DeliverBatch;
  readonly #arrivals: () => readonly number[];
  #sent = 0;

  /** `arrivals`: milliseconds until each copy of a batch first arrives; at least one copy does. */
  constructor(timers: Timers, deliver: DeliverBatch, arrivals: () => readonly number[] = () => [0]) {
    this.#timers = timers;
    this.#deliver = deliver;
    this.#arrivals = arrivals;
  }

  async send(items: readonly ClusterItem[]): Promise<void> {
    this.sendBodies(items.map((item) => JSON.stringify(item)));
  }

  /** A queue may contain anything: forwarded events, and texts that are no JSON. */
  sendBodies(bodies: readonly string[]): void {
    const messages = bodies.map((body): Message => {
      this.#sent += 1;
      return { messageId: `message-${this.#sent}`, body, receives: 1 };
    });
    for (const batch of batchesOf(messages, BATCH)) {
      // A queue never loses a message.
      const [first = 0, ...copies] = this.#arrivals();
      for (const milliseconds of [first, ...copies]) this.#schedule(batch, milliseconds / 1000);
    }
  }

  #schedule(messages: readonly Message[], seconds: number): void {
    const at = new Date(this.#timers.now().getTime() + seconds * 1000);
    this.#timers.schedule(at, async () => {
      const records = messages.map(({ messageId, body }) => ({ messageId, body, eventSource: 'aws:sqs' }));
      const failed = new Set(
        await this.#deliver({ Records: records }).catch(() => messages.map((message) => message.messageId)),
      );
      for (const message of messages.filter((one) => failed.has(one.messageId))) {
        if (message.receives >= RECORD_ATTEMPTS) this.deadLetters.push({ body: message.body });
        else this.#schedule([{ ...message, receives: message.receives + 1 }], RECORD_AGAIN_SECONDS);
      }
    });
  }
}
