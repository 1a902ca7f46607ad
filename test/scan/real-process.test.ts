import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { LIFTLOCK } from '../../bench/process/run-command.ts';
import { Shell } from './shell.ts';

const BUDGET = 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: api}\n';

test('Ctrl-C on a pipe that never ends: what was covered is printed, and the code is 130', async () => {
  const argv = ['scan', '--manifests', '-', '--target', '1.36'];
  const child = spawn(LIFTLOCK, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
  });
  const closed = once(child, 'close');
  // Until the scan listens, Ctrl-C ends the process at once, and with another code: a pipe takes less than this before somebody reads.
  await new Promise((written) => child.stdin.write(`${BUDGET}\n${'#\n'.repeat(200_000)}`, written));
  child.kill('SIGINT');
  expect((await closed)[0]).toBe(130);
  expect(out).toContain('standard input: It was not read: the scan was interrupted.');
}, 20_000);

test('a reader that stops early is no error, and stdout carries nothing but the report', () => {
  const shell = new Shell();
  try {
    const scan = `printf '${BUDGET.replaceAll('\n', '\\n')}' | liftlock scan --manifests - --target 1.36`;
    expect(shell.run(`set +o pipefail; ${scan} -o json | head -c 10`)).toMatchObject({ code: 0, err: '' });
    const { code, out, err } = shell.run(`${scan} -o json`);
    expect([code, err]).toEqual([3, '']);
    expect((JSON.parse(out) as { verdict: string }).verdict).toBe('fail');
  } finally {
    shell.remove();
  }
}, 20_000);
