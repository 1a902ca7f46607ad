import { readFile } from 'node:fs/promises';
import { type Failure, invalid } from '../command/session.ts';

/** The text of a file that a person named. Fails with exit code 2, and says why and what to do. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Why a file or folder that a person named cannot be read, and what to do; exit code 2. What is no error of reading is thrown as it is. */
export function unreadable(path: string, error: unknown): Failure {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) throw error;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return invalid(`liftlock: there is no file ${path}. Check the name and the folder.`);
  if (code === 'EACCES') return invalid(`liftlock: ${path} may not be read by you. Ask its owner, or give a copy.`);
  if (code === 'EISDIR') return invalid(`liftlock: ${path} is a folder; name one file.`);
  if (code === 'ELOOP')
    return invalid(
      `liftlock: ${path} is a symbolic link that leads back to itself. Name the file that it should lead to.`,
    );
  return invalid(`liftlock: ${path} cannot be read: the system says ${code}. Check the file, or give a copy.`);
}
