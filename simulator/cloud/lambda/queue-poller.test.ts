import { type LambdaWorld, lambdaWorld, ROLE, START } from '../../../test/material/cloud/lambda.ts';
import type { Queue } from '../queues/queue.ts';
import { Queues } from '../queues/queues.ts';
import { QueuePoller, type QueuePollerOptions } from './queue-poller.ts';

const PLACE = 'arn:aws:sqs:eu-west-1:111111111111';

let world: LambdaWorld;
let queues: Queues;
let work: Queue;
let dead: Queue;
let batches: number;
beforeEach(() => {
  world = lambdaWorld();
  let ids = 0;
  queues = new Queues(
    () => world.time.clock.now().getTime(),
    () => `message-${++ids}`,
  );
  const more = { delaySeconds: 0, retentionSeconds: 345_600, visibilitySeconds: 180 };
  dead = queues.add({ ...more, arn: `${PLACE}:dead`, url: 'http://127.0.0.1/111111111111/dead' });
  const redrive = { deadLetterTargetArn: `${PLACE}:dead`, maxReceiveCount: 3 };
  work = queues.add({ ...more, arn: `${PLACE}:work`, url: 'http://127.0.0.1/111111111111/work', redrive });
  batches = 0;
});
afterEach(() => world.close());

function poll(source: string, options: Partial<QueuePollerOptions> = {}): string {
  const functionArn = world.add('consumer', source);
  const { functions, authority, time } = world;
  const poller = new QueuePoller(
    {
      queue: work,
      functionArn,
      roleArn: ROLE,
      batchSize: 10,
      atOnce: 5,
      partialFailures: true,
      region: 'eu-west-1',
      source: { service: 'lambda.amazonaws.com', sourceArn: functionArn, sourceAccount: '111111111111' },
      ...options,
    },
    {
      functions,
      authority,
      now: () => time.clock.now().getTime(),
      scheduleAt: (at, run) => void time.clock.schedule(new Date(at), run),
      onBatch: () => {
        batches += 1;
      },
    },
  );
  queues.listen(work.options.arn, () => poller.plan());
  poller.plan();
  return functionArn;
}

/** Sends, and runs until nothing is left to do. */
const send = (...bodies: string[]) =>
  world.run(async () => {
    for (const body of bodies) work.send(body, 'sender');
  });
const left = () => [work.messages.map(({ body }) => body), dead.messages.map(({ body }) => body)];
const minutes = () => (world.time.clock.now().getTime() - START.getTime()) / 60_000;

it('hands messages over as Lambda does, and deletes them', async () => {
  poll('let seen; export const handler = (event) => { if (event.show) return seen; seen = event; };');
  await send('{"a":1}');
  expect(left()).toEqual([[], []]);
  const arn = 'arn:aws:lambda:eu-west-1:111111111111:function:consumer';
  expect(await world.outcome(arn, { show: true })).toEqual({
    Records: [
      {
        messageId: 'message-1',
        receiptHandle: expect.any(String),
        body: '{"a":1}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: String(START.getTime()),
          SenderId: 'sender',
          ApproximateFirstReceiveTimestamp: String(START.getTime()),
        },
        messageAttributes: {},
        md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
        eventSource: 'aws:sqs',
        eventSourceARN: `${PLACE}:work`,
        awsRegion: 'eu-west-1',
      },
    ],
  });
});

it('makes batches of the size that it is told', async () => {
  poll('export const handler = () => {};', { batchSize: 2 });
  await send('1', '2', '3', '4', '5');
  expect([batches, left()]).toEqual([3, [[], []]]);
});

it('leaves in the queue what waits for its turn, so that a long line is no reason to try again', async () => {
  const slow = `import { setTimeout as sleep } from 'node:timers/promises'; export const handler = () => sleep(50_000);`;
  poll(slow, { batchSize: 1, atOnce: 1 });
  await send('1', '2', '3', '4', '5', '6', '7', '8');
  expect([batches, left()]).toEqual([8, [[], []]]);
});

it('waits for what is delayed', async () => {
  poll('export const handler = () => {};');
  await world.run(async () => work.send('later', 'sender', { delaySeconds: 600 }));
  // At 13 minutes it looks again, since messages that it has not deleted would be visible then.
  expect([minutes(), left()]).toEqual([13, [[], []]]);
});

it('leaves what failed until it can be seen again, and gives it to the dead letters after so many tries', async () => {
  poll(
    `export const handler = ({ Records }) => ({
      batchItemFailures: Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({ itemIdentifier: messageId })),
    });`,
  );
  await send('good', 'bad', 'better');
  expect(left()).toEqual([[], ['bad']]);
  // It is received at 0, 3 and 6 minutes; at 9 it is too often.
  expect([minutes(), batches]).toEqual([9, 3]);
});

it('tries a whole batch again when the function throws, or says nothing of single messages', async () => {
  poll('export const handler = () => { throw new Error("x"); };');
  await send('1', '2');
  expect([batches, left()]).toEqual([3, [[], ['1', '2']]]);
});

it('takes everything for done when the function is not asked for partial failures', async () => {
  poll('export const handler = ({ Records }) => ({ batchItemFailures: [{ itemIdentifier: Records[0].messageId }] });', {
    partialFailures: false,
  });
  await send('1');
  expect(left()).toEqual([[], []]);
});

it.each([
  ['nothing', 'undefined', 'done'],
  ['an empty object', '{}', 'done'],
  ['no list', '{ batchItemFailures: null }', 'done'],
  ['an empty list', '{ batchItemFailures: [] }', 'done'],
  ['an empty identifier', '{ batchItemFailures: [{ itemIdentifier: "" }] }', 'failed'],
  ['a null identifier', '{ batchItemFailures: [{ itemIdentifier: null }] }', 'failed'],
  ['another key', '{ batchItemFailures: [{ messageId: Records[0].messageId }] }', 'failed'],
  ['texts', '{ batchItemFailures: [Records[0].messageId] }', 'failed'],
  ['nulls', '{ batchItemFailures: [null] }', 'failed'],
  ['no list but an object', '{ batchItemFailures: {} }', 'failed'],
  ['a message of no batch', '{ batchItemFailures: [{ itemIdentifier: "message-9" }] }', 'failed'],
])('takes a batch whose answer is %s for what Lambda takes it', async (_, answer, expected) => {
  poll(`export const handler = ({ Records }) => (${answer});`);
  await send('1', '2');
  expect(left()).toEqual(expected === 'done' ? [[], []] : [[], ['1', '2']]);
});

it('stands still when it may not read its queue, and is on record', async () => {
  world.authority.denied.add(ROLE);
  const arn = poll('export const handler = () => {};');
  await send('1');
  expect(world.authority.asked.length).toBeGreaterThan(0);
  expect(new Set(world.authority.asked)).toEqual(new Set([`${ROLE} sqs:ReceiveMessage ${PLACE}:work`]));
  expect([left(), world.functions.get(arn).invocations]).toEqual([[['1'], []], 0]);
  // With the permission it continues with the next message.
  world.authority.denied.clear();
  await send('2');
  expect(left()).toEqual([[], []]);
  expect(world.authority.asked).toContain(`${ROLE} sqs:DeleteMessage ${PLACE}:work`);
});
