import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FUNCTION_NAMES, KUBERNETES_FUNCTIONS, MUTATING_FUNCTIONS } from '../../core/contracts/names.ts';
import type { FunctionDefinition } from './function-definition.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = FUNCTION_NAMES.filter((name) => name !== 'api');
const handlerOf = (name: string) => join(root, 'functions', name, 'handler.ts');

/** Every package and file that a file loads, with what those load; types are erased and do not count. */
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

test.each(names)('%s: loads without an environment, under its own name, with a thin handler', async (name) => {
  const saved = { ...process.env };
  for (const variable of Object.keys(process.env)) if (/^(LIFTLOCK|AWS)_/.test(variable)) delete process.env[variable];
  try {
    const { handler } = (await import(handlerOf(name))) as { handler: unknown };
    expect(typeof handler).toBe('function');
  } finally {
    Object.assign(process.env, saved);
  }
  const { definition } = (await import(join(dirname(handlerOf(name)), 'function.ts'))) as {
    definition: FunctionDefinition<unknown, unknown, unknown>;
  };
  expect(definition.name).toBe(name);
  expect(readFileSync(handlerOf(name), 'utf8').split('\n').length).toBeLessThanOrEqual(40);
});

test('only the functions that look into clusters load a Kubernetes client', () => {
  const loading = names.filter((name) => [...loadedBy(handlerOf(name))].some((one) => one.startsWith('@kubernetes/')));
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
