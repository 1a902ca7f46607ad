import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const FOLDERS = [
  'adapters',
  'bench',
  'cli',
  'core',
  'docs',
  'examples',
  'functions',
  'infra',
  'schemas',
  'simulator',
  'test',
];
const imported = /\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+\.ts)'/g;

/** Which files of the repository load a file, through any number of others; the file itself among them. Paths are relative to `root`. */
export function reaching(root: string): (file: string) => ReadonlySet<string> {
  const importers = new Map<string, string[]>();
  for (const file of globSync(
    FOLDERS.map((folder) => `${folder}/**/*.ts`),
    { cwd: root, exclude: ['**/cdk.out/**', '**/node_modules/**'] },
  ))
    for (const [, specifier = ''] of readFileSync(join(root, file), 'utf8').matchAll(imported)) {
      const target = normalize(join(dirname(file), specifier));
      importers.set(target, [...(importers.get(target) ?? []), file]);
    }
  return (file) => {
    const found = new Set([file]);
    // A set's iteration also visits what is added on the way.
    for (const one of found) for (const importer of importers.get(one) ?? []) found.add(importer);
    return found;
  };
}
