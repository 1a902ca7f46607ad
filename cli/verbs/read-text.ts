import { readFile } from 'node:fs/promises';
import { invalid } from '../failure.ts';

/** The text of a file that a person named. Fails with exit code 2, and says why and what to do. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw invalid(`liftlock: there is no file ${path}. Check the name and the folder.`);
    if (code === 'EACCES') throw invalid(`liftlock: ${path} may not be read by you. Ask its owner, or give a copy.`);
    if (code === 'EISDIR') throw invalid(`liftlock: ${path} is a folder; name one file.`);
    throw error;
  }
}
