import { lambdaPrincipal } from './function.ts';

const env = (iam: unknown) => ({ env: { event: { requestContext: { authorizer: { iam } } } } });

test('the caller is who API Gateway says, sessions left out', () => {
  const userArn = 'arn:aws:sts::111111111111:assumed-role/platform/ana';
  expect(lambdaPrincipal(env({ userArn, callerId: 'AROA:ana' }))).toBe('role:111111111111/platform');
});

test.each([{}, { env: {} }, env(undefined), env({}), env({ userArn: 'somebody' }), { env: { event: 'x' } }])(
  'without a checked signature there is nobody: %j',
  (context) => {
    expect(lambdaPrincipal(context as never)).toBeUndefined();
  },
);
