import { IamAuthority } from '../iam-authority.ts';
import { Queues } from '../queues/queues.ts';
import { ResourcePolicies } from '../resource-policies.ts';
import { Topics } from '../topics/topics.ts';
import { Wiring } from '../wiring.ts';
import { targetDelivery } from './deliver-target.ts';
import { EventBuses } from './event-buses.ts';

const PLACE = 'eu-west-1:111111111111';
const BUS = `arn:aws:events:${PLACE}:event-bus/own`;
const RULE = `arn:aws:events:${PLACE}:rule/own/told`;
const TOPIC = `arn:aws:sns:${PLACE}:told`;
const ROLE = 'arn:aws:iam::111111111111:role/publisher';
const OF_THE_RULE = { ArnLike: { 'aws:SourceArn': `arn:aws:events:${PLACE}:rule/own/*` } };
const SERVICE = { Service: 'events.amazonaws.com' };
const letsPublish = { Effect: 'Allow', Action: 'sns:Publish', Resource: TOPIC };

let authority: IamAuthority;
let policies: ResourcePolicies;

beforeEach(() => {
  policies = new ResourcePolicies();
  authority = new IamAuthority({
    policies,
    now: () => new Date(0),
    random: Math.random,
    organizationId: 'o-test',
    lookups: { arnOf: () => undefined, tagsOf: () => undefined, launchTemplateOf: () => undefined },
  });
});

/** The topic's message from one event, or why it got none. */
function publish(target: { RoleArn?: string } = {}): readonly string[] {
  const topics = new Topics(
    () => 'id',
    () => {},
  );
  topics.add(TOPIC);
  const heard: string[] = [];
  topics.onPublish = () => heard.push('published');
  const buses: EventBuses = new EventBuses(
    targetDelivery({
      authority,
      functions: { invokeAsynchronously: () => {} },
      queues: new Queues(
        () => 0,
        () => 'id',
      ),
      topics,
      buses: () => buses,
      wiring: new Wiring(),
      now: () => new Date(0),
      soon: (run) => run(),
      onLost: (_rule, _target, why) => heard.push(why),
    }),
  );
  buses.addBus(BUS);
  const rule = { name: 'told', arn: RULE, busArn: BUS, pattern: { source: ['liftlock'] }, enabled: true };
  buses.addRule({ ...rule, targets: [{ Id: 'T', Arn: TOPIC, ...target }] });
  const what = {
    version: '0',
    id: 'e1',
    source: 'liftlock',
    'detail-type': 'Changed',
    resources: [],
    detail: {},
  } as const;
  buses.publish(BUS, { ...what, account: '111111111111', region: 'eu-west-1', time: '2031-05-06T07:08:09Z' });
  return heard;
}

const addRole = (statement: object, trusted: object = {}): void => {
  const trust = { Effect: 'Allow', Principal: SERVICE, Action: 'sts:AssumeRole', ...trusted };
  authority.iam.directory.addRole({
    arn: ROLE,
    trustPolicy: { Version: '2012-10-17', Statement: [trust] },
    policies: [{ name: 'own', document: { Version: '2012-10-17', Statement: [statement] } }],
  });
};

test('a policy of a topic lets EventBridge in without a condition, and never with one on the rule', () => {
  policies.add(TOPIC, { ...letsPublish, Principal: SERVICE, Condition: OF_THE_RULE });
  expect(publish()).toEqual([expect.stringContaining('not authorized to perform')]);
  policies.add(TOPIC, { ...letsPublish, Principal: SERVICE });
  expect(publish()).toEqual(['published']);
});

test('by the role of its target EventBridge publishes without a policy of the topic', () => {
  addRole(letsPublish, { Condition: OF_THE_RULE });
  expect(publish({ RoleArn: ROLE })).toEqual(['published']);
});

test('a role that may not publish does not, whatever the policy of the topic says', () => {
  policies.add(TOPIC, { ...letsPublish, Principal: SERVICE });
  addRole({ ...letsPublish, Resource: `${TOPIC}-of-others` });
  expect(publish({ RoleArn: ROLE })).toEqual([expect.stringContaining('not authorized to perform: SNS:Publish')]);
});

test('a role that trusts the rules of others publishes for none of these', () => {
  policies.add(TOPIC, { ...letsPublish, Principal: SERVICE });
  addRole(letsPublish, {
    Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:${PLACE}:rule/others/*` } },
  });
  expect(publish({ RoleArn: ROLE })).toEqual([expect.stringContaining('not authorized to perform: sts:AssumeRole')]);
});
