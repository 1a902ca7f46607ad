import fc from 'fast-check';
import { allow, deny, policyOf } from '../../../test/material/iam/policies.ts';
import { roleSessionOf } from '../../../test/material/iam/principals.ts';
import type { RequestContext } from '../conditions/request-context.ts';
import type { ApplicablePolicies } from './access-request.ts';
import { DecisionMemory } from './decision-memory.ts';

const TABLE = 'arn:aws:dynamodb:eu-west-1:111111111111:table/items';
const principal = roleSessionOf();

/** Requests of an identity with this policy, with the number of evaluations. */
function asker(document: object) {
  const memory = new DecisionMemory();
  const asked = { times: 0 };
  const policies = (): ApplicablePolicies => {
    asked.times += 1;
    return { identity: [{ name: 'Own', document }] };
  };
  const ask = (context: RequestContext = {}, more: Partial<Parameters<DecisionMemory['decide']>[0]> = {}) =>
    memory.decide({
      principal,
      action: 'dynamodb:GetItem',
      resource: TABLE,
      besides: [],
      context: () => context,
      policies,
      ...more,
    }).allowed;
  return { ask, asked };
}

const own = { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['cluster#*'] } } };

it('decides equal requests once', () => {
  const { ask, asked } = asker(policyOf(allow('dynamodb:GetItem', TABLE)));
  expect([
    ask(),
    ask({ 'aws:CurrentTime': '2031-01-01T00:00:00Z' }),
    ask({ 'aws:CurrentTime': '2032-01-01T00:00:00Z' }),
  ]).toEqual([true, true, true]);
  expect(asked.times).toBe(1);
});

it('decides anew where a key differs that a policy reads, and knows both afterwards', () => {
  const { ask, asked } = asker(policyOf(allow('dynamodb:GetItem', TABLE, own)));
  const keyed = (...keys: string[]) => ask({ 'dynamodb:LeadingKeys': keys });
  expect([keyed('cluster#a'), keyed('config'), keyed('cluster#a', 'config'), ask({}), keyed('cluster#a')]).toEqual([
    true,
    false,
    false,
    false,
    true,
  ]);
  expect(asked.times).toBe(4);
});

it('decides anew for another action, resource, principal, and for other policies', () => {
  const { ask, asked } = asker(policyOf(allow('dynamodb:GetItem', TABLE)));
  ask();
  expect(ask({}, { action: 'dynamodb:PutItem' })).toBe(false);
  expect(ask({}, { resource: `${TABLE}/index/kind` })).toBe(false);
  expect(ask({}, { principal: roleSessionOf() })).toBe(true);
  expect(ask({}, { besides: [{}] })).toBe(true);
  expect(asked.times).toBe(5);
});

it('is never of another mind than a decision without memory', () => {
  const key = fc.constantFrom('aws:username', 'aws:SourceIp', 'aws:PrincipalTag/team', 'dynamodb:LeadingKeys');
  const value = fc.constantFrom('a', 'b', 'ab', '10.0.0.1');
  const condition = fc.record({
    key,
    value,
    operator: fc.constantFrom('StringEquals', 'StringNotLike', 'StringEqualsIfExists'),
  });
  const statement = fc
    .record({ denies: fc.boolean(), condition: fc.option(condition) })
    .map(({ denies, condition: one }) => {
      const more = one === null ? {} : { Condition: { [one.operator]: { [one.key]: one.value } } };
      return (denies ? deny : allow)('dynamodb:GetItem', TABLE, more);
    });
  const context = fc.dictionary(key, fc.option(value));
  const asked = fc.record({
    statements: fc.array(statement, { maxLength: 4 }),
    contexts: fc.array(context, { maxLength: 20 }),
  });
  fc.assert(
    fc.property(asked, ({ statements, contexts }) => {
      const document = policyOf(...statements);
      const { ask } = asker(document);
      for (const one of contexts) expect(ask(one)).toBe(asker(document).ask(one));
    }),
    { seed: 1, numRuns: 300 },
  );
});
