import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';

export interface Published {
  readonly topicArn: string;
  readonly messageId: string;
  readonly subject?: string;
  readonly message: string;
  readonly at: Date;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly owner: string;
}

/** Delivers a message to a subscribed queue or function. E-mail and the like have no receiver here and are only recorded. */
export type DeliverNotification = (subscription: Subscription, published: Published) => void;

const KEPT = 1_000;

/** SNS topics with their messages and subscriptions. */
export class Topics {
  readonly published: Published[] = [];
  readonly #topics = new Set<string>();
  readonly #subscriptions: Subscription[] = [];
  readonly #uuid: () => string;
  readonly #deliver: DeliverNotification;
  onPublish: (published: Published) => void = () => {};

  constructor(uuid: () => string, deliver: DeliverNotification) {
    this.#uuid = uuid;
    this.#deliver = deliver;
  }

  add(arn: string): void {
    this.#topics.add(arn);
  }

  subscribe(topicArn: string, protocol: string, endpoint: string, owner: string): Subscription {
    this.require(topicArn);
    const subscription = { arn: `${topicArn}:${this.#uuid()}`, topicArn, protocol, endpoint, owner };
    this.#subscriptions.push(subscription);
    return subscription;
  }

  /** Throws NotFound. */
  publish(topicArn: string, message: string, at: Date, subject?: string): string {
    this.require(topicArn);
    const published: Published = {
      topicArn,
      messageId: this.#uuid(),
      message,
      at,
      ...(subject === undefined ? {} : { subject }),
    };
    this.published.push(published);
    if (this.published.length > KEPT) this.published.shift();
    this.onPublish(published);
    for (const one of this.subscriptionsOf(topicArn)) this.#deliver(one, published);
    return published.messageId;
  }

  topicsOf(account: string, region: string): readonly string[] {
    return [...this.#topics].filter((arn) => arn.startsWith(`arn:aws:sns:${region}:${account}:`));
  }

  subscriptionsOf(topicArn: string): readonly Subscription[] {
    return this.#subscriptions.filter((subscription) => subscription.topicArn === topicArn);
  }

  unsubscribe(arn: string): void {
    const at = this.#subscriptions.findIndex((subscription) => subscription.arn === arn);
    if (at >= 0) this.#subscriptions.splice(at, 1);
  }

  require(topicArn: string): void {
    if (!this.#topics.has(topicArn)) throw new AwsFault('NotFoundException', 'Topic does not exist');
  }
}

const described = ({ arn, topicArn, protocol, endpoint, owner }: Subscription) => ({
  SubscriptionArn: arn,
  TopicArn: topicArn,
  Protocol: protocol,
  Endpoint: endpoint,
  Owner: owner,
});

const invalid = (what: string): AwsFault => new AwsFault('InvalidParameterException', `Invalid parameter: ${what}`);

function requireEntries(entries: readonly { readonly Id: string }[]): void {
  if (entries.length === 0)
    throw new AwsFault('EmptyBatchRequestException', "The batch request doesn't contain any entries.");
  if (entries.length > 10)
    throw new AwsFault(
      'TooManyEntriesInBatchRequestException',
      'The batch request contains more entries than permissible.',
    );
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw new AwsFault(
      'BatchEntryIdsNotDistinctException',
      'Two or more batch entries in the request have the same Id.',
    );
}

export function topicOperations(topics: Topics): Operations {
  const publish = (arn: string, message: string, now: Date, subject: string | undefined): string => {
    topics.require(arn);
    if (message === '') throw invalid('Empty message');
    return topics.publish(arn, message, now, subject);
  };
  return {
    Publish: (
      input: { TopicArn?: string; TargetArn?: string; Message: string; Subject?: string },
      { now }: OperationContext,
    ) => {
      const arn = input.TopicArn ?? input.TargetArn;
      if (arn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
      return { MessageId: publish(arn, input.Message, now, input.Subject) };
    },
    PublishBatch: (
      input: { TopicArn: string; PublishBatchRequestEntries: { Id: string; Message: string; Subject?: string }[] },
      { now }: OperationContext,
    ) => {
      topics.require(input.TopicArn);
      const { PublishBatchRequestEntries: entries } = input;
      requireEntries(entries);
      for (const { Message } of entries) if (Message === '') throw invalid('Empty message');
      return {
        Successful: entries.map(({ Id, Message, Subject }) => ({
          Id,
          MessageId: publish(input.TopicArn, Message, now, Subject),
        })),
        Failed: [],
      };
    },
    ListTopics: (_: object, { account, region }: OperationContext) => ({
      Topics: topics.topicsOf(account, region).map((TopicArn) => ({ TopicArn })),
    }),
    ListSubscriptions: (_: object, { account, region }: OperationContext) => ({
      Subscriptions: topics.topicsOf(account, region).flatMap((arn) => topics.subscriptionsOf(arn).map(described)),
    }),
    ListSubscriptionsByTopic: ({ TopicArn }: { TopicArn: string }) => {
      topics.require(TopicArn);
      return { Subscriptions: topics.subscriptionsOf(TopicArn).map(described) };
    },
    GetTopicAttributes: ({ TopicArn }: { TopicArn: string }) => {
      topics.require(TopicArn);
      const confirmed = String(topics.subscriptionsOf(TopicArn).length);
      return { Attributes: { TopicArn, SubscriptionsConfirmed: confirmed } };
    },
    Subscribe: (
      { TopicArn, Protocol, Endpoint = '' }: { TopicArn: string; Protocol: string; Endpoint?: string },
      { account }: OperationContext,
    ) => ({ SubscriptionArn: topics.subscribe(TopicArn, Protocol, Endpoint, account).arn }),
    Unsubscribe: ({ SubscriptionArn }: { SubscriptionArn: string }) => {
      topics.unsubscribe(SubscriptionArn);
      return {};
    },
  };
}
