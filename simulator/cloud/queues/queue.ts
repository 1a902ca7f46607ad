import { createHash } from 'node:crypto';

export interface QueueOptions {
  readonly arn: string;
  readonly url: string;
  readonly visibilitySeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** A message in a queue, as plain JSON; times are epoch milliseconds of virtual time. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly senderId: string;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  firstReceivedAt?: number;
  /** The handle of the last receive, which alone can delete it. */
  receiptHandle?: string;
}

export interface QueueHost {
  readonly now: () => number;
  readonly uuid: () => string;
  /** Called for a message that was received too often. */
  readonly toDeadLetters: (queueArn: string, message: Message) => void;
  /** Called after every change, with the whole queue. */
  readonly onChange: (queue: Queue) => void;
}

/** An SQS standard queue: delivery at least once, messages invisible while they are processed, and a dead-letter queue after too many tries. */
export class Queue {
  readonly options: QueueOptions;
  messages: Message[] = [];
  /** The number of all messages ever sent to it. */
  sent = 0;
  readonly #host: QueueHost;

  constructor(options: QueueOptions, host: QueueHost) {
    this.options = options;
    this.#host = host;
  }

  send(body: string, senderId: string, more: { delaySeconds?: number; attributes?: Record<string, unknown> } = {}) {
    const now = this.#host.now();
    const { delaySeconds = this.options.delaySeconds, attributes } = more;
    const message: Message = {
      id: this.#host.uuid(),
      body,
      senderId,
      sentAt: now,
      visibleAt: now + delaySeconds * 1000,
      receives: 0,
      ...(attributes === undefined ? {} : { attributes }),
    };
    this.messages.push(message);
    this.sent += 1;
    this.#changed();
    return { messageId: message.id, md5: md5(body) };
  }

  /** Accepts a message from another queue with its id and its age. */
  takeOver({ id, body, senderId, sentAt, attributes }: Message): void {
    const more = attributes === undefined ? {} : { attributes };
    this.messages.push({ id, body, senderId, sentAt, visibleAt: this.#host.now(), receives: 0, ...more });
    this.sent += 1;
    this.#changed();
  }

  /** At most `most` visible messages, which become invisible. */
  receive(most: number, visibilitySeconds = this.options.visibilitySeconds): Message[] {
    this.#expire();
    const now = this.#host.now();
    const { redrive, arn } = this.options;
    const received: Message[] = [];
    for (const message of [...this.messages]) {
      if (received.length === most) break;
      if (message.visibleAt > now) continue;
      if (redrive !== undefined && message.receives >= redrive.maxReceiveCount) {
        this.messages = this.messages.filter((one) => one !== message);
        this.#host.toDeadLetters(arn, message);
        continue;
      }
      message.receives += 1;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilitySeconds * 1000;
      message.receiptHandle = `${message.id}#${message.receives}`;
      received.push({ ...message });
    }
    this.#changed();
    return received;
  }

  /** Whether the handle belonged to an existing message; an outdated one deletes nothing, without an error. */
  delete(receiptHandle: string): boolean {
    const before = this.messages.length;
    this.messages = this.messages.filter((message) => message.receiptHandle !== receiptHandle);
    this.#changed();
    return this.messages.length < before;
  }

  changeVisibility(receiptHandle: string, seconds: number): 'changed' | 'unknown' | 'visible' {
    const now = this.#host.now();
    const message = this.messages.find((one) => one.receiptHandle === receiptHandle);
    if (message === undefined) return 'unknown';
    if (message.visibleAt <= now) return 'visible';
    message.visibleAt = now + seconds * 1000;
    this.#changed();
    return 'changed';
  }

  /** Restores kept messages. */
  restore(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    this.messages = [...messages];
    this.#changed();
  }

  purge(): void {
    this.messages = [];
    this.#changed();
  }

  /** When the next message becomes visible; undefined when there is none. */
  nextVisibleAt(): number | undefined {
    return this.messages.length === 0 ? undefined : Math.min(...this.messages.map((message) => message.visibleAt));
  }

  /** The messages within the retention period. */
  present(): readonly Message[] {
    const oldest = this.#host.now() - this.options.retentionSeconds * 1000;
    return this.messages.filter((message) => message.sentAt >= oldest);
  }

  #expire(): void {
    this.messages = [...this.present()];
  }

  #changed(): void {
    this.#host.onChange(this);
  }
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
