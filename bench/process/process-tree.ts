import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly bytes: number;
}

const run = promisify(execFile);

/** Resident memory of a process and everything below it, in bytes. Linux from `/proc`, elsewhere from `ps`. */
export async function residentBytes(root: number): Promise<number> {
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
