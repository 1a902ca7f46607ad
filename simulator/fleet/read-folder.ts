import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { FleetFolderInvalid } from './problems.ts';

/** A file of the folder; `path` is relative to it, with forward slashes. */
export interface FolderFile {
  readonly path: string;
  readonly text: string;
}

/** Every `.json`, `.yaml` and `.yml` file below the folder, by path; hidden ones are left out. */
export async function readFolder(directory: string): Promise<FolderFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new FleetFolderInvalid([`${directory}: cannot be read as a folder: ${why}`]);
  });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.(json|ya?ml)$/i.test(entry.name))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(directory, path), 'utf8') })));
}
