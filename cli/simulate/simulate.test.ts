import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planFaults } from '../../simulator/simulate/faults/plan-faults.ts';
import { prepareSimulation } from '../../simulator/simulate/run/prepare-simulation.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { readReplay } from './simulate.ts';

const EXAMPLE = new URL('../../examples/fleet/', import.meta.url).pathname;

// These are whole rollouts, on machines that may be busy.
jest.setTimeout(60_000);

test('the document of a run has these members, and its buckets sum to the fleet', async () => {
  const { code, out } = await runInProcess(['simulate', '--clusters', '8', '--seed', '1', '-o', 'json']);
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
  expect(upgraded + failed + held + excluded).toBe(8);
  expect(document).toMatchObject({ seed: 1, outcome: 'Completed', violations: [] });
});

test('a folder is taken as start takes it', async () => {
  const { code, out } = await runInProcess(['simulate', '--fleet', EXAMPLE, '--seed', '1', '-o', 'json']);
  const { clusters, violations } = JSON.parse(out);
  expect(code).toBe(0);
  expect(violations).toEqual([]);
  expect(clusters.upgraded).toBeGreaterThan(0);
  expect(clusters.held).toBeGreaterThan(0);
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

test('a name that the fleet does not have is refused at its place, since a fault on it would strike nothing', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'simulate-')), 'run.json');
  const { state } = await prepareSimulation({ seed: 3, fleet: { clusters: 4, target: '1.37' } });
  const names = Object.values(state.clusters).map(({ name }) => name);
  const [first = '', second = ''] = names;
  const lines = [
    '{ "seed": 3, "fleet": { "clusters": 4, "target": "1.37" },',
    `"only": ["${first}",`,
    '"nobody"],',
    '"faults": [',
    `{ "kind": "update-fails", "cluster": "${first}x", "part": "addon" },`,
    // It was left out, but is in the fleet nevertheless.
    `{ "kind": "update-fails", "cluster": "${second}", "part": "addon" },`,
    '{ "kind": "denied", "minute": 1, "account": "999", "minutes": 5 },',
    '{ "kind": "gate", "minute": 1, "minutes": 5, "gate": "errors-in-dve", "status": "red" }] }',
  ];
  await writeFile(path, lines.join('\n'));
  const { code, out, err } = await runInProcess(['simulate', '--replay', path]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  const has = `It has ${names.sort().join(', ')}.`;
  expect(err.trimEnd().split('\n')).toEqual([
    `${path}:3:1: error: only[1]: there is no cluster "nobody" in the fleet. ${has}`,
    `${path}:5:38: error: faults[0].cluster: there is no cluster "${first}x" in the fleet. Did you mean ${first}? ${has}`,
    expect.stringContaining(`${path}:7:45: error: faults[2].account: there is no account "999" in the fleet. It has `),
    expect.stringMatching(/:8:54: error: faults\[3\]\.gate: .*Did you mean errors-in-dev\? It has errors-anywhere, /),
    `liftlock: ${path} names what is not in its fleet, so that it would prove nothing. Correct the names above.`,
  ]);
});

test('a history made shorter may name a cluster that it has left out', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'simulate-')), 'run.json');
  const fleet = { clusters: 3, target: '1.37' };
  const { state } = await prepareSimulation({ seed: 3, fleet });
  const [first, second] = Object.values(state.clusters).map(({ name }) => name);
  const faults = [{ kind: 'update-fails', cluster: second, part: 'control-plane' }];
  await writeFile(path, JSON.stringify({ seed: 3, fleet, only: [first], faults }));
  const { code, out } = await runInProcess(['simulate', '--replay', path, '-o', 'json']);
  expect(code).toBe(0);
  const { upgraded, failed, held, excluded } = JSON.parse(out).clusters;
  expect(upgraded + failed + held + excluded).toBe(1);
});

test('what simulate plans for a folder can be run again, gates of synthetic waves included', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'simulate-')), 'run.json');
  const fleet = { folder: EXAMPLE };
  const { state } = await prepareSimulation({ seed: 1, fleet });
  const planned = Array.from({ length: 40 }, (_, seed) => planFaults('heavy', seed, state)).flat();
  const faults = planned.filter((fault) => 'cluster' in fault || 'account' in fault || 'gate' in fault);
  expect(new Set(faults.map(({ kind }) => kind)).has('gate')).toBe(true);
  await writeFile(path, JSON.stringify({ seed: 1, fleet, faults }));
  expect((await readReplay(path)).faults).toEqual(faults);
});

test('the table names every run', async () => {
  const { out } = await runInProcess(['simulate', '--clusters', '2', '--seed', '5', '--runs', '2']);
  const [head, ...rows] = out.trimEnd().split('\n');
  expect(head).toMatch(
    /^SEED +OUTCOME +UPGRADED +FAILED +HELD +EXCLUDED +HOURS +WALL MS +EVENTS +MUTATIONS +VIOLATIONS$/,
  );
  expect(rows.map((row) => row.split(/ +/)[0])).toEqual(['5', '6']);
});

test('a file that is no run is refused, each mistake at its place', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'simulate-')), 'run.json');
  await writeFile(path, '{ "seed": "x", "fleet": { "clusters": 3 },\n  "faults": [{ "kind": "flood" }] }');
  const { code, err } = await runInProcess(['simulate', '--replay', path]);
  expect(code).toBe(2);
  expect(err.trimEnd().split('\n')).toEqual([
    `${path}:1:11: error: seed: must be a number, not the text "x".`,
    `${path}:1:25: error: fleet: is neither a number of clusters with their target nor a folder.`,
    expect.stringContaining(`${path}:2:24: error: faults[0].kind: "flood" is not one of effect, call,`),
    `liftlock: ${path} is not a run of this release. Give the simulation-SEED.json that liftlock simulate wrote when a run broke an invariant.`,
  ]);
  await writeFile(path, 'seed: 3');
  expect((await runInProcess(['simulate', '--replay', path])).err).toContain('is not JSON, so it is not a run');
});

test.each([
  ['a minor that nobody can go to', ['--target', '1.30'], 'take one of the last, such as 1.37'],
  ['no minor', ['--target', 'newest'], '--target is "newest"; write a minor such as 1.36'],
  ['no target of a policy', ['--fleet', EXAMPLE, '--target', 'newest'], 'write latest, latest-1, or a minor'],
  ['a seed that is too long', ['--seed', '99999999999'], 'a whole number of at most nine digits'],
  ['a folder that is not there', ['--fleet', '/nowhere'], '/nowhere: there is no such folder. Check the name'],
  ['a file for a folder', ['--fleet', `${EXAMPLE}fleet.yaml`], 'this is a file, and a folder is needed'],
  ['a seed beside a run that has its own', ['--replay', 'run.json', '--seed', '3'], 'cannot be used with'],
  ['a folder for a file', ['--replay', EXAMPLE], 'is a folder; name one file'],
  ['no whole number', ['--clusters', '1.5'], 'It is a whole number'],
  ['nothing to simulate', ['--clusters', '0'], '1 or more'],
  ['two fleets', ['--clusters', '3', '--fleet', EXAMPLE], 'cannot be used with'],
  ['a file that is not there', ['--replay', '/nowhere.json'], 'there is no file /nowhere.json. Check the name'],
])('%s is refused with what to do', async (_, argv, message) => {
  const { code, out, err } = await runInProcess(['simulate', ...argv]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
