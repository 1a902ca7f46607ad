import fc from 'fast-check';
import { HUB, SPOKE } from '../../../test/material/iam/accounts.ts';
import { decide } from '../../../test/material/iam/decide.ts';
import { named, variable } from '../../../test/material/iam/policies.ts';
import { roleSessionOf } from '../../../test/material/iam/principals.ts';
import type { ApplicablePolicies } from './access-request.ts';

const roles = [roleSessionOf(HUB), roleSessionOf(SPOKE), roleSessionOf(HUB, { team: 'lock' })] as const;
const resources = ['arn:aws:sqs:eu-west-1:111111111111:clusters', 'arn:aws:sqs:eu-west-1:111111111111:lock'] as const;
const actions = ['sqs:SendMessage', 'sqs:ReceiveMessage'] as const;

const condition = fc.constantFrom(
  {},
  { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'lock' } } },
  { Condition: { StringNotEquals: { 'aws:PrincipalTag/team': 'lock' } } },
  { Condition: { StringEquals: { 'aws:nobody': 'x' } } },
  { Condition: { BoolIfExists: { 'aws:SecureTransport': 'true' } } },
);
const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Action: fc.constantFrom('sqs:*', '*', ...actions),
    Resource: fc.constantFrom(
      '*',
      ...resources,
      `arn:aws:sqs:eu-west-1:111111111111:${variable('aws:PrincipalTag/team')}`,
      'arn:aws:sqs:*',
    ),
    condition,
  })
  .map(({ condition: block, ...rest }) => ({ ...rest, ...block }));
const principal = fc.constantFrom('*', { AWS: HUB }, { AWS: SPOKE }, { AWS: roles[0].roleArn }, { AWS: roles[1].arn });
const resourceStatement = fc.tuple(statement, principal).map(([rest, Principal]) => ({ ...rest, Principal }));

const question = fc.record({
  principal: fc.constantFrom(...roles),
  action: fc.constantFrom(...actions),
  resource: fc.constantFrom(...resources),
});
const statements = fc.array(statement, { maxLength: 4 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const world = fc.record({
  identity: statements,
  session: maybe(statements),
  boundary: maybe(fc.array(statement, { minLength: 1, maxLength: 3 })),
  resource: maybe(fc.array(resourceStatement, { minLength: 1, maxLength: 4 })),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function policiesOf({ identity, session, boundary, resource }: World): ApplicablePolicies {
  return {
    identity: identity.map((each, at) => named(`identity ${at}`, each)),
    ...(session === undefined ? {} : { session: session.map((each, at) => named(`session ${at}`, each)) }),
    ...(boundary === undefined ? {} : { boundary: named('boundary', ...boundary) }),
    ...(resource === undefined ? {} : { resource: named('resource', ...resource) }),
  };
}

const allowed = (asked: Parameters<typeof decide>[0]) => decide(asked).allowed;

/** The same policies, with all statements of one effect about another action. */
function without(effect: string, { identity, session, boundary, resource }: World): World {
  const left = <T extends { Effect: string; Action: string }>(all: readonly T[]) =>
    all.map((one) => (one.Effect === effect ? { ...one, Action: 'sqs:PurgeQueue' } : one));
  return {
    identity: left(identity),
    session: session && left(session),
    boundary: boundary && left(boundary),
    resource: resource && left(resource),
  };
}

it('a further Deny lets nobody in', () => {
  fc.assert(
    fc.property(question, world, statement, (asked, before, more) => {
      const identity = [...before.identity, { ...more, Effect: 'Deny' as const }];
      const after = allowed({ ...asked, policies: policiesOf({ ...before, identity }) });
      expect(after && !allowed({ ...asked, policies: policiesOf(before) })).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

it('a session policy lets nobody in', () => {
  fc.assert(
    fc.property(question, world, statements, (asked, before, session) => {
      const without = allowed({ ...asked, policies: policiesOf({ ...before, session: undefined }) });
      const narrowed = allowed({ ...asked, policies: policiesOf({ ...before, session }) });
      expect(narrowed && !without).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

it('one Allow less lets nobody in', () => {
  fc.assert(
    fc.property(question, world, (asked, before) => {
      const identity = before.identity.filter(({ Effect }, at) => Effect === 'Deny' || at > 0);
      const less = allowed({ ...asked, policies: policiesOf({ ...before, identity }) });
      expect(less && !allowed({ ...asked, policies: policiesOf(before) })).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

it('the order of statements decides nothing', () => {
  fc.assert(
    fc.property(question, world, (asked, before) => {
      const after = { ...before, identity: before.identity.toReversed(), resource: before.resource?.toReversed() };
      expect(allowed({ ...asked, policies: policiesOf(after) })).toBe(
        allowed({ ...asked, policies: policiesOf(before) }),
      );
    }),
  );
});

it('nobody is let in without a statement that allows, nor past one that denies', () => {
  fc.assert(
    fc.property(question, world, (asked, given) => {
      const decision = decide({ ...asked, policies: policiesOf(given) });
      expect(allowed({ ...asked, policies: policiesOf(without('Allow', given)) })).toBe(false);
      const undenied = decide({ ...asked, policies: policiesOf(without('Deny', given)) });
      expect(undenied.explicitDeny).toBeUndefined();
      expect(decision.allowed).toBe(undenied.allowed && decision.explicitDeny === undefined);
    }),
    { numRuns: 1000 },
  );
});

it('nothing that a policy may be makes the evaluation throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (document, block) => {
      const odd = {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: block },
      };
      const decision = decide({ policies: { identity: [{ name: 'odd', document }] } });
      expect(decision.allowed).toBe(false);
      decide({ policies: { identity: [{ name: 'odd', document: odd }] } });
    }),
  );
});
