import { gzipSync } from 'node:zlib';
import { decodeRelease } from '../../core/scan/helm/stored-release.ts';

const release = {
  name: 'api',
  manifest: 'kind: A\n',
  hooks: [{ manifest: 'kind: B\n' }, {}],
  config: { password: 'hunter2' },
  chart: { metadata: { name: 'api', version: '1.4.2' }, values: { token: 'hunter2' } },
};
const packed = (value: unknown) => gzipSync(JSON.stringify(value)).toString('base64');

test('manifest and hooks come out, values do not', async () => {
  const decoded = decodeRelease(packed(release));
  expect(decoded).toEqual({ manifests: ['kind: A\n', 'kind: B\n'], chart: 'api-1.4.2', version: '1.4.2' });
  expect(JSON.stringify(decoded)).not.toContain('hunter2');
});

test('older Helms did not compress', async () => {
  const text = Buffer.from(JSON.stringify(release)).toString('base64');
  expect(decodeRelease(text)?.chart).toBe('api-1.4.2');
});

test('a release of nothing is one', async () => {
  expect(decodeRelease(packed({ name: 'empty' }))).toEqual({ manifests: [], chart: 'unknown-?' });
});

test.each([
  ['nothing', ''],
  ['no base64', '%%%'],
  ['no JSON', Buffer.from('hello').toString('base64')],
  ['no release', packed({ hello: 1 })],
  ['a list', packed([release])],
  ['half of one', packed(release).slice(0, 40)],
  ['a broken archive', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]).toString('base64')],
  ['a bomb', gzipSync(Buffer.alloc(65 * 1024 * 1024, 32)).toString('base64')],
])('%s is no release', async (_name, text) => {
  expect(decodeRelease(text)).toBeUndefined();
});
