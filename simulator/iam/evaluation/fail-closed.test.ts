import { decide, QUEUE } from '../../../test/material/iam/decide.ts';
import { allow, deny, named, policyOf, variable } from '../../../test/material/iam/policies.ts';
import { roleSessionOf } from '../../../test/material/iam/principals.ts';
import type { RequestContext } from '../conditions/request-context.ts';

const may = named('may', allow('sqs:SendMessage', QUEUE));

/** A Deny that would not apply if it were supported, and the report about it. */
const denies: [string, object, string][] = [
  ['an unknown operator', { Condition: { StringEqual: { 'aws:PrincipalArn': 'x' } } }, 'unknown operator StringEqual'],
  ['a key nobody supplied', { Condition: { StringEquals: { 'aws:x': 'y' } } }, 'condition key aws:x is not supplied'],
  ['its absence', { Condition: { Null: { 'aws:x': 'false' } } }, 'condition key aws:x is not supplied'],
  [
    'it as a set',
    { Condition: { 'ForAnyValue:StringEquals': { 'aws:x': 'y' } } },
    'condition key aws:x is not supplied',
  ],
  [
    'a variable nobody supplied',
    { Condition: { StringEquals: { 'aws:username': variable('aws:x') } }, context: { 'aws:username': 'ada' } },
    'condition key aws:x of a variable is not supplied',
  ],
  ['an unknown element', { Resources: [] }, 'unknown element Resources'],
  ['a Principal out of place', { Principal: '*' }, 'a Principal in a policy of type identity'],
  [
    'a number that is none',
    { Condition: { NumericLessThan: { 'aws:EpochTime': 'soon' } } },
    'NumericLessThan cannot compare',
  ],
  ['no values', { Condition: { StringEquals: { 'aws:PrincipalArn': [] } } }, 'aws:PrincipalArn has no values'],
  [
    'values that are none',
    { Condition: { StringEquals: { 'aws:PrincipalArn': [null] } } },
    'values of aws:PrincipalArn are neither text nor a list of texts',
  ],
  ['a condition that is none', { Condition: 'always' }, 'Condition is not an object'],
  ['an operator without keys', { Condition: { StringEquals: 'x' } }, 'StringEquals is not an object'],
  ['a resource that is none', { Resource: 'clusters' }, 'resource clusters is neither * nor an ARN'],
  ['resources that are no texts', { Resource: [{ Ref: 'Queue' }] }, 'Resource is neither text nor a list of texts'],
  ['an action without service', { Action: ['SendMessage'] }, 'unknown action SendMessage'],
  ['a wildcard for services', { Action: 's*:GetMessage' }, 'unknown action s*:GetMessage'],
  ['actions that are no texts', { Action: { Ref: 'Actions' } }, 'Action is neither text nor a list of texts'],
  ['no action', { Action: undefined }, 'neither Action nor NotAction'],
  ['no resource', { Resource: undefined }, 'neither Resource nor NotResource'],
  ['two kinds of resource', { NotResource: QUEUE }, 'both Resource and NotResource'],
];

describe('a Deny that is not understood', () => {
  it.each(denies)('denies, and reports %s', (_, element, problem) => {
    const { context = {}, ...elements } = element as { context?: RequestContext };
    const identity = [may, named('guard', deny('sqs:*', '*', { Sid: 'Guard', ...elements }))];
    const decision = decide({ context, policies: { identity } });
    expect(decision).toMatchObject({ allowed: false, explicitDeny: 'identity' });
    expect(decision.problems.join()).toContain(`guard statement 1 (Guard): ${problem}`);
  });

  it('denies where it excepts a resource by a value that the principal does not have', () => {
    const own = `arn:aws:sqs:eu-west-1:111111111111:${variable('aws:PrincipalTag/none')}`;
    const guard = named('guard', { Effect: 'Deny', Action: 'sqs:*', NotResource: own });
    expect(decide({ policies: { identity: [may, guard] } })).toMatchObject({
      allowed: false,
      explicitDeny: 'identity',
    });
  });

  it('does not matter where it cannot apply', () => {
    const elsewhere = deny('sqs:*', `${QUEUE}-dead`, { Condition: { StringEquals: { 'aws:x': 'y' } } });
    const others = deny('sns:*', '*', { Condition: { StringEqual: { 'aws:x': 'y' } } });
    const known = deny('sqs:*', '*', {
      Condition: { StringEquals: { 'aws:x': 'y', 'aws:PrincipalAccount': '999999999999' } },
    });
    const identity = [may, named('guard', elsewhere, others, known)];
    expect(decide({ policies: { identity } })).toMatchObject({ allowed: true, problems: [] });
  });
});

