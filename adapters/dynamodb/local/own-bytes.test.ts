import { ownBytes } from './dynalite-store.ts';

const isShared = (bytes: Buffer): boolean => bytes.buffer.byteLength > bytes.length;

test('bytes that are kept share nothing, and all others do as before', () => {
  expect(isShared(ownBytes(() => Buffer.from('kept')))).toBe(false);
  expect(isShared(Buffer.from('not kept'))).toBe(true);
  const fail = (): never =>
    ownBytes(() => {
      throw new Error('x');
    });
  expect(fail).toThrow('x');
  expect(isShared(Buffer.from('not kept'))).toBe(true);
});
