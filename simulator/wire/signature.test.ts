import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { clusterToken } from '../../adapters/kubernetes/cluster-token.ts';
import { IncompleteSignature, isSignedBy, readSignature } from './signature.ts';
import type { HttpRequest } from './wire-options.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

const isGenuine = (request: HttpRequest, secret = credentials.secretAccessKey): boolean | undefined => {
  const signature = readSignature(request);
  return signature && isSignedBy(request, signature, secret);
};

/** It signs like cli/client/sign-request.ts for API Gateway, and sends like fetch. */
async function signedLikeTheCli(
  address: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<HttpRequest> {
  const url = new URL(address);
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
  const signer = new SignatureV4({ service: 'execute-api', region: 'eu-central-1', credentials, sha256: Sha256 });
  const method = body === undefined ? 'GET' : 'POST';
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query,
    headers: { ...headers, host: url.host },
    ...(body === undefined ? {} : { body }),
  });
  const lower = Object.fromEntries(Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, target: url.pathname + url.search, headers: lower, body: Buffer.from(body ?? '') };
}

describe('published examples', () => {
  // "Signature Version 4 signing process", AWS General Reference; and get-vanilla of AWS's signing test suite.
  const vanilla = 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1';
  test.each([
    {
      name: 'ListUsers of IAM',
      target: '/?Action=ListUsers&Version=2010-05-08',
      headers: {
        host: 'iam.amazonaws.com',
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'x-amz-date': '20150830T123600Z',
        authorization: `${vanilla}/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7`,
      },
    },
    {
      name: 'get-vanilla',
      target: '/',
      headers: {
        host: 'example.amazonaws.com',
        'x-amz-date': '20150830T123600Z',
        authorization: `${vanilla}/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31`,
      },
    },
  ])('$name is genuine', ({ target, headers }) => {
    const request = { method: 'GET', target, headers, body: Buffer.of() };
    expect(isGenuine(request)).toBe(true);
    expect(isGenuine(request, 'another')).toBe(false);
    expect(readSignature(request)?.scope).toMatchObject({ accessKeyId: 'AKIDEXAMPLE', region: 'us-east-1' });
  });
});

