import * as sdk from '@aws-sdk/client-sqs';
import { ACCOUNT, CALLER, REGION, startTestWire, type TestWire } from '../../../test/material/cloud/wire.ts';
import { queueOperations } from './queue-operations.ts';
import { Queues } from './queues.ts';

const ARN = `arn:aws:sqs:${REGION}:${ACCOUNT}`;
const START = Date.parse('2031-05-06T07:08:09.000Z');
let now: number;
let queues: Queues;
let wire: TestWire;
let client: sdk.SQSClient;
let QueueUrl: string;

beforeEach(async () => {
  now = START;
  let ids = 0;
  queues = new Queues(
    () => now,
    () => `m${++ids}`,
  );
  const more = { delaySeconds: 0, retentionSeconds: 3_600, visibilitySeconds: 30 };
  queues.add({ ...more, arn: `${ARN}:dead`, url: `http://x/${ACCOUNT}/dead` });
  const redrive = { deadLetterTargetArn: `${ARN}:dead`, maxReceiveCount: 2 };
  queues.add({ ...more, arn: `${ARN}:work`, url: `http://x/${ACCOUNT}/work`, redrive });
  wire = await startTestWire({ sqs: queueOperations(queues) }, () => new Date(now));
  client = new sdk.SQSClient(wire.client);
  QueueUrl = `${wire.client.endpoint}/${ACCOUNT}/work`;
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  expect(wire.failures).toEqual([]);
});

const send = (MessageBody: string, more = {}) =>
  client.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody, ...more }));
const receive = async (more: Partial<sdk.ReceiveMessageCommandInput> = {}) =>
  (await client.send(new sdk.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }))).Messages ?? [];
const pass = (seconds: number) => {
  now += seconds * 1000;
};

it('hands a message to one at a time, until it is deleted', async () => {
  expect(await send('hello')).toMatchObject({ MessageId: 'm1', MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592' });
  const [message] = await receive();
  expect(message).toEqual({
    MessageId: 'm1',
    ReceiptHandle: expect.any(String),
    MD5OfBody: '5d41402abc4b2a76b9719d911017c592',
    Body: 'hello',
  });
  expect(await receive()).toEqual([]);
  pass(30);
  const [again] = await receive();
  // The handle of the first receive is outdated, so it deletes nothing.
  await client.send(new sdk.DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle ?? '' }));
  expect(queues.find(`${ARN}:work`)?.messages).toHaveLength(1);
  await client.send(new sdk.DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle ?? '' }));
  expect(queues.find(`${ARN}:work`)?.messages).toEqual([]);
});

it('gives those attributes that are asked for', async () => {
  const MessageAttributes = {
    'trace.id': { DataType: 'String', StringValue: 'x' },
    own: { DataType: 'Number', StringValue: '3' },
  };
  await send('hello', { MessageAttributes });
  const names = {
    MessageSystemAttributeNames: ['SenderId', 'ApproximateReceiveCount'] as const,
    MessageAttributeNames: ['trace.*'],
  };
  const [message] = await receive({
    ...names,
    MessageSystemAttributeNames: [...names.MessageSystemAttributeNames],
    VisibilityTimeout: 0,
  });
  expect(message).toMatchObject({
    Attributes: { SenderId: CALLER, ApproximateReceiveCount: '1' },
    MessageAttributes: { 'trace.id': { DataType: 'String', StringValue: 'x' } },
  });
  const [all] = await receive({ MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] });
  expect(Object.keys(all?.Attributes ?? {})).toHaveLength(4);
  expect(Object.keys(all?.MessageAttributes ?? {})).toHaveLength(2);
});

it('moves what was received too often to the dead letters, with its id and its age', async () => {
  await send('bad', { MessageAttributes: { own: { DataType: 'String', StringValue: 'x' } } });
  for (const _ of [1, 2]) {
    expect(await receive()).toHaveLength(1);
    pass(30);
  }
  expect(await receive()).toEqual([]);
  expect(queues.find(`${ARN}:dead`)?.messages).toEqual([
    {
      id: 'm1',
      body: 'bad',
      senderId: CALLER,
      sentAt: START,
      visibleAt: START + 60_000,
      receives: 0,
      attributes: { own: { DataType: 'String', StringValue: 'x' } },
    },
  ]);
});

