import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { unreadable } from './read-text.ts';

const folder = () => mkdtemp(join(tmpdir(), 'unreadable-'));

test.each([[(path: string) => ['validate', '-f', path]], [(path: string) => ['simulate', '--replay', path]]])(
  'a symbolic link to itself is told in plain words',
  async (argv) => {
    const path = join(await folder(), 'loop.yaml');
    await symlink('loop.yaml', path);
    const { code, err } = await runInProcess(argv(path));
    expect([code, err]).toEqual([
      2,
      `liftlock: ${path} is a symbolic link that leads back to itself. Name the file that it should lead to.\n`,
    ]);
  },
);

test.each<[string, (path: string) => Promise<unknown>, string]>([
  ['leads nowhere', (path) => symlink('nowhere.yaml', path), 'there is no file PATH. Check the name and the folder.'],
  ['is a folder', (path) => mkdir(path), 'PATH is a folder; name one file.'],
])('what cannot be read in a folder is named, not the folder: it %s', async (_, make, said) => {
  const within = await folder();
  const path = join(within, 'a.yaml');
  await make(path);
  const { code, err } = await runInProcess(['validate', '-f', within]);
  expect([code, err]).toEqual([2, `liftlock: ${said.replace('PATH', path)}\n`]);
});

test('a name that the system refuses is invalid input, with what the system says', async () => {
  const path = `/${'x'.repeat(300)}.yaml`;
  const { code, err } = await runInProcess(['validate', '-f', path]);
  expect([code, err]).toEqual([
    2,
    `liftlock: ${path} cannot be read: the system says ENAMETOOLONG. Check the file, or give a copy.\n`,
  ]);
});

test('what is no error of reading stays what it is', () => {
  const error = new TypeError('a mistake of ours');
  expect(() => unreadable('a.yaml', error)).toThrow(error);
});
