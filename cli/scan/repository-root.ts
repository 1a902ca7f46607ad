import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the Git repository that holds `folder`: what paths in SARIF are relative to. The folder itself without one. */
export function repositoryRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return folder;
  }
}
