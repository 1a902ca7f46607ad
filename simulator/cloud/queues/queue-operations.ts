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

/** SQS, as far as Liftlock and people at a command line use it. Standard queues only. */
export function queueOperations(queues: Queues): Operations {
  const queueOf = ({ QueueUrl }: QueueInput, { region }: OperationContext): Queue => {
    const queue = queues.byUrl(QueueUrl, region);
    if (queue !== undefined) return queue;
    throw new AwsFault('QueueDoesNotExist', 'The specified queue does not exist.');
  };
  const send = (queue: Queue, entry: Omit<Entry, 'Id'>, principalArn: string) => {
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
      return {
        Successful: input.Entries.map((entry) => ({ Id: entry.Id, ...send(queue, entry, context.principalArn) })),
        Failed: [],
      };
    },
    ReceiveMessage: (
      input: QueueInput & { MaxNumberOfMessages?: number; VisibilityTimeout?: number },
      context: OperationContext,
    ) => {
      const queue = queueOf(input, context);
      const { MaxNumberOfMessages = 1, VisibilityTimeout } = input;
      if (MaxNumberOfMessages < 1 || MaxNumberOfMessages > MAXIMUM_ENTRIES)
        throw new AwsFault(
          'InvalidParameterValue',
          `Value ${MaxNumberOfMessages} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
          { status: 400 },
        );
      const messages = queue.receive(MaxNumberOfMessages, VisibilityTimeout);
      return messages.length === 0 ? {} : { Messages: messages.map(described) };
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
      if (!queueOf(input, context).changeVisibility(input.ReceiptHandle, input.VisibilityTimeout))
        throw new AwsFault('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
      return {};
    },
    GetQueueAttributes: (input: QueueInput & { AttributeNames?: string[] }, context: OperationContext) => {
      const all = attributesOf(queueOf(input, context), context.now);
      const { AttributeNames = [] } = input;
      const wanted = Object.entries(all).filter(
        ([name]) => AttributeNames.includes('All') || AttributeNames.includes(name),
      );
      return wanted.length === 0 ? {} : { Attributes: Object.fromEntries(wanted) };
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

/** Clients send to the host of the URL that they are given, so it is the one under which they found this machine. */
const urlFor = ({ options }: Queue, { call }: OperationContext): string =>
  `${call.origin}${new URL(options.url).pathname}`;

function described(message: Message) {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    Attributes: systemAttributes(message),
  };
}

export function systemAttributes(message: Message): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receives),
    SentTimestamp: String(message.sentAt),
    SenderId: message.senderId,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
  };
}

function attributesOf({ options, messages }: Queue, now: Date): Record<string, string> {
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