describe('requests of the command line', () => {
  const address =
    "https://api.example.com/v1/clusters/eu%20west%2Fshop/upgrades?reason=a%20b%2Bc&x=1&x=0&empty=&q=it's(*)!";

  test('are genuine with spaces, slashes and repeated parameters', async () => {
    expect(isGenuine(await signedLikeTheCli(address))).toBe(true);
    expect(isGenuine(await signedLikeTheCli(address, '{"to":"1.35"}', { 'x-note': '  two   words ' }))).toBe(true);
  });

  test('are genuine when their body is declared unsigned, and then it may be any', async () => {
    const request = await signedLikeTheCli(address, 'one', { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
    expect(isGenuine({ ...request, body: Buffer.from('two') })).toBe(true);
  });

  test.each<[string, (request: HttpRequest) => HttpRequest]>([
    ['method', (request) => ({ ...request, method: 'PUT' })],
    ['path', (request) => ({ ...request, target: request.target.replace('shop', 'shop2') })],
    ['query', (request) => ({ ...request, target: request.target.replace('x=1', 'x=2') })],
    ['body', (request) => ({ ...request, body: Buffer.from('{"to":"1.36"}') })],
    ['host', (request) => ({ ...request, headers: { ...request.headers, host: 'evil.example.com' } })],
    ['date', (request) => ({ ...request, headers: { ...request.headers, 'x-amz-date': moved(request) } })],
    ['signed header', (request) => ({ ...request, headers: { ...request.headers, 'x-note': 'two' } })],
    ['broken escape', (request) => ({ ...request, target: `${request.target}&a=%zz` })],
  ])('are not genuine with another %s', async (_, change) => {
    const request = await signedLikeTheCli(address, '{"to":"1.35"}', { 'x-note': 'one' });
    expect(isGenuine(request)).toBe(true);
    expect(isGenuine(change(request))).toBe(false);
  });

  test('are not genuine where a plus stands for the space that was signed', async () => {
    expect(isGenuine(await signedLikeTheCli(address.replace('%20b', '+b')))).toBe(false);
  });

  test('are not genuine without a header that they signed', async () => {
    const { headers, ...request } = await signedLikeTheCli(address, '{}', { 'x-note': 'one' });
    const { 'x-note': _, ...fewer } = headers;
    expect(isGenuine({ ...request, headers: fewer })).toBe(false);
  });
});

describe('tokens of clusters', () => {
  const session = { ...credentials, sessionToken: 'IQoJ/+==' };
  const target = { region: 'eu-central-1', clusterName: 'shop' };

  async function requestOf(clusterName: string): Promise<HttpRequest> {
    const token = await clusterToken(target, session, new Date('2026-09-28T10:15:00Z'));
    const url = new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString());
    const headers = { host: url.host, 'x-k8s-aws-id': clusterName };
    return { method: 'GET', target: url.pathname + url.search, headers, body: Buffer.of() };
  }

  test('are genuine for their cluster alone', async () => {
    const request = await requestOf('shop');
    expect(readSignature(request)).toEqual({
      algorithm: 'AWS4-HMAC-SHA256',
      place: 'query',
      scope: { accessKeyId: 'AKIDEXAMPLE', date: '20260928', region: 'eu-central-1', service: 'sts' },
      signedHeaders: ['host', 'x-k8s-aws-id'],
      signature: expect.stringMatching(/^[0-9a-f]{64}$/),
      amzDate: '20260928T101500Z',
      expires: 60,
      sessionToken: 'IQoJ/+==',
    });
    expect(isGenuine(request)).toBe(true);
    expect(isGenuine(await requestOf('another'))).toBe(false);
  });
});

describe('what is no signature', () => {
  const withHeader = (authorization: string, more = {}): HttpRequest => ({
    method: 'GET',
    target: '/',
    headers: { host: 'localhost', authorization, ...more },
    body: Buffer.of(),
  });
  const date = { 'x-amz-date': '20260928T101500Z' };
  const credential = 'Credential=AKID/20260928/eu-central-1/eks/aws4_request';

  test.each(['Bearer k8s-aws-v1.abc', 'Basic abc', 'AWS AKID:signature'])(
    '%s is none of version 4',
    (authorization) => {
      expect(readSignature(withHeader(authorization))).toBeUndefined();
    },
  );

  test.each([
    ['no parts', 'AWS4-HMAC-SHA256', date],
    ['no credential', 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=ab', date],
    ['no signature', `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host`, date],
    ['no signed headers', `AWS4-HMAC-SHA256 ${credential}, Signature=ab`, date],
    ['the host unsigned', `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=x-amz-date, Signature=ab`, date],
    ['no date', `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=ab`, {}],
    [
      'another day',
      `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=ab`,
      { 'x-amz-date': '20260929T101500Z' },
    ],
    ['half a scope', 'AWS4-HMAC-SHA256 Credential=AKID/20260928, SignedHeaders=host, Signature=ab', date],
    ['the asymmetric algorithm', `AWS4-ECDSA-P256-SHA256 ${credential}, SignedHeaders=host, Signature=ab`, date],
  ])('%s is refused as incomplete', (_, authorization, headers) => {
    expect(() => readSignature(withHeader(authorization, headers))).toThrow(IncompleteSignature);
  });

  test.each(['no hex', 'ab', ''.padEnd(64, 'é')])('a signature of other letters is not genuine: %s', (signature) => {
    const request = withHeader(`AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=${signature}`, date);
    expect(isGenuine(request)).toBe(false);
  });
});

const moved = ({ headers }: HttpRequest): string => (headers['x-amz-date'] ?? '').replace(/\d\dZ$/, '99Z');
