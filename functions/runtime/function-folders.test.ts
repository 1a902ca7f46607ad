import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { FUNCTION_NAMES, KUBERNETES_FUNCTIONS, MUTATING_FUNCTIONS } from '../../core/contracts/names.ts';
import type { FunctionDefinition } from './function-definition.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = FUNCTION_NAMES.filter((name) => name !== 'api');
const handlerOf = (name: string) => join(root, 'functions', name, 'handler.ts');

/** All packages and files that a file loads, with their own imports; types are erased and do not count. */
function loadedBy(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, clause = '', specifier = ''] of text.matchAll(/^(?:import|export) ([^;]*?)from '([^']+)';$/gms)) {
    const names = /^\{(.*)\}\s*$/s.exec(clause.trim())?.[1]?.split(',') ?? [clause];
    if (clause.startsWith('type ') || names.every((name) => /^\s*(type .*)?$/.test(name))) continue;
    if (specifier.startsWith('.')) loadedBy(normalize(join(dirname(file), specifier)), found);
    else found.add(specifier);
  }
  return found;
}

test('every function has its folder, and every folder is a function', () => {
  const folders = readdirSync(join(root, 'functions')).filter((name) => {
    return statSync(join(root, 'functions', name)).isDirectory() && existsSync(handlerOf(name));
  });
  expect(folders.filter((name) => name !== 'api').sort()).toEqual([...names].sort());
});

/** The type of each handler, loaded in a thread without variables. */
async function loadHandlers(): Promise<Readonly<Record<string, string>>> {
  const files = names.map((name) => [name, pathToFileURL(handlerOf(name)).href]);
  const code = `
    const { parentPort } = require('node:worker_threads');
    (async () => {
      const loaded = {};
      for (const [name, url] of ${JSON.stringify(files)}) loaded[name] = typeof (await import(url)).handler;
      parentPort.postMessage(loaded);
    })();`;
  const worker = new Worker(code, { eval: true, env: {} });
  const [loaded] = (await once(worker, 'message')) as [Readonly<Record<string, string>>];
  await worker.terminate();
  return loaded;
}

let loaded: Readonly<Record<string, string>>;
beforeAll(async () => {
  loaded = await loadHandlers();
});

test.each(names)('%s: loads without an environment, under its own name, with a thin handler', async (name) => {
  expect(loaded[name]).toBe('function');
  const { definition } = (await import(join(dirname(handlerOf(name)), 'function.ts'))) as {
    definition: FunctionDefinition<unknown, unknown, unknown>;
  };
  expect(definition.name).toBe(name);
  expect(readFileSync(handlerOf(name), 'utf8').split('\n').length).toBeLessThanOrEqual(40);
});

test('only the functions that look into clusters load what reads API servers', () => {
  const reads = /adapters\/kubernetes\//;
  const loading = names.filter((name) => [...loadedBy(handlerOf(name))].some((one) => reads.test(one)));
  expect(loading.sort()).toEqual([...KUBERNETES_FUNCTIONS].sort());
});

test('only the functions on the list of mutating ones ask for the mutator', () => {
  const asking = names.filter((name) => /\bmutator\b/.test(readFileSync(handlerOf(name), 'utf8')));
  expect(asking.sort()).toEqual([...MUTATING_FUNCTIONS].sort());
});

test('what a function is loads no client of AWS: the simulation runs it as it is', () => {
  for (const name of names) {
    const loaded = [...loadedBy(join(root, 'functions', name, 'function.ts'))];
    expect(loaded.filter((one) => one.startsWith('@aws-sdk/') || one.includes('/adapters/'))).toEqual([]);
  }
});
