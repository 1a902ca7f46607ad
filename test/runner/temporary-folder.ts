import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives a run one temporary folder for all that its tests and what they start leave, and removes it at the end. Workers begin afterwards. */
export default function useOwnTemporaryFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'liftlock-tests-'));
  process.env.TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}
