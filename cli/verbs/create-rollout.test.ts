import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';

const page = (name: string, next?: string, planHash = 'one') => ({
  ...{
    id: 'standard-1',
    reasons: [],
    waveDetails: [{ planHash }],
    members: [{ name }],
    leftOut: [{ name: `not-${name}` }],
  },
  ...(next === undefined ? {} : { next }),
});

test.each([
  [['--dry-run'], ['POST /v1/rollouts?dryRun=true', 'POST /v1/rollouts?dryRun=true&after=000%2F1'], ['not-a', 'not-b']],
  [[], ['POST /v1/rollouts', 'GET /v1/rollouts/standard-1?after=000%2F1'], ['not-a']],
])(
  'a rollout of more clusters than one answer holds is shown whole, created or not: %j',
  async (more, asked, leftOut) => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      request.resume();
      const { leftOut: _, ...second } = page('b');
      const goesOn = request.method === 'GET' ? second : page('b');
      response.end(JSON.stringify(seen.length === 1 ? page('a', '000/1') : goesOn));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const argv = ['rollout', 'create', 'standard', ...more, '-o', 'json'];
    const { code, out } = await runInProcess(argv, { url }).finally(() => server.close());
    expect([code, seen]).toEqual([0, asked]);
    const named = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
    const told = JSON.parse(out);
    expect([named(told.members), named(told.leftOut), told.next]).toEqual([['a', 'b'], leftOut, undefined]);
  },
);

test.each<[string, number, object, number, string]>([
  [
    'has changed',
    200,
    page('b', undefined, 'two'),
    1,
    'The plan has changed while it was read. Run the command again.',
  ],
  ['is empty', 409, { error: { name: 'NothingToDo', message: 'All are there.' } }, 3, 'All are there.'],
])(
  'a plan that %s when its next page is asked for is not shown in parts of two',
  async (_, status, second, code, said) => {
    let asked = 0;
    const server = createServer((request, response) => {
      request.resume();
      asked += 1;
      response.statusCode = asked === 1 ? 200 : status;
      response.end(JSON.stringify(asked === 1 ? page('a', '000/1') : second));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const argv = ['rollout', 'create', 'standard', '--dry-run', '-o', 'json'];
    const told = await runInProcess(argv, { url }).finally(() => server.close());
    expect([told.code, told.out, told.err]).toEqual([code, '', expect.stringContaining(said)]);
  },
);
