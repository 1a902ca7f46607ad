import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { digestAtOnce } from './whole-digests.ts';

const own = { createHash: crypto.createHash, createHmac: crypto.createHmac };
const { constructor: Hash } = own.createHash('sha256');
const { constructor: Hmac } = own.createHmac('sha256', 'key');
let isFunction = true;
beforeAll(() => digestAtOnce(() => isFunction));
beforeEach(() => {
  isFunction = true;
});
afterAll(() => {
  Object.assign(crypto, own);
  syncBuiltinESMExports();
});

const texts = ['', 'a', 'ä€😀', 'x'.repeat(100), Buffer.from([0, 255, 1]), new Uint8Array([7, 8, 9]).subarray(1)];

test.each(texts)('the hash of %j is that of Node', (text) => {
  const expected = own.createHash('sha256').update(text).update('more').digest();
  const hash = crypto.createHash('sha256').update(text);
  const copy = hash.copy();
  expect(hash.update('more').digest()).toEqual(expected);
  expect(copy.digest('hex')).toBe(own.createHash('sha256').update(text).digest('hex'));
});

test.each(texts.flatMap((key) => texts.map((text) => [key, text] as const)))(
  'under the key %j, the HMAC of %j is that of Node',
  (key, text) => {
    const expected = own.createHmac('sha256', key).update(text).update('more');
    const hmac = crypto.createHmac('sha256', key).update(text).update('more');
    expect(hmac.digest('hex')).toBe(expected.digest('hex'));
  },
);

test('texts are read in the encoding that is said', () => {
  const hash = crypto.createHash('sha256').update('c3a4', 'hex');
  expect(hash.digest()).toEqual(own.createHash('sha256').update('ä').digest());
});

test('other algorithms, keys and options, and whoever is no function, have those of Node', () => {
  expect(crypto.createHash('md5').update('a').digest('hex')).toBe(own.createHash('md5').update('a').digest('hex'));
  expect(crypto.createHash('sha256', {}).constructor).toBe(Hash);
  expect(crypto.createHmac('sha256', crypto.createSecretKey('key', 'utf8')).constructor).toBe(Hmac);
  expect(crypto.createHmac('sha1', 'key').constructor).toBe(Hmac);
  isFunction = false;
  expect(crypto.createHash('sha256').constructor).toBe(Hash);
  expect(crypto.createHmac('sha256', 'key').constructor).toBe(Hmac);
});