/** An Allow that would apply if it were evaluated like AWS without the key. */
const allows: [string, object, string][] = [
  ['an unknown operator', { StringEqual: { 'aws:PrincipalAccount': '111111111111' } }, 'unknown operator StringEqual'],
  [
    'IfExists on a key nobody supplied',
    { StringEqualsIfExists: { 'aws:x': 'y' } },
    'condition key aws:x is not supplied',
  ],
  ['a negation on one', { StringNotEquals: { 'aws:x': 'y' } }, 'condition key aws:x is not supplied'],
  ['ForAllValues on one', { 'ForAllValues:StringEquals': { 'aws:x': 'y' } }, 'condition key aws:x is not supplied'],
  ['Null on one', { Null: { 'aws:x': 'true' } }, 'condition key aws:x is not supplied'],
  ['a plain condition on one', { StringEquals: { 'aws:x': 'y' } }, 'condition key aws:x is not supplied'],
];

it.each(allows)('an Allow that is not understood grants nothing, and reports %s', (_, condition, problem) => {
  const identity = [named('may', allow('sqs:SendMessage', QUEUE, { Condition: condition }))];
  const decision = decide({ policies: { identity } });
  expect(decision).toMatchObject({ allowed: false, problems: [`may statement 1: ${problem}`] });
  expect(decision.explicitDeny).toBeUndefined();
});

it('an Allow of all but what a missing value names grants nothing', () => {
  const own = `arn:aws:sqs:eu-west-1:111111111111:${variable('aws:PrincipalTag/none')}`;
  const identity = [named('may', { Effect: 'Allow', Action: 'sqs:*', NotResource: own })];
  const problem = 'may statement 1: the request has no aws:PrincipalTag/none for a variable';
  expect(decide({ policies: { identity } })).toMatchObject({ allowed: false, problems: [problem] });
});

/** Whole policies that cannot be read might deny everything. */
const policies: [string, unknown, string][] = [
  ['no object', 'allow all', 'the policy is not an object'],
  ['null', null, 'the policy is not an object'],
  ['a list', [allow('*')], 'the policy is not an object'],
  ['no statement', { Version: '2012-10-17' }, 'the policy has no Statement'],
  ['an unknown version', { Version: '2026-01-01', Statement: allow('*') }, 'unknown Version 2026-01-01'],
  ['an unknown element', { ...policyOf(allow('*')), Statements: [] }, 'unknown element Statements of the policy'],
  ['a statement that is none', { Version: '2012-10-17', Statement: ['*'] }, 'the statement is not an object'],
  ['an unknown effect', policyOf({ Effect: 'allow', Action: '*', Resource: '*' }), 'unknown Effect allow'],
];

it.each(policies)('a policy that is %s denies, and is reported', (_, document, problem) => {
  const decision = decide({ policies: { identity: [may, { name: 'odd', document }] } });
  expect(decision).toMatchObject({ allowed: false, explicitDeny: 'identity' });
  expect(decision.problems.join()).toContain(problem);
});

/** Principals of a Deny that would not match if they were supported. */
const principals: [string, object, string][] = [
  ['a wildcard in an ARN', { Principal: { AWS: 'arn:aws:iam::222222222222:role/*' } }, 'wildcard in principal'],
  ['no ARN', { Principal: { AWS: 'somebody' } }, 'principal somebody is neither an account nor an ARN'],
  ['a canonical user', { Principal: { CanonicalUser: '79a5' } }, 'principals of kind CanonicalUser are not modelled'],
  ['an unknown kind', { Principal: { Aws: '999999999999' } }, 'unknown kind of principal Aws'],
  ['an inherited kind', { Principal: JSON.parse('{"__proto__":"x"}') }, 'unknown kind of principal __proto__'],
  ['nobody', { Principal: {} }, 'Principal names nobody'],
  ['nobody of a kind', { Principal: { AWS: [] } }, 'Principal names nobody of kind AWS'],
  ['no principal', {}, 'neither Principal nor NotPrincipal'],
  ['text', { Principal: 'arn:aws:iam::222222222222:root' }, 'Principal is neither * nor an object'],
  ['no texts', { Principal: { AWS: [{ Ref: 'Account' }] } }, 'principals of kind AWS are neither text'],
];

it.each(principals)('a Deny for %s denies, and is reported', (_, who, problem) => {
  const resource = named('queue', deny('sqs:*', QUEUE, who));
  const decision = decide({ policies: { identity: [may], resource } });
  expect(decision).toMatchObject({ allowed: false, explicitDeny: 'resource' });
  expect(decision.problems.join()).toContain(problem);
});

it('an Allow with NotPrincipal grants nothing', () => {
  const resource = named('queue', allow('sqs:*', QUEUE, { NotPrincipal: { AWS: '999999999999' } }));
  const decision = decide({ policies: { resource } });
  expect(decision).toMatchObject({ allowed: false });
  expect(decision.problems.join()).toContain('NotPrincipal with Effect Allow');
});

it('a trust policy with a Resource trusts nobody', () => {
  const session = roleSessionOf();
  const trust = named('trust', allow('sts:AssumeRole', '*', { Principal: { AWS: session.arn } }));
  const decision = decide({ action: 'sts:AssumeRole', resource: session.roleArn, policies: { trust } });
  expect(decision).toMatchObject({ allowed: false });
  expect(decision.problems.join()).toContain('a Resource in a trust policy');
});
