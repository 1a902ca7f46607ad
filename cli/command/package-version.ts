import { readFile } from 'node:fs/promises';

/** The version of Liftlock: `0.1.0`. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
