import { execFile, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { servedWorld } from '../test/material/cli/served-world.ts';
import { FLEET_VERBS } from './fleet-verbs.ts';

const BIN = fileURLToPath(new URL('../bin/liftlock', import.meta.url));

interface Child {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function liftlock(argv: readonly string[], env: Readonly<Record<string, string>> = {}, stdin = ''): Promise<Child> {
  return new Promise((resolve) => {
    const environment = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env };
    const child = execFile(BIN, [...argv], { env: environment }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
    child.stdin?.end(stdin);
  });
}

test('the real command talks to the real API: JSON and nothing else on stdout, nothing on stderr', async () => {
  const served = await servedWorld();
  try {
    const { code, out, err } = await liftlock(['get', 'clusters', '-o', 'json'], { LIFTLOCK_API_URL: served.url });
    expect([code, err]).toEqual([0, '']);
    expect((JSON.parse(out) as { clusters: { name: string }[] }).clusters.map(({ name }) => name)).toEqual([
      'shop',
      'twin',
      'web',
      'twin',
    ]);
    const table = await liftlock(['get', 'clusters', 'web'], { LIFTLOCK_API_URL: served.url });
    expect(table.out).toMatch(
      /^NAME +ACCOUNT +REGION +VERSION +TARGET +STATE .*\nweb +111111111111 +eu-central-1 +1\.35 +1\.37 +Behind/,
    );
  } finally {
    await served.close();
  }
});

test.each(['', '---\n', '# nothing yet\n'])('validate passes nothing that says nothing: %j', async (text) => {
  const { code, err } = await liftlock(['validate', '-f', '-'], {}, text);
  expect([code, err]).toEqual([2, 'liftlock: there is no config in what was given.\n']);
});

test('validate needs no API and names file, line and column', async () => {
  const text = 'apiVersion: liftlock/v1alpha1\nkind: Fleet\nmetadata: { name: f }\nspec:\n  mod: act\n';
  const { code, out } = await liftlock(['validate', '-f', '-'], {}, text);
  expect(code).toBe(2);
  expect(out).toMatch(/^<stdin>:5:3: error: spec\.mod: .*Did you mean mode\?/m);
});

test('what cannot be written to its end is said, since a part would look like all of it', () => {
  const readOnly = openSync(BIN, 'r');
  const ran = spawnSync(BIN, ['version'], { stdio: ['ignore', readOnly, 'pipe'], encoding: 'utf8' });
  closeSync(readOnly);
  expect([ran.status, ran.stderr]).toEqual([
    1,
    expect.stringContaining('the output cannot be written to its end: EBADF'),
  ]);
});

test('help lists every verb', async () => {
  const { code, out } = await liftlock(['--help']);
  expect(code).toBe(0);
  for (const verb of [
    'start|demo',
    'apply',
    'validate',
    'calendar',
    'get',
    'plan',
    'describe',
    'explain',
    'rollout',
    'fleet',
    'retry',
    'release',
    'upgrade',
    'access',
    'audit',
    'completion',
    'version',
  ])
    expect(out).toContain(`  ${verb}`);
  expect(out).toContain('Without AWS:  liftlock local up, then');
});

test.each(['bash', 'zsh', 'fish'])('the completion script of %s knows verbs, kinds and options', async (shell) => {
  const { code, out } = await liftlock(['completion', shell]);
  expect(code).toBe(0);
  for (const word of ['explain', 'clusters', '--approve', 'manifest', 'nodegroup']) expect(out).toContain(word);
});

test('the completion script knows the kinds of every verb that takes one', async () => {
  const { out } = await liftlock(['completion', 'bash']);
  const wordsOf = (verb: string) => new RegExp(`'${verb}'\\) words='([^']*)'`).exec(out)?.[1]?.split(' ') ?? [];
  const verbs = Object.keys(FLEET_VERBS).filter((verb) => /[<[]kind[>\]]/.test(verb));
  const lacking = verbs.map((verb) => verb.split(' ')[0] ?? '').filter((verb) => wordsOf(verb)[0]?.startsWith('-'));
  expect([verbs.length > 9, lacking]).toEqual([true, []]);
});
