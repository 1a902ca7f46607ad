import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { residentBytes } from './process-tree.ts';

export const LIFTLOCK = fileURLToPath(new URL('../../bin/liftlock', import.meta.url));

export interface MeasuredRun {
  readonly seconds: number;
  /** The most that the process itself held at any time; children of it are not looked at. */
  readonly peakBytes: number;
  readonly exitCode: number | null;
  readonly out: string;
  readonly errors: string;
}

interface RunOptions {
  readonly input?: Readable;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether to watch its memory: looking costs a little time of its own. */
  readonly memory?: boolean;
}

const EACH_MILLISECONDS = 25;

/** Runs `bin/liftlock` to its end. The shell that it begins with becomes Node, so its process is the one that works. */
export async function measuredRun(args: readonly string[], options: RunOptions = {}): Promise<MeasuredRun> {
  const { input, env = {}, memory = true } = options;
  const started = performance.now();
  const stdin = input === undefined ? 'ignore' : 'pipe';
  const child = spawn(LIFTLOCK, args, { stdio: [stdin, 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const { pid = 0 } = child;
  const [out, errors] = [collected(child.stdout), collected(child.stderr)];
  // Who reads may have had enough before the end: then the pipe breaks.
  if (input !== undefined && child.stdin !== null) void pipeline(input, child.stdin).catch(() => {});
  let peakBytes = 0;
  const sample = async (): Promise<void> => {
    peakBytes = Math.max(peakBytes, await highWaterMark(pid));
  };
  const timer = memory ? setInterval(() => void sample(), EACH_MILLISECONDS) : undefined;
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const seconds = (performance.now() - started) / 1000;
  clearInterval(timer);
  return { seconds, peakBytes, exitCode, out: out(), errors: errors() };
}

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
