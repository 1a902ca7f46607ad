import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigFile } from '../../core/config/read-yaml.ts';
import { invalid } from '../failure.ts';
import type { Session } from '../session.ts';

export interface FileOptions {
  readonly filename: readonly string[];
  readonly recursive?: boolean;
}

const CONFIG_NAME = /\.(?:ya?ml|json)$/i;

/** Reads the files that a person named. Folders give their YAML and JSON files, by name. Fails with exit code 2. */
export async function readConfigFiles(session: Session, options: FileOptions): Promise<ConfigFile[]> {
  const files: ConfigFile[] = [];
  for (const path of options.filename) {
    if (path === '-') files.push({ path: '<stdin>', text: await session.io.stdin() });
    else files.push(...(await readPath(session, path, options.recursive === true)));
  }
  return files;
}

async function readPath(session: Session, path: string, recursive: boolean): Promise<ConfigFile[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [{ path, text: await readFile(path, 'utf8') }];
    const names = (await readdir(path, { recursive })).filter((name) => CONFIG_NAME.test(name)).sort();
    if (names.length === 0) throw invalid(`liftlock: ${path} has no YAML or JSON file. Look into subfolders with -R.`);
    const files = await Promise.all(
      names.map(async (name) => ({ path: join(path, name), text: await readFile(join(path, name), 'utf8') })),
    );
    return files.filter((file) => !isScenario(session, file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw invalid(`liftlock: there is no file ${path}.`);
    if (code === 'EACCES') throw invalid(`liftlock: ${path} may not be read by you.`);
    throw error;
  }
}

/** A folder that can be rehearsed (`liftlock start --fleet`) has a scenario beside its config, which is nothing to apply. */
function isScenario(session: Session, file: ConfigFile): boolean {
  if (!/^kind:\s*Scenario\s*$/m.test(file.text)) return false;
  session.io.err(`${file.path}: left out, a Scenario is for liftlock start only.\n`);
  return true;
}
