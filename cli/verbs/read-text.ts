import { readFile } from 'node:fs/promises';
import { unreadable } from './unreadable.ts';

/** The text of a file that a person named. Fails with exit code 2, and says why and what to do. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}
