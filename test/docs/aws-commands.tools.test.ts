import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWithBotocore } from '../wire/botocore-python.ts';
import { documentedCommands } from './aws-commands.ts';

const found = pythonWithBotocore();
const hasCli = 'python' in found && spawnSync(found.python, ['-c', 'import awscli']).status === 0;

/** What the AWS CLI says of each command, "" where it takes it. */
function said(commands: readonly (readonly string[])[]): string[] {
  if (!('python' in found)) throw new Error(found.missing);
  const script = fileURLToPath(new URL('commands_by_aws_cli.py', import.meta.url));
  const env = { PATH: process.env.PATH, AWS_CONFIG_FILE: '/dev/null', AWS_DEFAULT_REGION: 'eu-central-1' };
  // A zip without anything in it, for the one that the pages have made before.
  const cwd = mkdtempSync(join(tmpdir(), 'liftlock-commands-'));
  writeFileSync(join(cwd, 'function.zip'), Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]));
  const { stdout, stderr } = spawnSync(found.python, [script], {
    input: JSON.stringify(commands),
    encoding: 'utf8',
    env,
    cwd,
  });
  rmSync(cwd, { recursive: true });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

if (!hasCli) {
  test('not run: no Python has the AWS CLI', () => {});
} else {
  test('the AWS CLI takes every command of the pages, with its arguments', () => {
    const commands = documentedCommands();
    const answers = said(commands.map(({ words }) => words));
    const refused = commands.flatMap(({ place }, at) => (answers[at] === '' ? [] : [`${place}: ${answers[at]}`]));
    expect(refused).toEqual([]);
    expect(commands.length).toBeGreaterThan(30);
  });

  test.each([
    [
      'an argument that is none',
      ['--stack-set-name', 'x', '--no-retain-stacks'],
      'Unknown options: --no-retain-stacks',
    ],
    ['an argument without its value', ['--stack-set-name', 'x', '--call-as'], '--call-as: expected one argument'],
    ['an argument that is missing', [], 'required: --stack-set-name'],
  ])('it would tell of %s', (_, words, expected) => {
    expect(said([['cloudformation', 'delete-stack-set', ...words]])[0]).toContain(expected);
  });

  test('it would tell of a member that is none', () => {
    const to = [
      'cloudformation',
      'delete-stack-instances',
      '--stack-set-name',
      'x',
      '--regions',
      'r',
      '--no-retain-stacks',
    ];
    expect(said([[...to, '--deployment-targets', 'OrganizationalUnits=ou-ab12-example1']])[0]).toContain(
      'OrganizationalUnits',
    );
  });
}
