import { Queue, type QueueOptions } from './queue.ts';

/** All queues, by ARN, with listeners for new messages. */
export class Queues {
  readonly #queues = new Map<string, Queue>();
  readonly #listeners = new Map<string, () => void>();
  readonly #now: () => number;
  readonly #uuid: () => string;
  /** Called after every change of a queue. */
  onChange: (queue: Queue) => void = () => {};

  constructor(now: () => number, uuid: () => string) {
    this.#now = now;
    this.#uuid = uuid;
  }

  add(options: QueueOptions): Queue {
    const queue = new Queue(options, {
      now: this.#now,
      uuid: this.#uuid,
      toDeadLetters: (_, message) => {
        this.find(options.redrive?.deadLetterTargetArn ?? '')?.takeOver(message);
      },
      onChange: (changed) => {
        this.onChange(changed);
        this.#listeners.get(options.arn)?.();
      },
    });
    this.#queues.set(options.arn, queue);
    return queue;
  }

  find(arn: string): Queue | undefined {
    return this.#queues.get(arn);
  }

  /** Finds a queue by the end of its URL, `/<account>/<name>`, because clients may reach this machine by several names. */
  byUrl(url: string, region: string): Queue | undefined {
    const [, account, name] = /\/(\d{12})\/([^/]+)$/.exec(url) ?? [];
    return this.find(`arn:aws:sqs:${region}:${account}:${name}`);
  }

  all(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  /** Calls the listener after each change of a queue; one listener per queue. */
  listen(arn: string, listener: () => void): void {
    this.#listeners.set(arn, listener);
  }
}
