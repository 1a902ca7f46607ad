import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import type { LiftlockEvent } from '../../core/contracts/events.ts';
import { createEventBus } from './event-bus.ts';

const bridge = mockClient(EventBridgeClient);
afterAll(() => bridge.restore());
let lost: object[];

beforeEach(() => {
  bridge.reset();
  lost = [];
});

const bus = () =>
  createEventBus({
    busName: 'liftlock',
    onLost: (event) => void lost.push(event),
    client: { region: 'eu-central-1' },
  });
const events = (count: number): LiftlockEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'FleetResumed',
    detail: { version: 1, by: `person-${index}` },
  }));
const sizes = () => bridge.commandCalls(PutEventsCommand).map((call) => call.args[0].input.Entries?.length);

/** Accepts everything but the entries of these people, as often as given. */
function refuse(people: Record<string, number>) {
  bridge.on(PutEventsCommand).callsFake((input: { Entries: PutEventsRequestEntry[] }) => ({
    Entries: input.Entries.map(({ Detail = '' }) => {
      const { by } = JSON.parse(Detail) as { by: string };
      const left = people[by] ?? 0;
      people[by] = left - 1;
      return left > 0 ? { ErrorCode: 'InternalFailure', ErrorMessage: 'try later' } : { EventId: 'id' };
    }),
  }));
}

test('events go out in batches of ten, from Liftlock, with their type', async () => {
  refuse({});
  await bus().publish(events(23));
  expect(sizes()).toEqual([10, 10, 3]);
  const [first] = bridge.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
  expect(first).toMatchObject({ EventBusName: 'liftlock', Source: 'liftlock', DetailType: 'FleetResumed' });
  expect(JSON.parse(first?.Detail ?? '')).toEqual({
    version: 1,
    by: 'person-0',
    notice: {
      what: 'person-0 let the fleet go on.',
      why: 'It was stopped.',
      todo: 'Nothing.',
      reference: 'FleetResumed',
    },
  });
  await bus().publish([]);
  expect(sizes()).toHaveLength(3);
});

test('only what was refused is sent again, once', async () => {
  refuse({ 'person-1': 1, 'person-3': 9 });
  await bus().publish(events(5));
  expect(sizes()).toEqual([5, 1, 1]);
  expect(lost).toEqual([{ detailType: 'FleetResumed', error: 'InternalFailure', message: 'try later' }]);
});

test('a bus that cannot be reached fails nothing', async () => {
  bridge.on(PutEventsCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  await bus().publish(events(2));
  expect(lost).toHaveLength(2);
  expect(lost[0]).toMatchObject({ error: 'AccessDeniedException' });
});

test('in an outage nobody is kept waiting for each event by itself', async () => {
  bridge.on(PutEventsCommand).rejects(Object.assign(new Error('no answer'), { name: 'TimeoutError' }));
  await bus().publish(events(13));
  expect(sizes()).toEqual([10, 3]);
  expect(lost).toHaveLength(13);
});
