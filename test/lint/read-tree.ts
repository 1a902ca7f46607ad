import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { TextFile } from './finding.ts';

/** Made by tools or by machines, never by a person (see .gitignore). */
const ignored = new Set(['node_modules', '.git', 'cdk.out', 'coverage', '.liftlock', 'bundles', 'package-lock.json']);
const textual = /(?:\.(?:ts|js|mjs|json|ya?ml|md|sh|html|css|txt|svg|ics|golden)|\/[^./]+|\/\.[a-z]+)$/;

/** All text files under `root`, in a stable order. */
export function readTree(root: string): TextFile[] {
  return filesIn(root)
    .map((file) => ({ file, path: relative(root, file).split(sep).join('/') }))
    .filter(({ path }) => textual.test(`/${path}`))
    .map(({ file, path }) => ({ path, text: readFileSync(file, 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry: Dirent) => {
    if (ignored.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return entry.isFile() ? [path] : [];
  });
}
