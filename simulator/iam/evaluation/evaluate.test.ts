import { HUB, SPOKE } from '../../../test/material/iam/accounts.ts';
import { decide, QUEUE } from '../../../test/material/iam/decide.ts';
import { allow, deny, named } from '../../../test/material/iam/policies.ts';
import { roleSessionOf, userOf } from '../../../test/material/iam/principals.ts';
import type { Principal } from '../principals/principal.ts';
import type { ApplicablePolicies } from './access-request.ts';

const may = [named('may', allow('sqs:SendMessage', QUEUE))];
const another = named('may not', allow('sqs:ReceiveMessage', QUEUE));
const mayNot = [another];
const session = roleSessionOf();
const stranger = roleSessionOf(SPOKE);

function queuePolicy(principal: unknown): ApplicablePolicies['resource'] & {} {
  return named('queue', allow('sqs:SendMessage', QUEUE, { Principal: principal }));
}

interface Case {
  readonly says: string;
  readonly principal?: Principal;
  readonly policies: Partial<ApplicablePolicies>;
  /** The reason for the denial; absent when it is allowed. */
  readonly why?: string;
}

const NO_IDENTITY = 'because no identity-based policy allows the sqs:SendMessage action';
const NO_RESOURCE = 'because no resource-based policy allows the sqs:SendMessage action';
const NO_SESSION = 'because no session policy allows the sqs:SendMessage action';
const NO_BOUNDARY = 'because no permissions boundary allows the sqs:SendMessage action';

const cases: Case[] = [
  { says: 'an identity with a grant is let in', policies: { identity: may } },
  { says: 'an identity without one is not', policies: {}, why: NO_IDENTITY },
  { says: 'a boundary has to allow too', policies: { identity: may, boundary: another }, why: NO_BOUNDARY },
  {
    says: 'a boundary alone grants nothing',
    policies: { boundary: named('may', allow('sqs:SendMessage', QUEUE)) },
    why: NO_IDENTITY,
  },
  { says: 'a session policy has to allow too', policies: { identity: may, session: mayNot }, why: NO_SESSION },
  { says: 'a session policy alone grants nothing', policies: { session: may }, why: NO_IDENTITY },
  { says: 'one of several session policies is enough', policies: { identity: may, session: [...mayNot, ...may] } },
  {
    says: 'an empty list of session policies allows nothing',
    policies: { identity: may, session: [] },
    why: NO_SESSION,
  },

  {
    says: 'a resource may grant to a role of its account',
    policies: { resource: queuePolicy({ AWS: session.roleArn }) },
  },
  { says: 'by its unique id too', policies: { resource: queuePolicy({ AWS: session.roleId }) } },
  {
    says: 'a grant to the role is limited by a session policy',
    policies: { session: mayNot, resource: queuePolicy({ AWS: session.roleArn }) },
    why: NO_SESSION,
  },
  {
    says: 'a grant to the role is limited by a boundary',
    policies: { boundary: another, resource: queuePolicy({ AWS: session.roleArn }) },
    why: NO_BOUNDARY,
  },
  {
    says: 'a grant to the session itself is limited by neither',
    policies: { boundary: another, session: mayNot, resource: queuePolicy({ AWS: session.arn }) },
  },
  {
    says: 'nor is a grant to everybody',
    policies: { boundary: another, session: mayNot, resource: queuePolicy('*') },
  },
  {
    says: 'a grant to a user is not limited by a boundary',
    principal: userOf(),
    policies: { boundary: another, resource: queuePolicy({ AWS: userOf().arn }) },
  },
  {
    says: 'a grant to the account leaves it to the identity',
    policies: { resource: queuePolicy({ AWS: `arn:aws:iam::${HUB}:root` }) },
    why: NO_IDENTITY,
  },
  { says: 'a grant to the account by number too', policies: { resource: queuePolicy({ AWS: HUB }) }, why: NO_IDENTITY },
  {
    says: 'a grant to another role is none',
    policies: { resource: queuePolicy({ AWS: `${session.roleArn}s` }) },
    why: NO_IDENTITY,
  },

  {
    says: 'from another account the resource has to allow',
    principal: stranger,
    policies: { identity: may },
    why: NO_RESOURCE,
  },
  {
    says: 'from another account the identity has to allow',
    principal: stranger,
    policies: { resource: queuePolicy({ AWS: stranger.roleArn }) },
    why: NO_IDENTITY,
  },
  {
    says: 'from another account a grant to everybody does not spare the identity',
    principal: stranger,
    policies: { resource: queuePolicy('*') },
    why: NO_IDENTITY,
  },
  {
    says: 'from another account both are let in',
    principal: stranger,
    policies: { identity: may, resource: queuePolicy({ AWS: SPOKE }) },
  },
  {
    says: 'from another account the session policy counts as well',
    principal: stranger,
    policies: { identity: may, session: mayNot, resource: queuePolicy({ AWS: stranger.arn }) },
    why: NO_SESSION,
  },

  {
    says: 'a service is let in by the resource',
    principal: { kind: 'service', service: 'events.amazonaws.com' },
    policies: { resource: queuePolicy({ Service: ['sns.amazonaws.com', 'events.amazonaws.com'] }) },
  },
  {
    says: 'another service is not',
    principal: { kind: 'service', service: 'events.amazonaws.com' },
    policies: { resource: queuePolicy({ Service: 'sns.amazonaws.com' }) },
    why: NO_RESOURCE,
  },
  {
    says: 'nobody known is let in only by a grant to everybody',
    principal: { kind: 'anonymous' },
    policies: { resource: queuePolicy('*') },
  },
  {
    says: 'nobody known is in no account',
    principal: { kind: 'anonymous' },
    policies: { identity: may, resource: queuePolicy({ AWS: HUB }) },
    why: NO_RESOURCE,
  },
];

