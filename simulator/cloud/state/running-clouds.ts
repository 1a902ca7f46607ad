import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** A local cloud that runs on this machine, as `liftlock local status` shows it. */
export interface RunningCloud {
  readonly pid: number;
  readonly port: number;
  readonly kubernetesPort: number;
  readonly fleet: string;
  readonly hub: { readonly account: string; readonly region: string };
  /** Bucket of the audit's anchors. */
  readonly anchors: string;
  /** Names of the managed policies of the hub that are for people; each has a user. */
  readonly people: readonly string[];
  /** Of the fleet's clusters. */
  readonly accounts: readonly string[];
  readonly stateFolder?: string;
  /** Real time, ISO 8601. */
  readonly startedAt: string;
}

/** One folder for each person, so that nobody ends somebody else's. */
const folderOf = (): string => join(tmpdir(), `liftlock-local-clouds-${userInfo().username}`);

/** Notes that this process runs one; gives what takes the note back. */
export function noteRunning(cloud: RunningCloud, folder = folderOf()): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${cloud.pid}.json`);
  writeFileSync(file, JSON.stringify(cloud), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Those whose process is still there; notes of others are taken back. */
export function runningClouds(folder = folderOf()): RunningCloud[] {
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch {
    return [];
  }
  return files.flatMap((file) => {
    const cloud = read(join(folder, file));
    if (cloud !== undefined && isAlive(cloud.pid)) return [cloud];
    rmSync(join(folder, file), { force: true });
    return [];
  });
}

function read(file: string): RunningCloud | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as RunningCloud | null) ?? undefined;
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
