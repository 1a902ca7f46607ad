import { variable } from '../../../test/material/iam/policies.ts';
import { isUnknown } from '../policy/verdict.ts';
import { conditionHolds } from './condition.ts';
import { keysOf, type RequestContext } from './request-context.ts';

type Expected = 'yes' | 'no' | 'unknown';

function decide(operator: string, values: string | string[], context: RequestContext, key = 'aws:key'): Expected {
  const list = typeof values === 'string' ? [values] : values;
  const verdict = conditionHolds({ operator, key, values: list }, keysOf(context), true);
  return isUnknown(verdict) ? 'unknown' : verdict;
}

/** Operator, values of the policy, value of the request, verdict. */
const comparisons: [string, string | string[], string, Expected][] = [
  ['StringEquals', 'one', 'one', 'yes'],
  ['StringEquals', 'one', 'One', 'no'],
  ['StringEquals', ['one', 'two'], 'two', 'yes'],
  ['StringEquals', 'o*', 'one', 'no'],
  ['StringEquals', 'o*', 'o*', 'yes'],
  ['StringNotEquals', ['one', 'two'], 'two', 'no'],
  ['StringNotEquals', ['one', 'two'], 'three', 'yes'],
  ['StringEqualsIgnoreCase', 'one', 'ONE', 'yes'],
  ['StringNotEqualsIgnoreCase', 'one', 'ONE', 'no'],
  ['StringLike', '*:liftlock-roll-node-group', 'AROA1:liftlock-roll-node-group', 'yes'],
  ['StringLike', '*:liftlock-roll-node-group', 'AROA1:liftlock-roll-node-groups', 'no'],
  ['StringLike', 'o?e', 'one', 'yes'],
  ['StringNotLike', 'o*', 'one', 'no'],
  ['NumericEquals', '10', '10.0', 'yes'],
  ['NumericNotEquals', '10', '11', 'yes'],
  ['NumericLessThan', '10', '9', 'yes'],
  ['NumericLessThan', '10', '10', 'no'],
  ['NumericLessThanEquals', '10', '10', 'yes'],
  ['NumericGreaterThan', '10', '9', 'no'],
  ['NumericGreaterThanEquals', '10', '10', 'yes'],
  ['NumericEquals', 'ten', '10', 'unknown'],
  ['NumericEquals', '', '0', 'unknown'],
  ['DateGreaterThan', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', 'yes'],
  ['DateLessThan', '2026-01-01', '2025-12-31T23:59:59Z', 'yes'],
  ['DateEquals', '1767225600', '2026-01-01T00:00:00Z', 'yes'],
  ['DateNotEquals', '1767225600', '2026-01-01T00:00:00Z', 'no'],
  ['DateLessThanEquals', 'tomorrow', '2026-01-01T00:00:00Z', 'unknown'],
  ['Bool', 'true', 'true', 'yes'],
  ['Bool', 'false', 'true', 'no'],
  ['Bool', 'True', 'true', 'yes'],
  ['Bool', 'perhaps', 'true', 'unknown'],
  ['BinaryEquals', 'QmlF', 'QmlF', 'yes'],
  ['IpAddress', '10.0.0.0/8', '10.1.2.3', 'yes'],
  ['IpAddress', '10.0.0.0/8', '11.1.2.3', 'no'],
  ['IpAddress', '10.1.2.3', '10.1.2.3', 'yes'],
  ['IpAddress', '0.0.0.0/0', '2001:db8::1', 'no'],
  ['IpAddress', '::/0', '10.1.2.3', 'no'],
  ['IpAddress', '::ffff:0:0/96', '10.1.2.3', 'no'],
  ['IpAddress', '10.0.0.0/8', '::ffff:10.1.2.3', 'no'],
  ['IpAddress', '2001:db8::/32', '2001:db8:1::1', 'yes'],
  ['NotIpAddress', '10.0.0.0/8', '10.1.2.3', 'no'],
  ['IpAddress', '10.0.0.0/33', '10.1.2.3', 'unknown'],
  ['IpAddress', 'localhost', '10.1.2.3', 'unknown'],
  ['ArnEquals', 'arn:aws:iam::111111111111:role/a', 'arn:aws:iam::111111111111:role/a', 'yes'],
  ['ArnEquals', 'arn:aws:iam::*:role/*', 'arn:aws:iam::111111111111:role/a', 'yes'],
  ['ArnLike', 'arn:aws:events:*:1:rule/liftlock/*', 'arn:aws:events:eu-west-1:1:rule/liftlock/wake', 'yes'],
  ['ArnLike', 'arn:aws:events:*:1:rule/liftlock/*', 'arn:aws:events:eu-west-1:1:rule/wake', 'no'],
  ['ArnLike', 'arn:aws:sns:*:1:topic', 'arn:aws:sns:eu:2:x:1:topic', 'no'],
  ['ArnNotLike', 'arn:aws:iam::*:role/*', 'arn:aws:iam::111111111111:user/a', 'yes'],
  ['ArnNotEquals', 'arn:aws:iam::*:role/*', 'arn:aws:iam::111111111111:role/a', 'no'],
  ['ArnLike', '*', 'arn:aws:iam::111111111111:role/a', 'unknown'],
];

it.each(comparisons)('%s %j against %j is %s', (operator, values, value, expected) => {
  expect(decide(operator, values, { 'aws:key': value })).toBe(expected);
});

/** Operator, verdict where the request has no such key. */
const withoutKey: [string, Expected][] = [
  ['StringEquals', 'no'],
  ['StringNotEquals', 'yes'],
  ['ArnLike', 'no'],
  ['ArnNotLike', 'yes'],
  ['StringEqualsIfExists', 'yes'],
  ['BoolIfExists', 'yes'],
  ['ForAllValues:StringEquals', 'yes'],
  ['ForAnyValue:StringEquals', 'no'],
  ['ForAnyValue:StringNotEquals', 'no'],
  ['ForAnyValue:StringEqualsIfExists', 'yes'],
];

it.each(withoutKey)('%s is %s where the request has no such key', (operator, expected) => {
  expect(decide(operator, 'one', { 'aws:key': null })).toBe(expected);
  expect(decide(operator, 'one', { 'aws:key': [] })).toBe(expected);
});

it.each([...withoutKey.map(([operator]) => operator), 'Null'])(
  '%s is undecided for a key that nobody supplied',
  (operator) => {
    expect(decide(operator, operator === 'Null' ? 'true' : 'one', {})).toBe('unknown');
  },
);

it.each([
  ['true', null, 'yes'],
  ['false', null, 'no'],
  ['true', 'one', 'no'],
  ['false', 'one', 'yes'],
  ['maybe', 'one', 'unknown'],
] as const)('Null %s of %j is %s', (value, present, expected) => {
  expect(decide('Null', value, { 'aws:key': present })).toBe(expected);
});

/** Operator, values of the policy, values of the request, verdict. */
const sets: [string, string[], string[], Expected][] = [
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], 'yes'],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], 'no'],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['a', 'c'], 'yes'],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c'], 'no'],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], 'yes'],
  ['ForAllValues:StringNotEquals', ['a'], ['a', 'c'], 'no'],
  ['ForAnyValue:StringNotLike', ['a*'], ['ab', 'c'], 'yes'],
  ['StringEquals', ['a'], ['a'], 'yes'],
  ['StringEquals', ['a', 'b'], ['a', 'b'], 'unknown'],
];

