import { readFileSync } from 'node:fs';
import { signature } from './webhook-gate.ts';

const secret = Buffer.from('it is a secret');
const at = new Date('2026-11-20T08:00:00.900Z');
const signed = { method: 'GET', url: 'https://gates.example.com/prod?fleet=eu', body: '' };

test('the time is in seconds, and the digest is that of openssl', () => {
  // printf '%s' '1795161600.GET.https://gates.example.com/prod?fleet=eu.' | openssl dgst -sha256 -hmac 'it is a secret'
  expect(signature(secret, at, signed)).toBe(
    't=1795161600,v1=2bc1d53f78fd00e242c59cf06b6c2e469f411c5e45fb612eabae279332131641',
  );
});

test.each([
  ['another secret', Buffer.from('it is no secret'), at, signed],
  ['another second', secret, new Date(at.getTime() + 1_000), signed],
  ['another method', secret, at, { ...signed, method: 'POST' }],
  ['another query', secret, at, { ...signed, url: `${signed.url}&more` }],
  ['another body', secret, at, { ...signed, body: '{}' }],
])('%s gives another signature', (_, otherSecret, otherTime, other) => {
  expect(signature(otherSecret, otherTime, other).split('v1=')[1]).not.toBe(
    signature(secret, at, signed).split('v1=')[1],
  );
});

/** The example that people copy is run as it stands in the document. */
const example = () => {
  const document = readFileSync(new URL('../../../docs/gates.md', import.meta.url), 'utf8');
  const code = /```js verify\n([\s\S]*?)```/.exec(document)?.[1];
  if (code === undefined) throw new Error('docs/gates.md has lost its example of a verification');
  return import(`data:text/javascript,${encodeURIComponent(code)}`) as Promise<{
    isFromLiftlock(secret: string, header: string, method: string, url: string, body: string, now?: number): boolean;
  }>;
};

test('the example of the document takes what is signed, and nothing else', async () => {
  const { isFromLiftlock } = await example();
  const header = signature(secret, at, signed);
  const { method, url, body } = signed;
  const now = at.getTime() / 1000;
  expect(isFromLiftlock('it is a secret', header, method, url, body, now + 200)).toBe(true);
  expect(isFromLiftlock('it is a secret', header, method, url, body, now + 400)).toBe(false);
  expect(isFromLiftlock('it is a secret', header, method, `${url}x`, body, now)).toBe(false);
  expect(isFromLiftlock('another', header, method, url, body, now)).toBe(false);
  expect(isFromLiftlock('it is a secret', '', method, url, body, now)).toBe(false);
  expect(isFromLiftlock('it is a secret', 't=1795161600,v1=00', method, url, body, now)).toBe(false);
});
