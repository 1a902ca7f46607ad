import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';

test('a Scenario beside config is left out, and it is said what takes it', async () => {
  const { code, err } = await runInProcess(['validate', '-f', 'examples/fleet']);
  expect(code).toBe(0);
  expect(err).toContain('scenario.yaml: left out, a Scenario is for what runs on this machine');
  expect(err).toMatch(/\(liftlock start, liftlock local up\)/);
});

test('of several files it is said how many are not valid', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'config-'));
  await writeFile(join(folder, 'wrong.yaml'), 'kind: Fleet\n');
  const files = ['examples/fleet/fleet.yaml', join(folder, 'wrong.yaml')].flatMap((path) => ['-f', path]);
  expect((await runInProcess(['validate', ...files])).err).toMatch(/^1 of 2 files not valid: /m);
});
