import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { runInProcess } from '../testing/run-in-process.ts';

const EXAMPLE = new URL('../../examples/fleet/', import.meta.url).pathname;

// Whole rollouts, on machines that may be busy.
jest.setTimeout(60_000);

test('the document of a run has these members, and its buckets sum to the fleet', async () => {
  const { code, out } = await runInProcess(['simulate', '--clusters', '5', '--seed', '2', '-o', 'json']);
  const document = JSON.parse(out);
  expect(code).toBe(0);
  expect(Object.keys(document)).toEqual([
    'seed',
    'outcome',
    'clusters',
    'virtualHours',
    'wallMs',
    'events',
    'mutations',
    'violations',
  ]);
  const { upgraded, failed, held, excluded } = document.clusters;
  expect(upgraded + failed + held + excluded).toBe(5);
  expect(document).toMatchObject({ seed: 2, outcome: 'Completed', violations: [] });
});

test('a folder is taken as start takes it', async () => {
  const { code, out } = await runInProcess(['simulate', '--fleet', EXAMPLE, '--seed', '1', '-o', 'json']);
  const { clusters, violations } = JSON.parse(out);
  expect(code).toBe(0);
  expect(violations).toEqual([]);
  expect(clusters.upgraded).toBeGreaterThan(0);
  expect(clusters.failed).toBeGreaterThan(0);
});

test('a file that was left behind is run again, with the clusters and faults that are in it', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'simulate-')), 'run.json');
  const run = {
    seed: 3,
    fleet: { clusters: 4, target: '1.37' },
    faults: [{ kind: 'person', minute: 0, does: 'stop-fleet', minutes: 100_000 }],
  };
  await writeFile(path, JSON.stringify(run));
  const { code, out } = await runInProcess(['simulate', '--replay', path, '-o', 'json']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ outcome: 'Unfinished', clusters: { upgraded: 0 }, mutations: 0 });
  expect(await readFile(path, 'utf8')).toBe(JSON.stringify(run));
});

test('the table names every run', async () => {
  const { out } = await runInProcess(['simulate', '--clusters', '2', '--seed', '5', '--runs', '2']);
  const [head, ...rows] = out.trimEnd().split('\n');
  expect(head).toMatch(
    /^SEED +OUTCOME +UPGRADED +FAILED +HELD +EXCLUDED +HOURS +WALL MS +EVENTS +MUTATIONS +VIOLATIONS$/,
  );
  expect(rows.map((row) => row.split(/ +/)[0])).toEqual(['5', '6']);
});

test.each([
  ['a minor that nobody can go to', ['--target', '1.30'], 'take one of the last, such as 1.37'],
  ['no minor', ['--target', 'newest'], '"newest" is not a Kubernetes version'],
  ['no whole number', ['--clusters', '1.5'], 'It is a whole number'],
  ['nothing to simulate', ['--clusters', '0'], '1 or more'],
  ['two fleets', ['--clusters', '3', '--fleet', EXAMPLE], 'cannot be used with'],
  ['a file that is not there', ['--replay', '/nowhere.json'], 'cannot be read'],
])('%s is refused with what to do', async (_, argv, message) => {
  const { code, out, err } = await runInProcess(['simulate', ...argv]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
