import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isAlive } from './state/running-clouds.ts';
import { type Assembly, readAssembly } from './template/assembly.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const KEPT = join(ROOT, 'node_modules', '.cache', 'liftlock-assemblies');

/** Every file that a synthesis reads: the app, the sources of the functions, the definitions of state machines, and the installed packages. */
const SOURCES = ['{adapters,core,functions,infra,state-machines}/**/*.{ts,json}', '*.json'];

/** The number of kept assemblies besides those of running local clouds. One takes about 40 MB. */
const MOST_KEPT = 3;

/**
 * The output of `cdk synth` for these settings and the present sources. It is kept, and the same settings and sources give the same folder: then
 * nothing is bundled again, and Node finds the bundles compiled in an earlier run, which it knows by their paths.
 */
export async function keptAssembly(settings: object, signal?: AbortSignal): Promise<Assembly> {
  const folder = join(KEPT, keyOf(settings));
  if (!existsSync(folder)) await make(folder, settings, signal);
  const now = new Date();
  utimesSync(folder, now, now);
  writeFileSync(join(folder, userFile(process.pid)), '');
  return readAssembly(folder);
}

function keyOf(settings: object): string {
  const hash = createHash('sha256').update(JSON.stringify([process.version, settings]));
  const files = globSync(SOURCES, { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex').slice(0, 32);
}

/** It writes another folder first and renames it, so that an existing folder is complete and two writers do not conflict. */
async function make(folder: string, settings: object, signal: AbortSignal | undefined): Promise<void> {
  mkdirSync(KEPT, { recursive: true });
  removeOld();
  const made = mkdtempSync(join(KEPT, `${MAKING}${process.pid}-`));
  try {
    await synthesize(made, settings, signal);
    // The assets contain copies.
    rmSync(join(made, 'functions'), { recursive: true });
    shareChunks(made);
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/**
 * Moves the chunks of all functions into one folder, and links to it. Node identifies a module by the target of a link, so functions in one thread
 * load shared code once. A chunk is named after its content.
 */
function shareChunks(assembly: string): void {
  const shared = join(assembly, 'chunks');
  mkdirSync(shared);
  for (const chunk of globSync('asset.*/chunk-*', { cwd: assembly })) {
    const common = join(shared, basename(chunk));
    if (existsSync(common)) rmSync(join(assembly, chunk));
    else renameSync(join(assembly, chunk), common);
    symlinkSync(join('..', 'chunks', basename(chunk)), join(assembly, chunk));
  }
}

const MAKING = 'making-';
const userFile = (pid: number): string => `used-by-${pid}`;
const pidOf = (name: string): number | undefined => {
  const [, pid] = /^(?:making|used-by)-(\d+)/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
};

/** Removes unfinished folders of killed processes, and the oldest unused ones. */
function removeOld(): void {
  const isUsed = (name: string): boolean => {
    const pids = [name, ...readdirSync(join(KEPT, name))].map(pidOf).filter((pid) => pid !== undefined);
    return pids.some(isAlive);
  };
  const idle = readdirSync(KEPT)
    .filter((name) => !isUsed(name))
    .sort((a, b) => statSync(join(KEPT, b)).mtimeMs - statSync(join(KEPT, a)).mtimeMs);
  const whole = idle.filter((name) => !name.startsWith(MAKING));
  for (const name of [...idle.filter((each) => each.startsWith(MAKING)), ...whole.slice(MOST_KEPT)])
    rmSync(join(KEPT, name), { recursive: true, force: true });
}

/**
 * Synthesizes the CDK app into the folder with these settings, like `cdk synth -c liftlock=…`: the same app with the same context. `npm run synth`
 * runs the checks of cdk-nag and of CloudFormation's schemas; they take most of its time and change nothing.
 */
export async function synthesize(folder: string, settings: object, signal?: AbortSignal): Promise<Assembly> {
  const { context } = JSON.parse(await readFile(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
    context: object;
  };
  const env = {
    ...process.env,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, liftlock: settings }),
    CDK_VALIDATION: 'false',
    // esbuild collects no garbage without a limit, and would use most memory of the whole run.
    GOMEMLIMIT: '300MiB',
  };
  try {
    const options = { cwd: ROOT, env, ...(signal === undefined ? {} : { signal }) };
    await promisify(execFile)(process.execPath, ['infra/bin/app.ts'], options);
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw new Error(`The CDK app could not be synthesized:\n${stderr || message}`);
  }
  return readAssembly(folder);
}
