import { pollQueue } from '../../iam/requirements/service-work.ts';
import type { Authority, Source } from '../authority.ts';
import { type Message, md5, type Queue } from '../queues/queue.ts';
import { systemAttributes } from '../queues/queue-operations.ts';
import type { Functions } from './functions.ts';

export interface QueuePollerOptions {
  readonly queue: Queue;
  readonly functionArn: string;
  readonly roleArn: string;
  readonly batchSize: number;
  /** The number of batches that the function processes at once. */
  readonly atOnce: number;
  /** `ReportBatchItemFailures`: the function names the messages of a batch that failed; otherwise all fail when it throws. */
  readonly partialFailures: boolean;
  readonly region: string;
  /** ARN of the mapping's owner, for which the poller acts. */
  readonly source: Source;
}

export interface PollerHost {
  readonly functions: Functions;
  readonly authority: Authority;
  readonly now: () => number;
  readonly scheduleAt: (at: number, run: () => Promise<void>) => void;
  /** Called when a batch was passed to the function. */
  readonly onBatch: (options: QueuePollerOptions) => void;
}

/** Lambda's poller of one queue, in the role of the function. It receives, invokes, and deletes the processed messages only. */
export class QueuePoller {
  readonly #options: QueuePollerOptions;
  readonly #host: PollerHost;
  #plannedAt: number | undefined;
  #inFlight = 0;
  /** The poller may not read its queue, so it stops until the queue changes, as on AWS. */
  #denied = false;

  constructor(options: QueuePollerOptions, host: PollerHost) {
    this.#options = options;
    this.#host = host;
  }

  /** Plans the next receive; it is called after every change of the queue. */
  plan(): void {
    this.#denied = false;
    this.#planNext();
  }

  #planNext(): void {
    // A message that waits for its turn stays in the queue, because a received one might become visible again before it is processed.
    if (this.#inFlight >= this.#options.atOnce) return;
    const next = this.#options.queue.nextVisibleAt();
    if (next === undefined) return;
    const at = Math.max(next, this.#host.now());
    if (this.#plannedAt !== undefined && this.#plannedAt <= at) return;
    this.#plannedAt = at;
    this.#host.scheduleAt(at, async () => {
      if (this.#plannedAt !== at) return;
      this.#plannedAt = undefined;
      await this.#poll();
      if (!this.#denied) this.#planNext();
    });
  }

  async #poll(): Promise<void> {
    const { queue, batchSize } = this.#options;
    if (!this.#may()) {
      this.#denied = true;
      return;
    }
    this.#inFlight += 1;
    try {
      const messages = queue.receive(batchSize);
      if (messages.length === 0) return;
      this.#host.onBatch(this.#options);
      const failed = await this.#hand(messages);
      for (const message of messages) {
        if (failed.has(message.id)) continue;
        queue.delete(message.receiptHandle ?? '');
      }
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** A denial is recorded; a queue that may not be read is not processed, as on AWS. */
  #may(): boolean {
    const { roleArn, queue, source } = this.#options;
    try {
      this.#host.authority.inRole(roleArn, source, pollQueue(queue.options.arn), 'the poller of the queue');
      return true;
    } catch {
      return false;
    }
  }

  async #hand(messages: readonly Message[]): Promise<ReadonlySet<string>> {
    const { functionArn, partialFailures, region, queue } = this.#options;
    const Records = messages.map((message) => ({
      messageId: message.id,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: systemAttributes(message),
      messageAttributes: {},
      md5OfBody: md5(message.body),
      eventSource: 'aws:sqs',
      eventSourceARN: queue.options.arn,
      awsRegion: region,
    }));
    const all = new Set(messages.map((message) => message.id));
    try {
      const answer = JSON.parse(await this.#host.functions.invoke(functionArn, JSON.stringify({ Records })));
      return partialFailures ? failuresIn(answer, all) : new Set();
    } catch {
      return all;
    }
  }
}

/**
 * The messages that a function reports as failed: none for an empty answer, and all when it names another message than those of the batch. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
function failuresIn(answer: unknown, batch: ReadonlySet<string>): ReadonlySet<string> {
  const { batchItemFailures: named } = (answer ?? {}) as { batchItemFailures?: unknown };
  if (named === undefined || named === null) return new Set();
  if (!Array.isArray(named)) return batch;
  const failed = named.map((failure) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  return failed.every((id) => typeof id === 'string' && batch.has(id)) ? new Set(failed as string[]) : batch;
}
