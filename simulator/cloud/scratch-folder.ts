import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './state/running-clouds.ts';

const PREFIX = 'liftlock-local-';

/**
 * A folder for what one local cloud synthesizes, named after its process. Folders of processes that are gone, killed before they could
 * clean up, are removed on the way.
 */
export function makeScratchFolder(): string {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^liftlock-local-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}
