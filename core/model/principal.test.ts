import { namesPrincipal, personOf, principalOf } from './principal.ts';

test.each([
  ['arn:aws:sts::111111111111:assumed-role/platform/ana', 'role:111111111111/platform'],
  ['arn:aws:sts::111111111111:assumed-role/platform/ben', 'role:111111111111/platform'],
  ['arn:aws-cn:sts::111111111111:assumed-role/platform/ana', 'role:111111111111/platform'],
  [
    'arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ana@example.com',
    'sso:111111111111/ana@example.com',
  ],
  [
    'arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/liftlock',
    'sso:111111111111/liftlock',
  ],
  ['arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/unknown', 'sso:111111111111/unknown'],
  ['arn:aws:iam::111111111111:role/teams/a/platform', 'role:111111111111/platform'],
  ['arn:aws:iam::111111111111:user/ci/deployer', 'user:111111111111/deployer'],
  ['arn:aws:iam::111111111111:root', 'root:111111111111'],
  ['arn:aws:sts::111111111111:federated-user/ana', 'federated:111111111111/ana'],
])('%s is %s', (userArn, principal) => {
  expect(principalOf(userArn)).toBe(principal);
});

test.each([
  '',
  'liftlock',
  'unknown',
  'role:111111111111/platform',
  'arn:aws:iam::1:root',
  'arn:aws:sts::111111111111:assumed-role/a/b\nc',
  'x'.repeat(9_999),
])('%j is nobody', (userArn) => {
  expect(principalOf(userArn)).toBeUndefined();
});

test.each([
  ['letters in another case', 'sso:111111111111/Ana@Example.com', 'sso:111111111111/ana@example.com'],
  ['the account through which they came', 'sso:111111111111/ana', 'sso:222222222222/ana'],
  ['the name alone, as it was recorded once', 'ana@example.com', 'sso:111111111111/ana@example.com'],
  ['the ARN, as it was recorded once', 'arn:aws:iam::111111111111:role/Lead', 'role:111111111111/lead'],
  ['the name that somebody chose for a federated session', 'federated:111111111111/a', 'federated:111111111111/b'],
  ['the path of a role', 'arn:aws:iam::111111111111:role/teams/a/Lead', 'arn:aws:iam::111111111111:role/Lead'],
])('people are one, whatever %s', (_, one, other) => {
  expect(personOf(one)).toBe(personOf(other));
});

test.each([
  ['roles of two accounts', 'role:111111111111/Lead', 'role:222222222222/Lead'],
  ['a user and a role', 'user:111111111111/Lead', 'role:111111111111/Lead'],
  ['somebody who is called like a role', 'sso:111111111111/Lead', 'role:111111111111/Lead'],
  ['the roots of two accounts', 'root:111111111111', 'root:222222222222'],
])('%s are two', (_, one, other) => {
  expect(personOf(one)).not.toBe(personOf(other));
});

test('Liftlock and the unknown are no people; somebody who calls themselves so is one', () => {
  expect([undefined, 'liftlock', 'unknown'].map(personOf)).toEqual([undefined, undefined, undefined]);
  expect(personOf('sso:111111111111/liftlock')).toBe('sso:liftlock');
});

test.each([
  ['arn:aws:iam::111111111111:role/Approver', 'role:111111111111/approver', true],
  ['arn:aws-cn:iam::*:role/Approver*', 'role:111111111111/Approver-b', true],
  ['arn:aws:iam::222222222222:role/Approver', 'role:111111111111/Approver', false],
  ['role:111111111111/Approver*', 'role:111111111111/Approver-b', true],
  ['role:*/Approver', 'arn:aws:iam::111111111111:role/teams/a/Approver', true],
  ['sso:*/ana@*', 'sso:111111111111/Ana@example.com', true],
  ['*@example.com', 'sso:111111111111/ana@EXAMPLE.com', true],
  ['ana', 'sso:111111111111/ana', true],
  ['ana', 'user:111111111111/ana', false],
  ['Approver', 'role:111111111111/Approver', false],
  ['*', 'root:111111111111', true],
  // Anyone who may create roles or users, or request federated sessions, chooses their names.
  ['*@example.com', 'user:111111111111/ana@example.com', false],
  ['*@example.com', 'role:111111111111/ana@example.com', false],
  ['*@example.com', 'federated:111111111111/ana@example.com', false],
  ['user*', 'user:111111111111/ben', false],
  ['ro*', 'role:111111111111/platform', false],
  ['ro*', 'ro@example.com', true],
])('%s stands for %s: %s', (pattern, principal, stands) => {
  expect(namesPrincipal(pattern, principal)).toBe(stands);
});
