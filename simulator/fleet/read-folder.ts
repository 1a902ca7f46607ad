import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { FleetFolderInvalid } from './problems.ts';

/** A file of the folder; `path` is relative to it, with forward slashes. */
export interface FolderFile {
  readonly path: string;
  readonly text: string;
}

function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such folder. Check the name; examples/fleet is one to begin with.';
  if (code === 'ENOTDIR') return 'this is a file, and a folder is needed. Name the folder that has the files.';
  if (code === 'EACCES') return 'this folder may not be read by you. Ask its owner, or give a copy.';
  return `this folder cannot be read: ${message}.`;
}

/** Every `.json`, `.yaml` and `.yml` file below the folder, by path; hidden ones are left out. */
export async function readFolder(directory: string): Promise<FolderFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new FleetFolderInvalid([`${directory}: ${whyUnreadable(error)}`]);
  });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.(json|ya?ml)$/i.test(entry.name))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(directory, path), 'utf8') })));
}
