import { type TestAuthority, testAuthority } from '../../../test/material/cloud/authority.ts';
import { Queues } from '../queues/queues.ts';
import { Topics } from '../topics/topics.ts';
import { Wiring } from '../wiring.ts';
import { targetDelivery } from './deliver-target.ts';
import { type BusEvent, EventBuses, type RuleTarget } from './event-buses.ts';

const PLACE = 'eu-west-1:111111111111';
const BUS = `arn:aws:events:${PLACE}:event-bus/own`;
const OTHER = 'arn:aws:events:eu-west-1:222222222222:event-bus/default';
const QUEUE = `arn:aws:sqs:${PLACE}:work`;
const DEAD = `arn:aws:sqs:${PLACE}:dead`;
const TOPIC = `arn:aws:sns:${PLACE}:told`;
const FUNCTION = `arn:aws:lambda:${PLACE}:function:handle`;
const ROLE = 'arn:aws:iam::111111111111:role/forwarder';
const EVENT: BusEvent = {
  version: '0',
  id: 'e1',
  'detail-type': 'Changed',
  source: 'liftlock',
  account: '111111111111',
  time: '2031-05-06T07:08:09Z',
  region: 'eu-west-1',
  resources: [],
  detail: { status: 'DONE' },
};

let authority: TestAuthority;
let queues: Queues;
let buses: EventBuses;
let published: string[];
let called: unknown[][];
let lost: string[];
let heard: string[];
let wiring: Wiring;
let later: (() => void)[];

beforeEach(() => {
  authority = testAuthority();
  let ids = 0;
  queues = new Queues(
    () => 0,
    () => `m${++ids}`,
  );
  for (const arn of [QUEUE, DEAD])
    queues.add({ arn, url: 'http://x', visibilitySeconds: 30, delaySeconds: 0, retentionSeconds: 60 });
  published = [];
  const topics = new Topics(
    () => 't1',
    () => {},
  );
  topics.add(TOPIC);
  topics.onPublish = ({ message }) => published.push(message);
  [called, lost, heard, later] = [[], [], [], []];
  wiring = new Wiring();
  buses = new EventBuses(
    targetDelivery({
      authority,
      functions: {
        invokeAsynchronously: (...call) => {
          called.push(call);
          if (authority.denied.has('lambda')) throw new Error('lambda says no');
        },
      },
      queues,
      topics,
      buses: () => buses,
      wiring,
      now: () => new Date(0),
      soon: (run) => later.push(run),
      onLost: (rule, target, why) => lost.push(`${rule.name} ${target.Id}: ${why}`),
    }),
  );
  buses.addBus(BUS);
  buses.onEvent = (busArn) => heard.push(busArn);
});

/** Publishes an event that a rule delivers to this target, and waits for its arrival. */
function bring(target: Omit<RuleTarget, 'Id'>): void {
  const name = 'watch';
  const targets = [{ Id: 'T', ...target }];
  const arn = `arn:aws:events:${PLACE}:rule/own/${name}`;
  buses.addRule({ name, arn, busArn: BUS, pattern: { source: ['liftlock'] }, enabled: true, targets });
  buses.publish(BUS, EVENT);
  for (const run of later.splice(0)) run();
}
const bodies = (arn: string) => queues.find(arn)?.messages.map(({ body }) => JSON.parse(body));

it('brings an event to a queue by leave of its policy', () => {
  bring({ Arn: QUEUE, InputPath: '$.detail' });
  expect(bodies(QUEUE)).toEqual([{ status: 'DONE' }]);
  expect(queues.find(QUEUE)?.messages[0]?.senderId).toBe('events.amazonaws.com');
  expect(authority.asked).toEqual([`events.amazonaws.com sqs:SendMessage ${QUEUE}`]);
  expect(wiring.edges()).toEqual([`liftlock Changed by arn:aws:events:${PLACE}:rule/own/watch → ${QUEUE}`]);
});

it.each([
  ['sns:Publish', TOPIC, undefined, 'events.amazonaws.com'],
  ['sns:Publish', TOPIC, ROLE, ROLE],
  ['sqs:SendMessage', QUEUE, ROLE, ROLE],
])('asks for %s on %s (role %s)', (action, Arn, RoleArn, who) => {
  bring({ Arn, ...(RoleArn === undefined ? {} : { RoleArn }) });
  expect([...published.map((message) => JSON.parse(message)), ...(bodies(QUEUE) ?? [])]).toEqual([EVENT]);
  expect(authority.asked).toEqual([`${who} ${action} ${Arn}`]);
});

it.each([[undefined], [ROLE]])('brings an event to a function, whose leave Lambda asks for (role %s)', (roleArn) => {
  bring({ Arn: FUNCTION, ...(roleArn === undefined ? {} : { RoleArn: roleArn }) });
  const sourceArn = `arn:aws:events:${PLACE}:rule/own/watch`;
  const source = { service: 'events.amazonaws.com', sourceArn, sourceAccount: '111111111111' };
  const leave = roleArn === undefined ? { source } : { source, roleArn };
  expect(called).toEqual([[FUNCTION, JSON.stringify(EVENT), leave]]);
});

