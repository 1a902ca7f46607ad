import { execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { kubeconfig } from '../../../simulator/kubernetes/server/kubeconfig.ts';
import { goodToken, type ServerUnderTest } from './server-under-test.ts';

/** Where kubectl is; undefined where it is not on PATH. */
export const kubectlPath = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'kubectl'))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Kubectl {
  /** The program that `kubectl edit` starts; nothing until somebody writes it. */
  readonly editor: string;
  /** One command to its end; it does not throw when kubectl fails. */
  run(...parameters: string[]): Promise<Outcome>;
  /** Starts a command that does not end by itself, and ends it as soon as its output fits; the output until then. */
  until(fits: (stdout: string) => boolean, ...parameters: string[]): Promise<string>;
  close(): Promise<void>;
}

/** kubectl as it is, with a kubeconfig and a home of its own for the server under test. */
export async function kubectlFor(under: ServerUnderTest): Promise<Kubectl> {
  const home = await mkdtemp(join(tmpdir(), 'liftlock-kubectl-'));
  const { endpoint, certificateAuthority, name } = under.apiServer();
  const config = kubeconfig({ name, server: endpoint, certificateAuthority, user: { token: goodToken } });
  const file = join(home, 'config');
  await writeFile(file, config);
  const editor = join(home, 'editor');
  const command = kubectlPath ?? 'kubectl';
  const options = { env: { PATH: process.env.PATH, HOME: home, KUBECONFIG: file, KUBE_EDITOR: editor } };
  return {
    editor,
    run: (...parameters) =>
      new Promise((resolve) => {
        // The server is in this process, so kubectl must not be waited for with the process standing still.
        execFile(command, parameters, options, (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
        });
      }),
    until: (fits, ...parameters) =>
      new Promise((resolve) => {
        const child = spawn(command, parameters, options);
        let stdout = '';
        child.stdout.on('data', (chunk) => {
          stdout += String(chunk);
          if (fits(stdout)) child.kill();
        });
        child.on('close', () => resolve(stdout));
      }),
    close: () => rm(home, { recursive: true, force: true }),
  };
}
