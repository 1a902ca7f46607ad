import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';
import { type Message, md5, type Queue } from './queue.ts';
import type { Queues } from './queues.ts';

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Record<string, unknown>;
}

interface QueueInput {
  readonly QueueUrl: string;
}

const MAXIMUM_BYTES = 1024 * 1024;
const MAXIMUM_ENTRIES = 10;
const MAXIMUM_DELAY = 900;
const MAXIMUM_VISIBILITY = 43_200;

/** The attributes of SQS, whether a queue here has them or not. */
const QUEUE_ATTRIBUTES =
  /^(Approximate\w+|ContentBasedDeduplication|CreatedTimestamp|DeduplicationScope|DelaySeconds|Fifo\w+|Kms\w+|LastModifiedTimestamp|MaximumMessageSize|MessageRetentionPeriod|Policy|QueueArn|ReceiveMessageWaitTimeSeconds|RedriveAllowPolicy|RedrivePolicy|SqsManagedSseEnabled|VisibilityTimeout)$/;

interface ReceiveInput {
  readonly MaxNumberOfMessages?: number;
  readonly VisibilityTimeout?: number;
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
  readonly MessageAttributeNames?: readonly string[];
}

/** SQS, as far as Liftlock and users at a command line use it. Standard queues only. */
export function queueOperations(queues: Queues): Operations {
  const queueOf = ({ QueueUrl }: QueueInput, { region }: OperationContext): Queue => {
    const queue = queues.byUrl(QueueUrl, region);
    if (queue !== undefined) return queue;
    throw new AwsFault('QueueDoesNotExist', 'The specified queue does not exist.');
  };
  const send = (queue: Queue, entry: Omit<Entry, 'Id'>, principalArn: string) => {
    requireWithin('DelaySeconds', entry.DelaySeconds, 0, MAXIMUM_DELAY);
    if (entry.MessageBody.length === 0)
      throw new AwsFault('InvalidParameterValue', 'The request must contain the parameter MessageBody.', {
        status: 400,
      });
    if (Buffer.byteLength(entry.MessageBody) > MAXIMUM_BYTES)
      throw new AwsFault(
        'InvalidParameterValue',
        'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
        { status: 400 },
      );
    const { messageId, md5: digest } = queue.send(entry.MessageBody, principalArn, {
      ...(entry.DelaySeconds === undefined ? {} : { delaySeconds: entry.DelaySeconds }),
      ...(entry.MessageAttributes === undefined ? {} : { attributes: entry.MessageAttributes }),
    });
    return { MessageId: messageId, MD5OfMessageBody: digest };
  };
  const requireEntries = (entries: readonly { readonly Id: string }[]): void => {
    if (entries.length === 0)
      throw new AwsFault('EmptyBatchRequest', 'There should be at least one entry in the request.');
    if (entries.length > MAXIMUM_ENTRIES)
      throw new AwsFault(
        'TooManyEntriesInBatchRequest',
        `Maximum number of entries per request are ${MAXIMUM_ENTRIES}. You have sent ${entries.length}.`,
      );
    if (new Set(entries.map((entry) => entry.Id)).size < entries.length)
      throw new AwsFault('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  };

  return {
    SendMessage: (input: QueueInput & Omit<Entry, 'Id'>, context: OperationContext) =>
      send(queueOf(input, context), input, context.principalArn),
    SendMessageBatch: (input: QueueInput & { Entries: Entry[] }, context: OperationContext) => {
      const queue = queueOf(input, context);
      requireEntries(input.Entries);
      const bytes = input.Entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
      if (bytes > MAXIMUM_BYTES)
        throw new AwsFault(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${MAXIMUM_BYTES} bytes. You have sent ${bytes} bytes.`,
        );
      return eachEntry(input.Entries, (entry) => send(queue, entry, context.principalArn));
    },
    ReceiveMessage: (input: QueueInput & ReceiveInput, context: OperationContext) => {
      const queue = queueOf(input, context);
      const { MaxNumberOfMessages = 1, VisibilityTimeout } = input;
      requireWithin('MaxNumberOfMessages', MaxNumberOfMessages, 1, MAXIMUM_ENTRIES);
      requireWithin('VisibilityTimeout', VisibilityTimeout, 0, MAXIMUM_VISIBILITY);
      const messages = queue.receive(MaxNumberOfMessages, VisibilityTimeout);
      return messages.length === 0 ? {} : { Messages: messages.map((message) => described(message, input)) };
    },
    DeleteMessage: (input: QueueInput & { ReceiptHandle: string }, context: OperationContext) => {
      queueOf(input, context).delete(input.ReceiptHandle);
      return {};
    },
    DeleteMessageBatch: (
      input: QueueInput & { Entries: { Id: string; ReceiptHandle: string }[] },
      context: OperationContext,
    ) => {
      const queue = queueOf(input, context);
      requireEntries(input.Entries);
      for (const entry of input.Entries) queue.delete(entry.ReceiptHandle);
      return { Successful: input.Entries.map(({ Id }) => ({ Id })), Failed: [] };
    },
    ChangeMessageVisibility: (
      input: QueueInput & { ReceiptHandle: string; VisibilityTimeout: number },
      context: OperationContext,
    ) => {
      requireWithin('VisibilityTimeout', input.VisibilityTimeout, 0, MAXIMUM_VISIBILITY);
      const came = queueOf(input, context).changeVisibility(input.ReceiptHandle, input.VisibilityTimeout);
      if (came === 'unknown') throw new AwsFault('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
      if (came === 'visible')
        throw new AwsFault(
          'MessageNotInflight',
          `Value ${input.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
        );
      return {};
    },
    GetQueueAttributes: (input: QueueInput & { AttributeNames?: string[] }, context: OperationContext) => {
      const all = attributesOf(queueOf(input, context), context.now);
      const { AttributeNames = [] } = input;
      const unknown = AttributeNames.find((name) => name !== 'All' && !QUEUE_ATTRIBUTES.test(name));
      if (unknown !== undefined) throw new AwsFault('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
      const Attributes = wanted(all, AttributeNames);
      return Attributes === undefined ? {} : { Attributes };
    },
    GetQueueUrl: (
      { QueueName, QueueOwnerAWSAccountId }: { QueueName: string; QueueOwnerAWSAccountId?: string },
      context: OperationContext,
    ) => {
      const queue = queues.find(
        `arn:aws:sqs:${context.region}:${QueueOwnerAWSAccountId ?? context.account}:${QueueName}`,
      );
      if (queue === undefined) throw new AwsFault('QueueDoesNotExist', 'The specified queue does not exist.');
      return { QueueUrl: urlFor(queue, context) };
    },
    ListQueues: ({ QueueNamePrefix = '' }: { QueueNamePrefix?: string }, context: OperationContext) => {
      const prefix = `arn:aws:sqs:${context.region}:${context.account}:${QueueNamePrefix}`;
      const found = queues.all().filter((queue) => queue.options.arn.startsWith(prefix));
      return found.length === 0 ? {} : { QueueUrls: found.map((queue) => urlFor(queue, context)) };
    },
    PurgeQueue: (input: QueueInput, context: OperationContext) => {
      queueOf(input, context).purge();
      return {};
    },
  };
}

/** Clients send to the host of the URL that they receive, so it has the host by which they reached this machine. */
const urlFor = ({ options }: Queue, { call }: OperationContext): string =>
  `${call.origin}${new URL(options.url).pathname}`;

/** The message with the requested attributes only. */
function described(message: Message, asked: ReceiveInput) {
  const { AttributeNames = [], MessageSystemAttributeNames = [], MessageAttributeNames = [] } = asked;
  const system = wanted(systemAttributes(message), [...AttributeNames, ...MessageSystemAttributeNames]);
  const own = wanted(message.attributes ?? {}, MessageAttributeNames);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system === undefined ? {} : { Attributes: system }),
    ...(own === undefined ? {} : { MessageAttributes: own }),
  };
}

/** `All`, `.*`, `prefix.*`, or names. */
function wanted<T>(attributes: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> | undefined {
  const isWanted = (name: string): boolean =>
    names.some((one) => one === name || one === 'All' || (one.endsWith('.*') && name.startsWith(one.slice(0, -2))));
  const found = Object.entries(attributes).filter(([name]) => isWanted(name));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The entries of a batch are processed one by one: an error of one is its own answer. */
function eachEntry<E extends { readonly Id: string }>(entries: readonly E[], one: (entry: E) => object) {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...one(entry) });
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      Failed.push({ Id: entry.Id, Code: error.name, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

function requireWithin(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new AwsFault(
    'InvalidParameterValue',
    `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
    { status: 400 },
  );
}

export function systemAttributes(message: Message): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receives),
    SentTimestamp: String(message.sentAt),
    SenderId: message.senderId,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
  };
}

function attributesOf(queue: Queue, now: Date): Record<string, string> {
  const { options } = queue;
  const messages = queue.present();
  const visible = messages.filter((message) => message.visibleAt <= now.getTime());
  const delayed = messages.filter((message) => message.visibleAt > now.getTime() && message.receives === 0);
  return {
    QueueArn: options.arn,
    ApproximateNumberOfMessages: String(visible.length),
    ApproximateNumberOfMessagesDelayed: String(delayed.length),
    ApproximateNumberOfMessagesNotVisible: String(messages.length - visible.length - delayed.length),
    VisibilityTimeout: String(options.visibilitySeconds),
    DelaySeconds: String(options.delaySeconds),
    MessageRetentionPeriod: String(options.retentionSeconds),
    ...(options.redrive === undefined ? {} : { RedrivePolicy: JSON.stringify(options.redrive) }),
  };
}