it.each(cases)('$says', ({ principal, policies, why }) => {
  const decision = decide({ policies, ...(principal === undefined ? {} : { principal }) });
  expect(decision.problems).toEqual([]);
  if (why === undefined) expect(decision).toMatchObject({ allowed: true });
  else expect(decision).toMatchObject({ allowed: false, why });
});

const everything = [named('everything', allow('*'))];
const nothing = named('nothing', deny('sqs:*'));
const toNobody = named('queue', deny('sqs:*', QUEUE, { Principal: '*' }));

it.each([
  ['identity', { identity: [...everything, nothing] }, 'with an explicit deny in an identity-based policy'],
  ['resource', { identity: everything, resource: toNobody }, 'with an explicit deny in a resource-based policy'],
  ['session', { identity: everything, session: [...everything, nothing] }, 'with an explicit deny in a session policy'],
  ['boundary', { identity: everything, boundary: nothing }, 'with an explicit deny in a permissions boundary'],
] as const)('a deny in a policy of type %s decides', (type, policies, why) => {
  expect(decide({ policies })).toMatchObject({ allowed: false, explicitDeny: type, why });
});

it('a deny reaches a session that the resource names itself', () => {
  const resource = named(
    'queue',
    allow('sqs:*', QUEUE, { Principal: { AWS: session.arn } }),
    deny('sqs:*', QUEUE, { Principal: { AWS: session.roleArn } }),
  );
  expect(decide({ policies: { resource } })).toMatchObject({ allowed: false, explicitDeny: 'resource' });
});

it('a key lets nobody in by an identity alone', () => {
  const question = { action: 'kms:Decrypt', resource: `arn:aws:kms:eu-west-1:${HUB}:key/1` };
  const toAccount = named('key', allow('kms:*', '*', { Principal: { AWS: HUB } }));
  expect(decide({ ...question, policies: { identity: everything } }).allowed).toBe(false);
  expect(decide({ ...question, policies: { identity: everything, resource: toAccount } }).allowed).toBe(true);
});

it('reads NotAction and NotResource', () => {
  const notReads = { Effect: 'Allow', NotAction: ['sqs:Get*', 'SQS:receivemessage'], Resource: '*' };
  const notThis = { Effect: 'Allow', Action: 'sqs:*', NotResource: `${QUEUE}-dead` };
  const identity = (statement: object) => ({ policies: { identity: [named('not', statement)] } });
  expect(decide(identity(notReads)).allowed).toBe(true);
  expect(decide({ ...identity(notReads), action: 'sqs:ReceiveMessage' }).allowed).toBe(false);
  expect(decide(identity(notThis)).allowed).toBe(true);
  expect(decide({ ...identity(notThis), resource: `${QUEUE}-dead` }).allowed).toBe(false);
});
