import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVE = fileURLToPath(new URL('../../test/huge/serve.ts', import.meta.url));

interface ServedCluster {
  readonly kubeconfig: string;
  /** Objects that were written last at a version that is deprecated or gone. */
  readonly planted: number;
  readonly stale: number;
  end(): Promise<void>;
}

/** An API server with so many objects on loopback, in a process of its own, and a kubeconfig for it. */
export async function servedCluster(objects: number): Promise<ServedCluster> {
  const argv = ['--disable-warning=ExperimentalWarning', SERVE, '--objects', String(objects)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const folder = await mkdtemp(join(tmpdir(), 'liftlock-huge-'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url, token, planted, stale } = JSON.parse(line) as Record<'url' | 'token', string> &
    Record<'planted' | 'stale', number>;
  const kubeconfig = join(folder, 'kubeconfig');
  const named = { name: 'huge' };
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'huge' },
    clusters: [{ ...named, cluster: { server: url } }],
    users: [{ ...named, user: { token } }],
    contexts: [{ ...named, context: { cluster: 'huge', user: 'huge' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  return {
    kubeconfig,
    planted,
    stale,
    async end() {
      const closed = once(child, 'close');
      child.kill();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
