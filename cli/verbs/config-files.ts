import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigFile } from '../../core/config/read-yaml.ts';
import { invalid } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { readText, unreadable } from './read-text.ts';

export interface FileOptions {
  readonly filename: readonly string[];
  readonly recursive?: boolean;
}

const CONFIG_NAME = /\.(?:ya?ml|json)$/i;

/** Reads the named files, and the YAML and JSON files of named folders, sorted by name. Fails with exit code 2. */
export async function readConfigFiles(session: Session, options: FileOptions): Promise<ConfigFile[]> {
  const files: ConfigFile[] = [];
  for (const path of options.filename) {
    if (path === '-') files.push({ path: '<stdin>', text: await session.io.stdin() });
    else files.push(...(await readPath(session, path, options.recursive === true)));
  }
  return files;
}

async function readPath(session: Session, path: string, recursive: boolean): Promise<ConfigFile[]> {
  const names = await namesIn(path, recursive);
  if (names === undefined) return [{ path, text: await readText(path) }];
  if (names.length === 0) throw invalid(`liftlock: ${path} has no YAML or JSON file. Look into subfolders with -R.`);
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(path, name), text: await readText(join(path, name)) })),
  );
  return files.filter((file) => !isScenario(session, file));
}

/** The config files of a folder; undefined when it is no folder. */
async function namesIn(path: string, recursive: boolean): Promise<string[] | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return undefined;
    return (await readdir(path, { recursive })).filter((name) => CONFIG_NAME.test(name)).sort();
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** A folder for rehearsals (`liftlock start --fleet`, `local up --fleet`) has a scenario beside its config, which cannot be applied. */
function isScenario(session: Session, file: ConfigFile): boolean {
  if (!/^kind:\s*Scenario\s*$/m.test(file.text)) return false;
  session.io.err(
    `${file.path}: left out, a Scenario is for what runs on this machine (liftlock start, liftlock local up).\n`,
  );
  return true;
}
