import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { residentBytes } from './process-tree.ts';

export interface CommandRun {
  readonly seconds: number;
  /** Most resident memory of the command and all it started, seen at one time. */
  readonly peakBytes: number;
  readonly exitCode: number | null;
  readonly errors: string;
}

export interface CommandOptions {
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds from one look at its memory to the next; absent = memory is not watched. */
  readonly sampleEvery?: number;
}

/** Runs a command to its end, its output discarded. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { env = {}, sampleEvery }: CommandOptions = {},
): Promise<CommandRun> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-2_000);
  });
  let peakBytes = 0;
  const { pid } = child;
  const sample = async (): Promise<void> => {
    if (pid !== undefined) peakBytes = Math.max(peakBytes, await residentBytes(pid));
  };
  const timer = sampleEvery === undefined ? undefined : setInterval(() => void sample(), sampleEvery);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  return { seconds: (performance.now() - started) / 1000, peakBytes, exitCode, errors };
}
