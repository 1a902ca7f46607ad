import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const LIFTLOCK = fileURLToPath(new URL('../../bin/liftlock', import.meta.url));

export interface CommandRun {
  readonly seconds: number;
  /** The most resident memory that was seen at one time; 0 where nobody looked. */
  readonly peakBytes: number;
  readonly exitCode: number | null;
  readonly out: string;
  readonly errors: string;
}

interface CommandOptions {
  readonly input?: Readable;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Watches memory every so many milliseconds, of the command alone or of all that it started too. Looking takes time. */
  readonly memory?: { readonly of: 'itself' | 'tree'; readonly every: number };
}

/** Runs a command to its end. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { input, env = {}, memory }: CommandOptions = {},
): Promise<CommandRun> {
  const started = performance.now();
  const stdin = input === undefined ? 'ignore' : 'pipe';
  const child = spawn(command, args, { stdio: [stdin, 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const { pid = 0 } = child;
  const [out, errors] = [collected(child.stdout), collected(child.stderr)];
  // The command may have read enough before the end: then the pipe breaks.
  if (input !== undefined && child.stdin !== null) void pipeline(input, child.stdin).catch(() => {});
  const bytesOf = memory?.of === 'itself' ? highWaterMark : residentBytes;
  let peakBytes = 0;
  const sample = async (): Promise<void> => {
    peakBytes = Math.max(peakBytes, await bytesOf(pid));
  };
  const timer = memory === undefined ? undefined : setInterval(() => void sample(), memory.every);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  return { seconds: (performance.now() - started) / 1000, peakBytes, exitCode, out: out(), errors: errors() };
}

/** Runs `bin/liftlock`. The shell that it begins with becomes Node, so its process is the one that works. */
export const runLiftlock = (
  args: readonly string[],
  { memory = true, ...options }: Omit<CommandOptions, 'memory'> & { readonly memory?: boolean } = {},
): Promise<CommandRun> =>
  runCommand(LIFTLOCK, args, memory ? { ...options, memory: { of: 'itself', every: 25 } } : options);

/** Linux remembers the most that a process ever held; elsewhere it is what it holds now. */
async function highWaterMark(pid: number): Promise<number> {
  if (process.platform !== 'linux') return residentBytes(pid);
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+)/m.exec(text)?.[1] ?? 0) * 1024;
}

function collected(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly bytes: number;
}

const run = promisify(execFile);

/** Resident memory of a process and everything below it, in bytes. Linux from `/proc`, elsewhere from `ps`. */
async function residentBytes(root: number): Promise<number> {
  const processes = process.platform === 'linux' ? await fromProc() : await fromPs();
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.filter(({ pid }) => family.has(pid)).reduce((sum, { bytes }) => sum + bytes, 0);
}

async function fromProc(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid): Promise<Process | undefined> => {
      // A process may end while it is read.
      const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const number = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
      const [parent, kilobytes] = [number('PPid'), number('VmRSS')];
      return Number.isNaN(kilobytes) ? undefined : { pid: Number(pid), parent, bytes: kilobytes * 1024 };
    }),
  );
  return found.filter((one) => one !== undefined);
}

async function fromPs(): Promise<Process[]> {
  const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,rss=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, kilobytes = 0]) => ({ pid, parent, bytes: kilobytes * 1024 }));
}
