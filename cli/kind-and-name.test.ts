import { runInProcess } from '../test/material/cli/run-in-process.ts';
import { servedWorld } from '../test/material/cli/served-world.ts';
import { FLEET_VERBS } from './fleet-verbs.ts';

const verbs = Object.keys(FLEET_VERBS).filter((verb) => /[<[]kind[>\]]/.test(verb));
const KIND: Readonly<Record<string, string>> = { delete: 'policies', drain: 'nodegroup' };
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  upgrade: ['--to', '1.36'],
  drain: ['--cluster', 'nobody'],
  'break-glass': ['--reason', 'r'],
};

let served: Awaited<ReturnType<typeof servedWorld>>;
beforeAll(async () => {
  served = await servedWorld();
});
afterAll(() => served.close());
const run = (...argv: string[]) => runInProcess(argv, { url: served.url });

test.each(verbs.map((verb) => verb.split(' ')[0] ?? ''))('%s takes KIND/NAME for KIND NAME', async (verb) => {
  const kind = KIND[verb] ?? 'clusters';
  const options = OPTIONS[verb] ?? [];
  const apart = await run(verb, ...options, kind, 'nobody');
  expect([apart.code, apart.err]).toEqual([1, expect.stringContaining('nobody')]);
  expect(await run(verb, ...options, `${kind}/nobody`)).toEqual(apart);
});

test('what get -o name prints is what get, describe and explain take', async () => {
  const names = (await run('get', 'clusters', '-o', 'name')).out.trim().split('\n');
  expect(names.length).toBeGreaterThan(1);
  for (const name of names)
    for (const verb of ['get', 'describe', 'explain'])
      expect([name, verb, (await run(verb, name)).code]).toEqual([name, verb, 0]);
});

test.each([
  [['explain', 'cluster'], "missing required argument 'name'"],
  [['explain', 'cluster/'], "missing required argument 'name'"],
  [['break-glass', 'wave'], "missing required argument 'names'"],
  [['explain', 'cluster/web', 'shop'], '"cluster/web" is not a kind of thing here'],
])('%j names nothing that could be meant', async (argv, message) => {
  const { code, err } = await run(...argv);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});

test('the help of such a verb shows both', async () => {
  expect((await run('explain', '--help')).out).toContain('liftlock explain [options] <kind> <name> | <kind>/<name>\n');
  expect((await run('get', '--help')).out).toContain('liftlock get [options] <kind> [name] | <kind>/<name>\n');
});
