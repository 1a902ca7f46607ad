import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNCTION_NAMES, type FunctionName, KUBERNETES_FUNCTIONS } from '../../core/contracts/names.ts';
import { bundleFunctions } from './bundle-functions.ts';

const folder = mkdtempSync(join(tmpdir(), 'liftlock-bundles-'));
const handlerOf = (name: FunctionName) => new URL(`../../functions/${name}/handler.ts`, import.meta.url);
const written = FUNCTION_NAMES.filter((name) => existsSync(handlerOf(name)));
const bundles = await bundleFunctions(written, folder);

test.each(bundles)('$name is one ESM file with its map, within its budget', ({ name, folder: own, bytes }) => {
  const text = readFileSync(join(own, 'index.mjs'), 'utf8');
  expect(text).toMatch(/export\s*\{[^}]*\bhandler\b[^}]*\}/);
  expect(text).toContain('sourceMappingURL=index.mjs.map');
  const looksIntoClusters = KUBERNETES_FUNCTIONS.some((one) => one === name);
  // The tables of removed APIs and what reads Helm's manifests are half a megabyte; calendars and expressions a tenth.
  const most = name === 'scan-cluster' ? 3_600_000 : 3_200_000;
  expect(bytes).toBeLessThanOrEqual(looksIntoClusters ? most : 1_300_000);
});

test('only functions that look into clusters carry a Kubernetes client', () => {
  const carrying = bundles.filter(({ folder: own }) =>
    readFileSync(join(own, 'index.mjs.map'), 'utf8').includes('@kubernetes/client-node'),
  );
  expect(carrying.map(({ name }) => name)).toEqual([...KUBERNETES_FUNCTIONS]);
});

test('maps name the sources and do not hold them', () => {
  const map = JSON.parse(readFileSync(join(folder, 'scan-cluster', 'index.mjs.map'), 'utf8')) as Record<
    string,
    unknown
  >;
  expect(map.sourcesContent).toBeUndefined();
});

test('a function without a handler is named', async () => {
  const missing = ['scan-cluster', 'no-such-function'] as FunctionName[];
  await expect(bundleFunctions(missing, folder)).rejects.toMatchObject({
    name: 'HandlerMissing',
    message: `These functions have no handler: ${join('functions', 'no-such-function', 'handler.ts')}.`,
  });
});
