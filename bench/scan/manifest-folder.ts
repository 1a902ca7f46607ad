import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifestText } from './manifest-text.ts';

interface ManifestFolder {
  readonly path: string;
  readonly bytes: number;
  remove(): Promise<void>;
}

/** So many files in folders of a hundred. */
export async function manifestFolder(files: number): Promise<ManifestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'liftlock-bench-'));
  let bytes = 0;
  for (let index = 0; index < files; index += 1) {
    const folder = join(path, `team-${Math.floor(index / 100)}`);
    if (index % 100 === 0) await mkdir(folder);
    const text = manifestText(index);
    bytes += Buffer.byteLength(text);
    await writeFile(join(folder, `app-${index}.yaml`), text);
  }
  return { path, bytes, remove: () => rm(path, { recursive: true, force: true }) };
}
