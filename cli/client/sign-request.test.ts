import { createSigner } from './sign-request.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
beforeEach(() => Object.assign(process.env, KEYS));

test('a request is signed for execute-api with the session of the caller', async () => {
  const { sign } = createSigner('eu-central-1', undefined);
  const headers = await sign({
    method: 'PUT',
    url: new URL('https://abc.execute-api.eu-central-1.amazonaws.com/v1/config?dryRun=true'),
    headers: { 'content-type': 'application/json' },
    body: '[]',
  });
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
  );
  expect(headers['x-amz-security-token']).toBe('token');
  expect(headers.host).toBeUndefined();
});
