import { spawnSync } from 'node:child_process';

/** The Python that has botocore: the one on the path, or the one that runs the AWS CLI, which comes with a botocore. Or why there is none. */
export function pythonWithBotocore(): { readonly python: string } | { readonly missing: string } {
  const candidates = ['python3', pythonOfCli('aws'), pythonOfCli(output('pyenv', ['which', 'aws']))];
  for (const python of candidates) {
    if (python !== undefined && output(python, ['-c', 'import botocore']) !== undefined) return { python };
  }
  return { missing: 'neither python3 nor the Python of the AWS CLI can import botocore' };
}

/** From its first line; a shim of pyenv has a shell there. */
function pythonOfCli(command: string | undefined): string | undefined {
  const path = command === undefined ? undefined : output('sh', ['-c', 'command -v "$0"', command]);
  const shebang = path === undefined ? undefined : output('head', ['-n', '1', path]);
  const interpreter = shebang?.startsWith('#!') ? shebang.slice(2).trim() : undefined;
  return interpreter?.includes('python') && !interpreter.includes(' ') ? interpreter : undefined;
}

/** Undefined when it cannot be run or fails. */
function output(command: string, words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, words, { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout.trim() : undefined;
}