it('drops what is too old, and counts what is there', async () => {
  await send('old');
  await send('later', { DelaySeconds: 60 });
  await send('taken');
  await receive({ MaxNumberOfMessages: 1 });
  const counts = async () =>
    (await client.send(new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes;
  expect(await counts()).toMatchObject({
    QueueArn: `${ARN}:work`,
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesDelayed: '1',
    ApproximateNumberOfMessagesNotVisible: '1',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `${ARN}:dead`, maxReceiveCount: 2 }),
  });
  pass(3_601);
  expect(await counts()).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
  });
  expect(await receive()).toEqual([]);
});

it('changes how long a message stays invisible, while it is', async () => {
  await send('hello');
  const [{ ReceiptHandle = '' } = {}] = await receive();
  const change = (VisibilityTimeout: number, handle = ReceiptHandle) =>
    client.send(new sdk.ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: handle, VisibilityTimeout }));
  await change(90);
  pass(60);
  expect(await receive()).toEqual([]);
  await change(0);
  await expect(change(10)).rejects.toMatchObject({ name: 'MessageNotInflight' });
  await expect(change(10, 'nobody')).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  await expect(change(43_201)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  expect(await receive()).toHaveLength(1);
});

it('does a batch entry by entry', async () => {
  const batch = (...Entries: sdk.SendMessageBatchRequestEntry[]) =>
    client.send(new sdk.SendMessageBatchCommand({ QueueUrl, Entries }));
  expect(await batch({ Id: 'a', MessageBody: 'x' }, { Id: 'b', MessageBody: 'y', DelaySeconds: 901 })).toMatchObject({
    Successful: [{ Id: 'a', MessageId: 'm1' }],
    Failed: [{ Id: 'b', Code: 'InvalidParameterValue', SenderFault: true }],
  });
  const one = { Id: 'a', MessageBody: 'x' };
  await expect(batch()).rejects.toMatchObject({ name: 'EmptyBatchRequest' });
  await expect(batch(one, one)).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' });
  const many = Array.from({ length: 11 }, (_, at) => ({ Id: `${at}`, MessageBody: 'x' }));
  await expect(batch(...many)).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequest' });
  const large = 'x'.repeat(600_000);
  await expect(batch({ Id: 'a', MessageBody: large }, { Id: 'b', MessageBody: large })).rejects.toMatchObject({
    name: 'BatchRequestTooLong',
  });
  const [{ ReceiptHandle = '' } = {}] = await receive();
  const deleted = await client.send(
    new sdk.DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'z', ReceiptHandle }] }),
  );
  expect(deleted.Successful).toEqual([{ Id: 'z' }]);
  expect(queues.find(`${ARN}:work`)?.messages).toEqual([]);
});

it.each<[string, () => Promise<unknown>, string]>([
  ['an empty message', () => send(''), 'InvalidParameterValue'],
  ['a long message', () => send('x'.repeat(1024 * 1024 + 1)), 'InvalidParameterValue'],
  ['a long delay', () => send('x', { DelaySeconds: 901 }), 'InvalidParameterValue'],
  ['no messages', () => receive({ MaxNumberOfMessages: 0 }), 'InvalidParameterValue'],
  ['too many messages', () => receive({ MaxNumberOfMessages: 11 }), 'InvalidParameterValue'],
  ['another Region', () => send('x', { QueueUrl: `${wire.client.endpoint}/222222222222/work` }), 'QueueDoesNotExist'],
  ['no queue', () => client.send(new sdk.GetQueueUrlCommand({ QueueName: 'gone' })), 'QueueDoesNotExist'],
  [
    'no attribute',
    () => client.send(new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Odd' as never] })),
    'InvalidAttributeName',
  ],
])('refuses %s', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
});

it('finds queues under the address by which clients found it, and empties them', async () => {
  expect((await client.send(new sdk.GetQueueUrlCommand({ QueueName: 'work' }))).QueueUrl).toBe(QueueUrl);
  const { QueueUrls } = await client.send(new sdk.ListQueuesCommand({ QueueNamePrefix: 'wo' }));
  expect(QueueUrls).toEqual([QueueUrl]);
  expect((await client.send(new sdk.ListQueuesCommand({ QueueNamePrefix: 'x' }))).QueueUrls).toBeUndefined();
  await send('x');
  await client.send(new sdk.PurgeQueueCommand({ QueueUrl }));
  expect(await receive()).toEqual([]);
});
