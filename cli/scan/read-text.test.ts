import { readTextFile } from './read-text.ts';

test.each([
  [{ code: 'EACCES' }, { problem: 'you may not read it' }],
  [{ code: 'EIO' }, { problem: 'it cannot be read (EIO)' }],
  [{ size: 64 * 1024 * 1024 + 1, code: 'EIO' }, { problem: 'it is larger than 64 MiB; split it' }],
  [{ size: 64 * 1024 * 1024 }, { text: 'text' }],
])('%j → %j', ({ code, size }: { readonly code?: string; readonly size?: number }, expected) => {
  // Tests may run as root, who may read everything, so the error of the file system is simulated.
  const files = {
    statSync: () => ({ size: size ?? 10 }),
    readFileSync: () => {
      if (code !== undefined) throw Object.assign(new Error('no'), { code });
      return Buffer.from('text');
    },
  };
  expect(readTextFile('any', files)).toEqual(expected);
});
