import * as sdk from '@aws-sdk/client-eventbridge';
import { ACCOUNT, REGION, startTestWire, type TestWire } from '../../../test/material/cloud/wire.ts';
import { type BusEvent, EventBuses } from './event-buses.ts';
import { eventOperations } from './event-operations.ts';

const PREFIX = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/`;
let wire: TestWire;
let client: sdk.EventBridgeClient;
let buses: EventBuses;
let heard: { bus: string; event: BusEvent }[];

beforeEach(async () => {
  let ids = 0;
  heard = [];
  buses = new EventBuses(() => {});
  buses.addBus(`${PREFIX}own`);
  buses.onEvent = (bus, event) => heard.push({ bus, event });
  wire = await startTestWire({ events: eventOperations(buses, () => `id-${++ids}`) });
  client = new sdk.EventBridgeClient(wire.client);
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  expect(wire.failures).toEqual([]);
});

const ENTRY = { Source: 'liftlock', DetailType: 'Changed', Detail: '{"a":1}' };
const put = (...Entries: sdk.PutEventsRequestEntry[]) => client.send(new sdk.PutEventsCommand({ Entries }));

it('puts events in the name of the account, at virtual time', async () => {
  const more = { EventBusName: `${PREFIX}own`, Resources: ['arn:x'], Time: new Date('2030-01-02T03:04:05.600Z') };
  expect(await put(ENTRY, { ...ENTRY, ...more }, { ...ENTRY, EventBusName: 'own' })).toMatchObject({
    FailedEntryCount: 0,
    Entries: [{ EventId: 'id-1' }, { EventId: 'id-2' }, { EventId: 'id-3' }],
  });
  const event = {
    version: '0',
    id: 'id-1',
    'detail-type': 'Changed',
    source: 'liftlock',
    account: ACCOUNT,
    time: '2031-05-06T07:08:09Z',
    region: REGION,
    resources: [],
    detail: { a: 1 },
  };
  expect(heard).toEqual([
    { bus: `${PREFIX}default`, event },
    { bus: `${PREFIX}own`, event: { ...event, id: 'id-2', time: '2030-01-02T03:04:05Z', resources: ['arn:x'] } },
    { bus: `${PREFIX}own`, event: { ...event, id: 'id-3' } },
  ]);
});

it.each<[string, sdk.PutEventsRequestEntry, string, RegExp]>([
  ['of AWS', { ...ENTRY, Source: 'aws.eks' }, 'NotAuthorizedForSourceException', /^Not authorized for the source\.$/],
  ['without a source', { DetailType: 'x', Detail: '{}' }, 'InvalidArgument', /^Parameter Source is not valid/],
  ['without a type', { Source: 'x', Detail: '{}' }, 'InvalidArgument', /^Parameter DetailType is not valid/],
  ['without a detail', { Source: 'x', DetailType: 'y' }, 'InvalidArgument', /^Parameter Detail is not valid/],
  ['whose detail is no JSON', { ...ENTRY, Detail: '{' }, 'MalformedDetail', /^Detail is malformed\.$/],
  ['whose detail is a list', { ...ENTRY, Detail: '[1]' }, 'MalformedDetail', /malformed/],
  ['whose detail is null', { ...ENTRY, Detail: 'null' }, 'MalformedDetail', /malformed/],
  ['for a bus that is not there', { ...ENTRY, EventBusName: 'gone' }, 'ResourceNotFoundException', /^Event bus gone/],
])('answers for an entry %s, and takes the others', async (_, entry, ErrorCode, message) => {
  expect(await put(entry, ENTRY)).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode, ErrorMessage: expect.stringMatching(message) }, { EventId: 'id-2' }],
  });
  expect(heard).toHaveLength(1);
});

it('refuses no entries, and more than ten', async () => {
  await expect(put()).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('1') });
  await expect(put(...Array.from({ length: 11 }, () => ENTRY))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('less than or equal to 10'),
    $metadata: { httpStatusCode: 400 },
  });
  expect(heard).toEqual([]);
});

it('shows buses, rules and targets', async () => {
  const arn = `arn:aws:events:${REGION}:${ACCOUNT}:rule/own/watch`;
  const rule = { name: 'watch', arn, busArn: `${PREFIX}own`, pattern: { source: ['x'] }, enabled: false };
  buses.addRule({ ...rule, targets: [{ Id: 'T', Arn: 'arn:aws:sqs:q' }] });
  const described = {
    Name: 'watch',
    Arn: arn,
    EventPattern: '{"source":["x"]}',
    State: 'DISABLED',
    EventBusName: 'own',
  };
  const names = (await client.send(new sdk.ListEventBusesCommand({}))).EventBuses?.map(({ Name }) => Name);
  expect(names).toEqual(['default', 'own']);
  const own = { EventBusName: 'own' };
  expect((await client.send(new sdk.ListRulesCommand(own))).Rules).toEqual([described]);
  expect((await client.send(new sdk.ListRulesCommand({ ...own, NamePrefix: 'x' }))).Rules).toEqual([]);
  expect((await client.send(new sdk.ListRulesCommand({}))).Rules).toEqual([]);
  expect(await client.send(new sdk.DescribeRuleCommand({ ...own, Name: 'watch' }))).toMatchObject(described);
  const targets = await client.send(new sdk.ListTargetsByRuleCommand({ ...own, Rule: 'watch' }));
  expect(targets.Targets).toEqual([{ Id: 'T', Arn: 'arn:aws:sqs:q' }]);
  const missing = { name: 'ResourceNotFoundException' };
  await expect(client.send(new sdk.DescribeRuleCommand({ Name: 'watch' }))).rejects.toMatchObject(missing);
  await expect(client.send(new sdk.ListRulesCommand({ EventBusName: 'gone' }))).rejects.toMatchObject(missing);
  await expect(client.send(new sdk.DescribeEventBusCommand({ Name: 'gone' }))).rejects.toMatchObject(missing);
});

it('tests patterns', async () => {
  const test = (EventPattern: string, Event: string) =>
    client.send(new sdk.TestEventPatternCommand({ EventPattern, Event }));
  expect((await test('{"source":["x"]}', '{"source":"x"}')).Result).toBe(true);
  expect((await test('{"source":["x"]}', '{"source":"y"}')).Result).toBe(false);
  for (const [pattern, event] of [
    ['{', '{}'],
    ['{}', '{}'],
    ['{"source":["x"]}', '{'],
  ] as const)
    await expect(test(pattern, event)).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
});
