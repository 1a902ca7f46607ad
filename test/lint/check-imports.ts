import { posix } from 'node:path';
import { type Finding, isTest } from './finding.ts';
import { coreTestRule, type ImportRule, importTable, testRule } from './import-table.ts';
import type { Import } from './imports.ts';

/** Reports the imports of one file that its folder may not have. */
export function checkImports(path: string, imports: readonly Import[]): Finding[] {
  const folder = folderOf(path);
  if (folder === undefined) {
    const message = `This folder has no row in test/lint/import-table.ts. Add one, or move the file.`;
    return imports.length === 0 ? [] : [{ file: path, line: 1, message }];
  }
  const ofTests = isInside(path, 'core') ? coreTestRule : testRule;
  const rules = [importTable[folder], isTest(path) ? ofTests : undefined].filter((rule) => rule !== undefined);
  return imports.flatMap((one) => {
    const message = objection(path, folder, one, rules);
    return message === undefined ? [] : [{ file: path, line: one.line, message }];
  });
}

/** The path, relative to the repository's root, that a relative specifier names. */
export function resolveImport(path: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), specifier)) : undefined;
}

function folderOf(path: string): string | undefined {
  const folders = Object.keys(importTable).filter((folder) => isInside(path, folder));
  return folders.sort((a, b) => b.length - a.length)[0];
}

function objection(path: string, folder: string, one: Import, rules: readonly ImportRule[]): string | undefined {
  const { specifier, typeOnly } = one;
  const target = resolveImport(path, specifier);
  if (target === undefined) {
    const allowed = rules.some((rule) => rule.packages.some((pattern) => isPackage(specifier, pattern)));
    return allowed ? undefined : `${folder} may not import the package "${specifier}". ${allowance(folder)}`;
  }
  if (target.startsWith('..')) return `"${specifier}" leaves the repository.`;
  const allowed = rules.some(
    ({ folders, butNot = [], types = [] }) =>
      (folders.some((folder) => folder === '*' || isInside(target, folder)) &&
        !butNot.some((folder) => isInside(target, folder))) ||
      (typeOnly && types.includes(target)),
  );
  return allowed ? undefined : `${folder} may not import ${target}. ${allowance(folder)}`;
}

function allowance(folder: string): string {
  const { folders = [], butNot = [], packages = [], types = [] } = importTable[folder] ?? {};
  const erased = types.map((file) => `types of ${file}`);
  const but = butNot.length === 0 ? '' : `, but not ${butNot.join(', ')}`;
  return `It may import ${[...folders, ...packages, ...erased].join(', ')}${but} (test/lint/import-table.ts).`;
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

function isPackage(specifier: string, pattern: string): boolean {
  if (pattern === '*') return true;
  if (pattern.endsWith('*')) return specifier.startsWith(pattern.slice(0, -1));
  return specifier === pattern || specifier.startsWith(`${pattern}/`);
}
