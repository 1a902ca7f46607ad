import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { servedWorld } from '../../test/material/cli/served-world.ts';
import { startAnsweringServer } from '../../test/material/wire/answering-server.ts';

test('elsewhere than on a terminal each change is one line', async () => {
  const served = await servedWorld();
  const stop = new AbortController();
  const argv = ['get', 'clusters', '-l', 'env=dev', '-w', '--interval', '0.05', '-o', 'jsonl'];
  const watching = runInProcess(argv, { url: served.url, interrupted: stop.signal });
  const later = async (): Promise<void> => void (await new Promise((resolve) => setTimeout(resolve, 300)));
  await later();
  await runInProcess(['rollout', 'create', 'standard'], { url: served.url });
  await later();
  stop.abort();
  const { code, out } = await watching;
  await served.close();
  expect(code).toBe(130);
  const states = out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { state: string }).state);
  expect(states).toEqual(['Behind', 'Waiting']);
});

test('on a terminal the table is drawn anew', async () => {
  const served = await servedWorld();
  const stop = new AbortController();
  const options = { url: served.url, interrupted: stop.signal, terminal: true, env: { NO_COLOR: '1' } };
  const watching = runInProcess(['get', 'policies', '-w', '--interval', '0.05'], options);
  setTimeout(() => stop.abort(), 400);
  const { out } = await watching;
  await served.close();
  expect(out.split('<clear>').length).toBeGreaterThan(2);
});

test('a failure that stays the same is said once, and that it is over', async () => {
  const { url, answers, close } = await startAnsweringServer();
  for (const status of [200, 503, 503, 500, 200, 200, 503]) answers.push({ status, body: '{"items":[]}' });
  const stop = new AbortController();
  const sleep = async (): Promise<void> => (answers.length === 0 ? stop.abort() : undefined);
  const { err } = await runInProcess(['get', 'policies', '-w'], { url, interrupted: stop.signal, sleep });
  await close();
  expect(err.split('\n').map((line) => /answered \d+/.exec(line)?.[0] ?? line)).toEqual([
    ...['answered 503', 'answered 500', 'The API answers again.', 'answered 503', ''],
  ]);
});
