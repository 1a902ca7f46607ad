import * as sdk from '@aws-sdk/client-sns';
import { type TestAuthority, testAuthority } from '../../../test/material/cloud/authority.ts';
import { ACCOUNT, REGION, startTestWire, type TestWire } from '../../../test/material/cloud/wire.ts';
import { Queues } from '../queues/queues.ts';
import { notificationDelivery } from './deliver-notification.ts';
import { Topics, topicOperations } from './topics.ts';

const TopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:told`;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:work`;
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;
let topics: Topics;
let queues: Queues;
let authority: TestAuthority;
let called: unknown[][];
let lost: string[];
let wire: TestWire;
let client: sdk.SNSClient;

beforeEach(async () => {
  let ids = 0;
  const uuid = () => `id-${++ids}`;
  queues = new Queues(() => 0, uuid);
  queues.add({ arn: QUEUE, url: 'http://x', visibilitySeconds: 30, delaySeconds: 0, retentionSeconds: 60 });
  authority = testAuthority();
  [called, lost] = [[], []];
  const functions = { invokeAsynchronously: (...call: unknown[]) => void called.push(call) };
  const onLost = (_: object, why: string) => void lost.push(why);
  topics = new Topics(uuid, notificationDelivery({ authority, queues, functions, onLost }));
  topics.add(TopicArn);
  wire = await startTestWire({ sns: topicOperations(topics) });
  client = new sdk.SNSClient(wire.client);
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  expect(wire.failures).toEqual([]);
});

const subscribe = (Protocol: string, Endpoint: string) =>
  client.send(new sdk.SubscribeCommand({ TopicArn, Protocol, Endpoint }));
const publish = (more: Partial<sdk.PublishCommandInput> = {}) =>
  client.send(new sdk.PublishCommand({ TopicArn, Message: 'hello', ...more }));
const NOTIFICATION = {
  Type: 'Notification',
  MessageId: expect.any(String),
  TopicArn,
  Subject: 'about',
  Message: 'hello',
  Timestamp: '2031-05-06T07:08:09.000Z',
};

it('brings notifications to queues and functions, each by its leave', async () => {
  await subscribe('email', 'ada@example.com');
  await subscribe('sqs', QUEUE);
  const { SubscriptionArn } = await subscribe('lambda', FUNCTION);
  const { MessageId } = await publish({ Subject: 'about' });
  expect(queues.find(QUEUE)?.messages.map(({ body }) => JSON.parse(body))).toEqual([{ ...NOTIFICATION, MessageId }]);
  expect(authority.asked).toEqual([`sns.amazonaws.com sqs:SendMessage ${QUEUE}`]);
  const [arn, event, leave] = called[0] ?? [];
  expect([arn, leave]).toEqual([
    FUNCTION,
    { source: { service: 'sns.amazonaws.com', sourceArn: TopicArn, sourceAccount: ACCOUNT } },
  ]);
  expect(JSON.parse(String(event))).toEqual({
    Records: [
      { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: SubscriptionArn, Sns: NOTIFICATION },
    ],
  });
});

it('loses what a queue denies, and says so; publishing is done all the same', async () => {
  authority.denied.add('sns.amazonaws.com');
  await subscribe('sqs', QUEUE);
  await subscribe('sqs', `${QUEUE}-gone`);
  expect(await publish()).toMatchObject({ MessageId: expect.any(String) });
  expect(queues.find(QUEUE)?.messages).toEqual([]);
  expect(lost).toEqual(['sns.amazonaws.com may not sqs:SendMessage', `there is no queue ${QUEUE}-gone`]);
  expect(topics.published).toHaveLength(1);
});

it('publishes batches', async () => {
  const batch = (...PublishBatchRequestEntries: sdk.PublishBatchRequestEntry[]) =>
    client.send(new sdk.PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
  expect((await batch({ Id: 'a', Message: '1' }, { Id: 'b', Message: '2' })).Successful).toMatchObject([
    { Id: 'a' },
    { Id: 'b' },
  ]);
  expect(topics.published.map(({ message }) => message)).toEqual(['1', '2']);
  const one = { Id: 'a', Message: '1' };
  await expect(batch(one, one)).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinctException' });
  const many = Array.from({ length: 11 }, (_, at) => ({ Id: `${at}`, Message: 'x' }));
  await expect(batch(...many)).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequestException' });
  expect(topics.published).toHaveLength(2);
});

it('refuses what SNS refuses', async () => {
  const gone = `${TopicArn}-gone`;
  const missing = { name: 'NotFoundException', message: 'Topic does not exist', $metadata: { httpStatusCode: 404 } };
  await expect(publish({ TopicArn: gone })).rejects.toMatchObject(missing);
  await expect(publish({ Message: '' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(publish({ TopicArn: undefined })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(client.send(new sdk.GetTopicAttributesCommand({ TopicArn: gone }))).rejects.toMatchObject(missing);
  await expect(client.send(new sdk.SubscribeCommand({ TopicArn: gone, Protocol: 'email' }))).rejects.toMatchObject(
    missing,
  );
  expect(topics.published).toEqual([]);
});

it('shows topics and subscriptions', async () => {
  const { SubscriptionArn = '' } = await subscribe('email', 'ada@example.com');
  expect((await client.send(new sdk.ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
  const subscription = { SubscriptionArn, TopicArn, Protocol: 'email', Endpoint: 'ada@example.com', Owner: ACCOUNT };
  expect((await client.send(new sdk.ListSubscriptionsCommand({}))).Subscriptions).toEqual([subscription]);
  await client.send(new sdk.UnsubscribeCommand({ SubscriptionArn }));
  const { Subscriptions } = await client.send(new sdk.ListSubscriptionsByTopicCommand({ TopicArn }));
  expect(Subscriptions ?? []).toEqual([]);
});
