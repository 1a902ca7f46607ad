import { SPOKE } from '../../../test/material/iam/accounts.ts';
import { decide, QUEUE } from '../../../test/material/iam/decide.ts';
import { allow, deny, named } from '../../../test/material/iam/policies.ts';
import { roleSessionOf, userOf } from '../../../test/material/iam/principals.ts';

const session = roleSessionOf();
const user = userOf();
const account = `arn:aws:iam::${session.account}:root`;
const may = [named('may', allow('*'))];

/** The principals in NotPrincipal, and whether they except the session from the Deny. */
it.each([
  ['all that it is', [account, session.roleArn, session.arn], true],
  ['all but the session', [account, session.roleArn], false],
  ['all but the role', [account, session.arn], false],
  ['all but the account', [session.roleArn, session.arn], false],
  ['somebody else', [account, user.arn], false],
])('NotPrincipal with %s: excepted is %s', (_, names, excepted) => {
  const resource = named('queue', deny('sqs:*', QUEUE, { NotPrincipal: { AWS: names } }));
  expect(decide({ policies: { identity: may, resource } }).allowed).toBe(excepted);
});

it('NotPrincipal excepts a user with his account, and a service by name', () => {
  const byUser = named('queue', deny('sqs:*', QUEUE, { NotPrincipal: { AWS: [account, user.arn] } }));
  expect(decide({ principal: user, policies: { identity: may, resource: byUser } }).allowed).toBe(true);
  const service = { kind: 'service', service: 'events.amazonaws.com' } as const;
  const statements = [
    deny('sqs:*', QUEUE, { NotPrincipal: { Service: service.service } }),
    allow('sqs:*', QUEUE, { Principal: { Service: service.service } }),
  ];
  expect(decide({ principal: service, policies: { resource: named('queue', ...statements) } }).allowed).toBe(true);
  const other = { ...service, service: 'sns.amazonaws.com' };
  expect(decide({ principal: other, policies: { resource: named('queue', ...statements) } }).allowed).toBe(false);
});

it('a deny for everybody reaches services', () => {
  const service = { kind: 'service', service: 'events.amazonaws.com' } as const;
  const resource = named(
    'queue',
    allow('sqs:*', QUEUE, { Principal: { Service: service.service } }),
    deny('sqs:*', QUEUE, { Principal: { AWS: '*' } }),
  );
  expect(decide({ principal: service, policies: { resource } })).toMatchObject({ explicitDeny: 'resource' });
});

it('identity providers name nobody here', () => {
  const resource = named('queue', allow('sqs:*', QUEUE, { Principal: { Federated: 'accounts.google.com' } }));
  expect(decide({ policies: { resource } })).toMatchObject({ allowed: false, problems: [] });
});

it('a role of the same name in another account is another role', () => {
  const resource = named('queue', allow('sqs:*', QUEUE, { Principal: { AWS: roleSessionOf(SPOKE).roleArn } }));
  expect(decide({ policies: { resource } }).allowed).toBe(false);
});
