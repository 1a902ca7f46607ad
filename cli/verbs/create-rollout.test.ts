import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';

const page = (name: string, next?: string) => ({
  ...{ id: 'standard-1', reasons: [], members: [{ name }], leftOut: [{ name: `not-${name}` }] },
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
