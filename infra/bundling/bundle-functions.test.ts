import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stop } from 'esbuild';
import { FUNCTION_NAMES, type FunctionName, KUBERNETES_FUNCTIONS } from '../../core/contracts/names.ts';
import { bundleFunctions } from './bundle-functions.ts';

const folder = mkdtempSync(join(tmpdir(), 'liftlock-bundles-'));
const handlerOf = (name: FunctionName) => new URL(`../../functions/${name}/handler.ts`, import.meta.url);
const written = FUNCTION_NAMES.filter((name) => existsSync(handlerOf(name)));
const bundles = await bundleFunctions(written, folder);
// Esbuild keeps a process with everything that it has read.
afterAll(() => stop());

/** Bytes. The tables of removed APIs and the reader of Helm's manifests are half a megabyte; the API checks configuration and draws plans. */
const BUDGETS: Partial<Record<FunctionName, number>> = { 'scan-cluster': 1_400_000, api: 1_330_000 };

test.each(bundles)(
  '$name is a module with its chunks and their maps, within its budget',
  ({ name, folder: own, bytes }) => {
    const modules = readdirSync(own).filter((file) => file.endsWith('.mjs'));
    const texts = new Map(modules.map((file) => [file, readFileSync(join(own, file), 'utf8')]));
    expect(texts.get(`${name}.mjs`)).toMatch(/export\s*\{[^}]*\bhandler\b[^}]*\}/);
    for (const [file, text] of texts) {
      expect(text).toContain(`sourceMappingURL=${file}.map`);
      for (const [, imported = ''] of text.matchAll(/from"\.\/([^"]+)"/g)) expect(modules).toContain(imported);
    }
    expect([...texts.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)).toBe(bytes);
    expect(bytes).toBeLessThanOrEqual(BUDGETS[name] ?? 1_300_000);
  },
);

/** The size of the module and of its chunks. */
const mapsOf = (own: string) =>
  readdirSync(own)
    .filter((file) => file.endsWith('.map'))
    .map(
      (file) => JSON.parse(readFileSync(join(own, file), 'utf8')) as { sources: string[]; sourcesContent?: unknown },
    );
const sourcesOf = (own: string) => mapsOf(own).flatMap(({ sources }) => sources);

test('a chunk is the same wherever it is', () => {
  const contents = new Map<string, string>();
  for (const { folder: own } of bundles)
    for (const file of readdirSync(own).filter((each) => each.startsWith('chunk-'))) {
      const text = readFileSync(join(own, file), 'utf8');
      expect(contents.get(file) ?? text).toBe(text);
      contents.set(file, text);
    }
  expect(contents.size).toBeGreaterThan(10);
});

test('only functions that look into clusters carry what reads API servers, and none the generated client', () => {
  const carrying = (part: string) =>
    bundles.filter(({ folder: own }) => sourcesOf(own).some((source) => source.includes(part))).map(({ name }) => name);
  expect(carrying('adapters/kubernetes/reader/')).toEqual([...KUBERNETES_FUNCTIONS]);
  expect(carrying('@kubernetes/client-node')).toEqual([]);
});

test('maps name the sources and do not hold them', () => {
  for (const { folder: own } of bundles) for (const map of mapsOf(own)) expect(map.sourcesContent).toBeUndefined();
});

test('what is bundled comes from packages and from the folders that the local cloud looks at for changes', () => {
  const sources = new Set(bundles.flatMap(({ folder: own }) => sourcesOf(own)));
  const rooms = [...sources]
    .filter((source) => !source.includes('node_modules/'))
    .map((source) => source.replace(/^(\.\.\/)*.*?(adapters|core|functions)\//, '$2/').split('/')[0]);
  expect(new Set(rooms)).toEqual(new Set(['adapters', 'core', 'functions']));
});

test('a function without a handler is named', async () => {
  const missing = ['scan-cluster', 'no-such-function'] as FunctionName[];
  await expect(bundleFunctions(missing, folder)).rejects.toMatchObject({
    name: 'HandlerMissing',
    message: `These functions have no handler: ${join('functions', 'no-such-function', 'handler.ts')}.`,
  });
});