it.each([
  [undefined, 'events.amazonaws.com'],
  [ROLE, ROLE],
])('puts an event onto another bus as it is (role %s)', (roleArn, who) => {
  bring({ Arn: OTHER, ...(roleArn === undefined ? {} : { RoleArn: roleArn }) });
  expect(heard).toEqual([BUS, OTHER]);
  expect(authority.asked).toEqual([`${who} events:PutEvents ${OTHER}`]);
});

it('arrives after the answer to whoever put it', () => {
  const targets = [{ Id: 'T', Arn: QUEUE }];
  buses.addRule({ name: 'r', arn: 'arn', busArn: BUS, pattern: { source: ['liftlock'] }, enabled: true, targets });
  buses.publish(BUS, EVENT);
  expect(bodies(QUEUE)).toEqual([]);
});

describe('what is denied or impossible', () => {
  it.each([
    ['a queue', QUEUE, undefined, 'events.amazonaws.com may not sqs:SendMessage'],
    ['a topic', TOPIC, undefined, 'events.amazonaws.com may not sns:Publish'],
    ['a bus', OTHER, undefined, 'events.amazonaws.com may not events:PutEvents'],
    ['a bus by its role', OTHER, ROLE, `${ROLE} may not events:PutEvents`],
  ])('is lost: %s that denies', (_, Arn, RoleArn, why) => {
    authority.denied.add(RoleArn ?? 'events.amazonaws.com');
    bring({ Arn, ...(RoleArn === undefined ? {} : { RoleArn }) });
    expect(lost).toEqual([`watch T: ${why}`]);
    expect([bodies(QUEUE), published, heard]).toEqual([[], [], [BUS]]);
    expect(wiring.edges()).toEqual([]);
  });

  it.each([
    [`arn:aws:sqs:${PLACE}:gone`, /^watch T: there is no queue/],
    [`arn:aws:sns:${PLACE}:gone`, /Topic does not exist/],
    [`arn:aws:events:${PLACE}:event-bus/gone`, /Event bus gone does not exist/],
    [`arn:aws:kinesis:${PLACE}:stream/x`, /is not understood/],
  ])('is lost: %s', (Arn, why) => {
    bring({ Arn });
    expect(lost).toEqual([expect.stringMatching(why)]);
  });

  it('goes to the dead letters of the target', () => {
    authority.denied.add('lambda');
    bring({ Arn: FUNCTION, DeadLetterConfig: { Arn: DEAD } });
    expect(lost).toEqual(['watch T: lambda says no']);
    expect(bodies(DEAD)).toEqual([EVENT]);
    expect(authority.asked).toEqual([`events.amazonaws.com sqs:SendMessage ${DEAD}`]);
  });

  it('is lost where the dead letters deny too, or are not there', () => {
    authority.denied.add('lambda').add('events.amazonaws.com');
    bring({ Arn: FUNCTION, DeadLetterConfig: { Arn: DEAD } });
    expect(bodies(DEAD)).toEqual([]);
    authority.denied.delete('events.amazonaws.com');
    const gone = `arn:aws:sqs:${PLACE}:gone`;
    expect(() => bring({ Arn: FUNCTION, DeadLetterConfig: { Arn: gone } })).not.toThrow();
  });
});

describe('a bus', () => {
  const rule = { name: 'r', arn: 'arn', pattern: { source: ['liftlock'] }, targets: [{ Id: 'T', Arn: QUEUE }] };

  it('passes over rules that are disabled, of another bus, or that do not match', () => {
    buses.addRule({ ...rule, busArn: BUS, enabled: false });
    buses.addRule({ ...rule, busArn: OTHER, enabled: true });
    buses.addRule({ ...rule, busArn: BUS, enabled: true, pattern: { source: ['aws.eks'] } });
    buses.publish(BUS, EVENT);
    expect(later).toEqual([]);
  });

  it('is not there unless it is a default one or was made', () => {
    const gone = `arn:aws:events:${PLACE}:event-bus/gone`;
    const missing = { name: 'ResourceNotFoundException', message: 'Event bus gone does not exist.' };
    expect(() => buses.publish(gone, EVENT)).toThrow(expect.objectContaining(missing));
    expect(() => buses.addRule({ ...rule, busArn: gone, enabled: true })).toThrow(expect.objectContaining(missing));
    expect(buses.busesOf('111111111111', 'eu-west-1')).toEqual([`arn:aws:events:${PLACE}:event-bus/default`, BUS]);
    expect(buses.busesOf('222222222222', 'eu-west-1')).toEqual([OTHER]);
  });

  it('takes no rule that nobody could evaluate', () => {
    expect(() => buses.addRule({ ...rule, busArn: BUS, enabled: true, pattern: { a: [{ near: 'x' }] } })).toThrow(
      'near',
    );
    const targets = [{ Id: 'T', Arn: QUEUE, InputTransformer: { InputTemplate: '<x>' } }];
    expect(() => buses.addRule({ ...rule, busArn: BUS, enabled: true, targets })).toThrow('<x>');
  });
});
