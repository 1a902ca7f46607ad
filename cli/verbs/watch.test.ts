import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { servedWorld } from '../../test/material/cli/served-world.ts';

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
