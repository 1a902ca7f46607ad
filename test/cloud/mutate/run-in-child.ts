import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './verdict.ts';

const SCRIPT = fileURLToPath(new URL('./run-mutation.ts', import.meta.url));
export interface ChildOptions {
  /** Folder of the cloud assembly. */
  readonly assembly: string;
  /** A thousand modules are the same for every child: what is compiled of them is kept in this folder. */
  readonly compileCache: string;
  /** In real time, however busy the machine is. */
  readonly longestSeconds: number;
}

/** Runs one mutation in a process of its own, which leaves nothing behind however it ends. Without an id: the assembly as it is. */
export async function runInChild(id: string, options: ChildOptions): Promise<Verdict> {
  const { assembly, compileCache, longestSeconds } = options;
  const began = performance.now();
  const child = spawn(process.execPath, [SCRIPT, '--assembly', assembly, '--mutation', id], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  let didNotEnd = false;
  const limit = setTimeout(() => {
    didNotEnd = true;
    child.kill('SIGKILL');
  }, longestSeconds * 1000);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  clearTimeout(limit);
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
  if (didNotEnd) return { id, killed: true, causes: ['did not end'], seconds, didNotEnd };
  const line = output.stdout.trim().split('\n').at(-1) ?? '';
  if (code === 0 && line.startsWith('{')) return { ...(JSON.parse(line) as Verdict), seconds };
  // A run that breaks in a way of its own shows nothing about the mutation.
  throw new Error(`The run of ${id || 'the assembly as it is'} broke (${code}): ${output.stderr || line}`);
}