it.each(sets)('%s %j of %j is %s', (operator, values, present, expected) => {
  expect(decide(operator, values, { 'aws:key': present })).toBe(expected);
});

it('finds keys without regard to case, tags included', () => {
  const context = { 'aws:PrincipalTag/*': null, 'aws:PrincipalTag/Team': 'Lock' };
  expect(decide('StringEquals', 'Lock', context, 'AWS:principaltag/TEAM')).toBe('yes');
  expect(decide('Null', 'true', context, 'aws:PrincipalTag/other')).toBe('yes');
});

describe('a variable', () => {
  const context: RequestContext = {
    'aws:key': 'liftlock-scan',
    'aws:PrincipalTag/*': null,
    'aws:PrincipalTag/function': 'scan',
    'aws:PrincipalTag/star': '*',
    'aws:TagKeys': ['a', 'b'],
  };

  it.each([
    ['StringEquals', `liftlock-${variable('aws:PrincipalTag/function')}`, 'yes'],
    ['StringEquals', `liftlock-${variable('aws:principaltag/FUNCTION')}`, 'yes'],
    ['StringLike', `lift*-${variable('aws:PrincipalTag/function')}`, 'yes'],
    // A tag cannot contain a wildcard.
    ['StringLike', variable('aws:PrincipalTag/star'), 'no'],
    ['StringEquals', `liftlock-${variable("aws:PrincipalTag/none, 'scan'")}`, 'yes'],
    ['StringEquals', `liftlock-${variable('aws:PrincipalTag/none')}`, 'no'],
    // Whether a missing value differs from everything is not documented.
    ['StringNotEquals', variable('aws:PrincipalTag/none'), 'unknown'],
    ['StringEquals', variable('aws:unsupplied'), 'unknown'],
    ['StringEquals', variable("aws:unsupplied, 'liftlock-scan'"), 'unknown'],
    ['StringEquals', variable('aws:TagKeys'), 'unknown'],
  ] as const)('in %s "%s" decides %s', (operator, value, expected) => {
    expect(decide(operator, value, context)).toBe(expected);
  });

  it.each(['*', '?', '$'])('writes %s as text', (character) => {
    expect(decide('StringLike', variable(character), { 'aws:key': character })).toBe('yes');
    expect(decide('StringLike', variable(character), { 'aws:key': 'x' })).toBe('no');
  });

  it('is text in policies older than variables', () => {
    const value = variable('aws:PrincipalTag/function');
    const condition = { operator: 'StringEquals', key: 'aws:key', values: [value] };
    expect(conditionHolds(condition, keysOf({ 'aws:key': value }), false)).toBe('yes');
    expect(conditionHolds(condition, keysOf({ 'aws:key': 'scan' }), false)).toBe('no');
  });
});

it.each(['StringEqual', 'stringequals', 'ForSomeValues:StringEquals', 'NullIfExists', 'ArnGlob'])(
  'does not know the operator %s',
  (operator) => {
    expect(decide(operator, 'one', { 'aws:key': 'one' })).toBe('unknown');
  },
);
