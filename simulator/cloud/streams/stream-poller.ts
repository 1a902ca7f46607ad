import { readStream } from '../../iam/requirements/service-work.ts';
import type { Source } from '../authority.ts';
import type { PollerHost } from '../lambda/queue-poller.ts';
import type { StreamRecord, TableStream } from './table-streams.ts';

export interface StreamPollerOptions {
  readonly stream: TableStream;
  readonly functionArn: string;
  readonly roleArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** -1 retries until the records are too old. */
  readonly retries: number;
  /** A stream keeps its records for a day whatever this says. */
  readonly maximumAgeSeconds: number;
  /** The destination for abandoned records; none when absent. */
  readonly onFailure?: string;
  readonly source: Source;
}

export interface StreamPollerHost extends Omit<PollerHost, 'onBatch'> {
  readonly onBatch: (options: StreamPollerOptions) => void;
  readonly sendToQueue: (arn: string, body: string, sender: string) => void;
}

/** The most that Lambda passes in one event. */
const PAYLOAD_BYTES = 6 * 1024 * 1024;
export const DAY_SECONDS = 86_400;
const LONGEST_WAIT_SECONDS = 60;

/**
 * Lambda's poller of one stream, in the name of the function's role. It collects a batch for its window, and passes the same batch again until it is
 * processed or too old. No record overtakes it. https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export class StreamPoller {
  readonly #options: StreamPollerOptions;
  readonly #host: StreamPollerHost;
  #plannedAt: number | undefined;
  #isBusy = false;
  #failures = 0;
  /** Number of records in the failed batch, which stays unchanged. */
  #tried = 0;

  constructor(options: StreamPollerOptions, host: StreamPollerHost) {
    this.#options = options;
    this.#host = host;
  }

  /** It is called after every change of the stream. */
  plan(): void {
    const [oldest] = this.#options.stream.records;
    if (this.#isBusy || oldest === undefined) return;
    const at = Math.max(this.#nextAt(oldest), this.#host.now());
    if (this.#plannedAt !== undefined && this.#plannedAt <= at) return;
    this.#plannedAt = at;
    this.#host.scheduleAt(at, async () => {
      // A batch that was filled earlier has already been sent.
      if (this.#plannedAt !== at) return;
      this.#plannedAt = undefined;
      this.#isBusy = true;
      await this.#poll();
      this.#isBusy = false;
      this.plan();
    });
  }

  #nextAt(oldest: StreamRecord): number {
    const { batchSize, windowSeconds, stream } = this.#options;
    if (this.#failures > 0) return this.#host.now() + this.#pause();
    return stream.records.length >= batchSize ? this.#host.now() : createdAt(oldest) + windowSeconds * 1000;
  }

  #pause(): number {
    return Math.min(2 ** (this.#failures - 1), LONGEST_WAIT_SECONDS) * 1000;
  }

  async #poll(): Promise<void> {
    const { stream, functionArn, roleArn, source } = this.#options;
    const batch = this.#batch();
    if (batch.length === 0) return;
    try {
      this.#host.authority.inRole(roleArn, source, readStream(stream.options.arn), 'the poller of the stream');
      this.#host.onBatch(this.#options);
      await this.#host.functions.invoke(functionArn, JSON.stringify({ Records: batch }));
    } catch {
      this.#failures += 1;
      this.#tried = batch.length;
      if (this.#isOver(batch)) this.#giveUp(batch);
      return;
    }
    this.#done(batch.length);
  }

  #batch(): StreamRecord[] {
    const { stream, batchSize } = this.#options;
    let bytes = 0;
    const most = stream.records.slice(0, this.#tried || batchSize).findIndex((record) => {
      bytes += JSON.stringify(record).length;
      return bytes > PAYLOAD_BYTES;
    });
    return stream.records.slice(0, most > 0 ? most : this.#tried || batchSize);
  }

  #isOver([oldest]: readonly StreamRecord[]): boolean {
    const { retries, maximumAgeSeconds } = this.#options;
    const ageSeconds = (this.#host.now() - (oldest === undefined ? 0 : createdAt(oldest))) / 1000;
    return (retries >= 0 && this.#failures > retries) || ageSeconds > Math.min(maximumAgeSeconds, DAY_SECONDS);
  }

  /** A destination receives the position of the records, not the records. */
  #giveUp(batch: readonly StreamRecord[]): void {
    const { onFailure, roleArn, functionArn, stream } = this.#options;
    const [first, last] = [batch[0], batch.at(-1)];
    const letter = {
      requestContext: { functionArn, condition: 'RetryAttemptsExhausted', approximateInvokeCount: this.#failures },
      version: '1.0',
      timestamp: new Date(this.#host.now()).toISOString(),
      DDBStreamBatchInfo: {
        streamArn: stream.options.arn,
        startSequenceNumber: first?.dynamodb.SequenceNumber,
        endSequenceNumber: last?.dynamodb.SequenceNumber,
        batchSize: batch.length,
      },
    };
    if (onFailure !== undefined) this.#host.sendToQueue(onFailure, JSON.stringify(letter), roleArn);
    this.#done(batch.length);
  }

  #done(count: number): void {
    this.#failures = 0;
    this.#tried = 0;
    this.#options.stream.take(count);
  }
}

const createdAt = ({ dynamodb }: StreamRecord): number => dynamodb.ApproximateCreationDateTime * 1000;
