import { shellWord } from './shell-word.ts';

test.each([
  ['my-fleet/', 'my-fleet/'],
  ['s3://bucket', 's3://bucket'],
  ['my evidence', "'my evidence'"],
  ["Ann's", `'Ann'\\''s'`],
  ['$HOME;ls', "'$HOME;ls'"],
  ['', "''"],
])('a shell reads %j as one word where it is written as %s', (text, written) => {
  expect(shellWord(text)).toBe(written);
});
