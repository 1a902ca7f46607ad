import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin', import.meta.url));

/** A folder to run commands of documents in, as a person or a pipeline would: with `liftlock` and some stand-ins on the path. */
export class Shell {
  readonly path = mkdtempSync(join(tmpdir(), 'liftlock-shell-'));
  /** For files that are not part of what is scanned. */
  readonly temporary = mkdtempSync(join(tmpdir(), 'liftlock-temporary-'));
  readonly #tools = mkdtempSync(join(tmpdir(), 'liftlock-tools-'));

  /** A command that this machine need not have. */
  standIn(name: string, script: string): void {
    const file = join(this.#tools, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** `bash -e -o pipefail`, as GitHub Actions runs the steps of a job. */
  run(script: string, env: Readonly<Record<string, string>> = {}): { code: number | null; out: string; err: string } {
    const all = { ...process.env, PATH: `${this.#tools}:${BIN}:${process.env.PATH}`, ...env };
    const argv = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
    const { status, stdout, stderr } = spawnSync('bash', argv, { cwd: this.path, env: all, encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  }

  remove(): void {
    for (const path of [this.path, this.temporary, this.#tools]) rmSync(path, { recursive: true, force: true });
  }
}
