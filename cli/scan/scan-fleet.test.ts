import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';

test('scan fleet reads every page, and ends with what the last of them says, too', async () => {
  const row = (cluster: string, verdict: string) => ({ cluster, name: cluster, version: '1.36', verdict, targets: [] });
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    const page = { target: '1.37', causes: [], owners: [] };
    const first = { ...page, items: [row('a', 'pass')], next: 'a' };
    response.end(JSON.stringify(seen.length === 1 ? first : { ...page, items: [row('b', 'fail')] }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const argv = ['scan', 'fleet', '--target', '1.37', '-o', 'json'];
  const { code, out } = await runInProcess(argv, { url }).finally(() => server.close());
  const told = JSON.parse(out);
  expect(told.items.map(({ cluster }: { cluster: string }) => cluster)).toEqual(['a', 'b']);
  expect([code, told.next, seen]).toEqual([3, undefined, ['/v1/scans?target=1.37', '/v1/scans?target=1.37&after=a']]);
});
