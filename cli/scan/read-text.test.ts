import { jest } from '@jest/globals';

/** Tests may run as root, who may read everything: the answer of the file system is given here. */
let answer: { readonly code?: string; readonly size?: number } = {};
jest.unstable_mockModule('node:fs', () => ({
  statSync: () => ({ size: answer.size ?? 10 }),
  readFileSync: () => {
    if (answer.code !== undefined) throw Object.assign(new Error('no'), { code: answer.code });
    return Buffer.from('text');
  },
}));
const { readTextFile } = await import('./read-text.ts');

test.each([
  [{ code: 'EACCES' }, { problem: 'you may not read it' }],
  [{ code: 'EIO' }, { problem: 'it cannot be read (EIO)' }],
  [{ size: 64 * 1024 * 1024 + 1, code: 'EIO' }, { problem: 'it is larger than 64 MiB; split it' }],
  [{ size: 64 * 1024 * 1024 }, { text: 'text' }],
])('%j → %j', (given, expected) => {
  answer = given;
  expect(readTextFile('any')).toEqual(expected);
});
