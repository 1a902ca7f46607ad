import { type LambdaWorld, lambdaWorld, ROLE, START } from '../../../test/material/cloud/lambda.ts';
import { StreamPoller, type StreamPollerOptions } from './stream-poller.ts';
import { type TableStream, TableStreams } from './table-streams.ts';

const TABLE = 'arn:aws:dynamodb:eu-west-1:111111111111:table/audit';
const STREAM = `${TABLE}/stream/2026-01-01T00:00:00.000`;

let world: LambdaWorld;
let stream: TableStream;
let letters: string[];
beforeEach(() => {
  world = lambdaWorld();
  letters = [];
  stream = new TableStreams().add({ arn: STREAM, table: 'audit', region: 'eu-west-1', keys: ['id'] });
});
afterEach(() => world.close());

const now = () => world.time.clock.now().getTime();
const item = (id: number) => ({ id: { N: String(id) } });

function poll(source: string, options: Partial<StreamPollerOptions> = {}): void {
  const functionArn = world.add('anchors', source);
  const { functions, authority, time } = world;
  const poller = new StreamPoller(
    {
      stream,
      functionArn,
      roleArn: ROLE,
      batchSize: 3,
      windowSeconds: 60,
      retries: -1,
      maximumAgeSeconds: 3_600,
      source: { service: 'lambda.amazonaws.com', sourceArn: functionArn, sourceAccount: '111111111111' },
      ...options,
    },
    {
      functions,
      authority,
      now,
      scheduleAt: (at, run) => void time.clock.schedule(new Date(at), run),
      onBatch: () => {},
      sendToQueue: (arn, body) => letters.push(`${arn} ${body}`),
    },
  );
  stream.onChange = () => poller.plan();
  poller.plan();
}

/** Writes, and runs until nothing is left to do. */
const write = (...ids: number[]) =>
  world.run(async () => {
    for (const id of ids) stream.append(undefined, item(id), now());
  });

const TELL = `
  export const handler = async ({ Records }) => {
    console.log(new Date().toISOString().slice(14, 19) + ' ' + Records.map(({ dynamodb }) => dynamodb.NewImage.id.N));
  };`;
const told = () => world.lines.map((line) => line.replace('anchors: ', ''));

it('collects for its window, and no longer than until a batch is full', async () => {
  poll(TELL);
  await write(1, 2);
  await write(3, 4, 5, 6);
  expect(told()).toEqual(['09:09 1,2', '09:09 3,4,5', '10:09 6']);
  expect(stream.records).toEqual([]);
});

it('hands over what Lambda does, in the name of the role', async () => {
  poll('export const handler = async (event) => { console.log(JSON.stringify(event)); };');
  await world.run(async () => {
    stream.append(item(1), { ...item(1), a: { S: 'x' } }, now());
    stream.append(item(2), item(2), now());
    stream.append(item(3), undefined, now());
  });
  const { Records } = JSON.parse(told()[0] ?? '') as { Records: Record<string, unknown>[] };
  const creation = START.getTime() / 1000;
  expect(Records).toMatchObject([
    {
      eventName: 'MODIFY',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      eventSourceARN: STREAM,
      dynamodb: {
        ApproximateCreationDateTime: creation,
        Keys: item(1),
        OldImage: item(1),
        NewImage: { ...item(1), a: { S: 'x' } },
        StreamViewType: 'NEW_AND_OLD_IMAGES',
        SequenceNumber: expect.stringMatching(/^\d{21}$/),
      },
    },
    { eventName: 'REMOVE', dynamodb: { OldImage: item(3) } },
  ]);
  expect(world.authority.asked).toEqual([
    ...['DescribeStream', 'GetRecords', 'GetShardIterator'].map((action) => `${ROLE} dynamodb:${action} ${STREAM}`),
    `${ROLE} dynamodb:ListStreams *`,
  ]);
});

const FAILS_TWICE = `
  let calls = 0;
  export const handler = async ({ Records }) => {
    calls += 1;
    console.log(Records.map(({ dynamodb }) => dynamodb.NewImage.id.N).join());
    if (calls <= 2) throw new Error('no');
  };`;

it('hands the very same batch over again until it is taken, and nothing overtakes it', async () => {
  poll(FAILS_TWICE);
  await world.run(async () => {
    for (const id of [1, 2]) stream.append(undefined, item(id), now());
    world.time.after(60.5, async () => stream.append(undefined, item(3), now()));
  });
  expect(told()).toEqual(['1,2', '1,2', '1,2', '3']);
  expect(letters).toEqual([]);
});

it.each<[string, Partial<StreamPollerOptions>, number]>([
  ['after so many tries', { retries: 2 }, 3],
  ['when its records are too old', { maximumAgeSeconds: 120 }, 8],
])('gives a batch up %s, says where it stood, and goes on', async (_, options, tries) => {
  poll(
    `export const handler = async ({ Records: [{ dynamodb }] }) => {
      console.log(dynamodb.NewImage.id.N);
      if (dynamodb.NewImage.id.N === '1') throw new Error('no');
    };`,
    { ...options, batchSize: 1, onFailure: 'arn:aws:sqs:eu-west-1:111111111111:dead' },
  );
  await write(1, 2);
  expect(told()).toEqual([...Array.from({ length: tries }, () => '1'), '2']);
  expect(letters).toEqual([
    expect.stringContaining(`"streamArn":"${STREAM}","startSequenceNumber":"111111111111111111111"`),
  ]);
});

it('stands still where its role may not read, and loses nothing', async () => {
  poll(TELL, { maximumAgeSeconds: 3_600 });
  world.authority.denied.add(ROLE);
  await world.run(async () => {
    stream.append(undefined, item(1), now());
    world.time.after(100, async () => void world.authority.denied.delete(ROLE));
  });
  expect(told()).toHaveLength(1);
});

it('keeps what was not taken, over an end', async () => {
  const kept: unknown[] = [];
  stream.keep = (now) => kept.push(JSON.parse(JSON.stringify(now)));
  stream.append(undefined, item(1), now());
  stream.append(undefined, item(2), now());
  stream.take(1);
  const again = new TableStreams().add(stream.options);
  again.restore(kept.at(-1) as never);
  expect(again.records).toEqual(stream.records);
  again.append(undefined, item(3), now());
  const numbers = [...stream.records, ...again.records.slice(1)].map(({ dynamodb }) => dynamodb.SequenceNumber);
  expect(new Set(numbers).size).toBe(2);
});
