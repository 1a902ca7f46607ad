import { principalOf } from './principal-of.ts';

test.each([
  ['arn:aws:sts::111111111111:assumed-role/platform/ana', 'arn:aws:iam::111111111111:role/platform'],
  ['arn:aws:sts::111111111111:assumed-role/platform/ben', 'arn:aws:iam::111111111111:role/platform'],
  ['arn:aws-cn:sts::111111111111:assumed-role/platform/ana', 'arn:aws-cn:iam::111111111111:role/platform'],
  ['arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ana@example.com', 'ana@example.com'],
  ['arn:aws:iam::111111111111:user/ci/deployer', 'arn:aws:iam::111111111111:user/ci/deployer'],
  ['arn:aws:iam::111111111111:root', 'arn:aws:iam::111111111111:root'],
  ['arn:aws:sts::111111111111:federated-user/ana', 'arn:aws:sts::111111111111:federated-user/ana'],
])('%s is %s', (userArn, principal) => {
  expect(principalOf(userArn)).toBe(principal);
});

test.each([
  '',
  'liftlock',
  'unknown',
  'arn:aws:iam::1:root',
  'arn:aws:sts::111111111111:assumed-role/a/b\nc',
  'x'.repeat(9_999),
])('%j is nobody', (userArn) => {
  expect(principalOf(userArn)).toBeUndefined();
});
