import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** A running local cloud on this machine, for `liftlock local status`. */
export interface RunningCloud {
  readonly pid: number;
  readonly port: number;
  readonly kubernetesPort: number;
  readonly fleet: string;
  readonly hub: { readonly account: string; readonly region: string };
  /** Bucket of the audit's anchors. */
  readonly anchors: string;
  /** Names of the hub's managed policies for people; each has a user. */
  readonly people: readonly string[];
  /** Accounts of the fleet's clusters. */
  readonly accounts: readonly string[];
  readonly stateFolder?: string;
  /** Real time, ISO 8601. */
  readonly startedAt: string;
}

/** Each user has a folder, so that no user ends another one's cloud. */
const folderOf = (): string => join(tmpdir(), `liftlock-local-clouds-${userInfo().username}`);

/** Registers the cloud of this process; returns a function that removes it. */
export function noteRunning(cloud: RunningCloud, folder = folderOf()): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${cloud.pid}.json`);
  writeFileSync(file, JSON.stringify(cloud), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** The clouds whose process still runs; the entries of others are removed. */
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
