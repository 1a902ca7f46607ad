import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isTest } from '../lint/finding.ts';
import { readTree } from '../lint/read-tree.ts';

const page = readFileSync(new URL('../../docs/where-things-are.md', import.meta.url), 'utf8');
const features = [...page.matchAll(/\| `(\w+)` +\| \[([^\]]+)\]\(\.\.\/([^)]+)\)/g)].map(
  ([, word = '', name = '', path = '']) => ({ word, name, path }),
);
const sources = readTree(fileURLToPath(new URL('../..', import.meta.url))).filter(
  ({ path }) => /^(?:core|adapters|functions|infra|cli)\/.*\.ts$/.test(path) && !isTest(path),
);

test('twenty features and more are named, each once', () => {
  expect(features.length).toBeGreaterThanOrEqual(20);
  expect(new Set(features.map(({ word }) => word)).size).toBe(features.length);
  expect(page.match(/^\| (?!Feature|-)/gm)).toHaveLength(features.length);
});

test.each(features)('$word leads to $name, and to two other files at most', ({ word, name, path }) => {
  const named = sources.filter(({ text }) => new RegExp(`\\b${word}\\b`).test(text));
  const declared = named.filter(({ text }) =>
    new RegExp(`export (?:async )?(?:function|const|class) ${word}\\b`).test(text),
  );
  expect([name, declared.map((file) => file.path)]).toEqual([path, [path]]);
  expect(named.length).toBeLessThanOrEqual(3);
});
