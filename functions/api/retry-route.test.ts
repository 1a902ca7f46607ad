import { MemoryTable } from '../../adapters/memory/table.ts';
import { afterIn } from '../../test/material/operations/held-cluster.ts';
import { createApp } from './app.ts';

test('the answer to a retry says that it has the rollout go on for others, before what is in the way of the cluster', async () => {
  const halted = { wave: { status: 'Halted' }, rollout: { status: 'Halted' } } as const;
  type Answer = Awaited<ReturnType<Parameters<typeof afterIn>[1]>> & { reasons: readonly { code: string }[] };
  const order = async (ports: object, key: string): Promise<Answer> => {
    const app = createApp(ports as Parameters<typeof createApp>[0], () => 'ann');
    const headers = { 'content-type': 'application/json' };
    const path = `/v1/clusters/${encodeURIComponent(key)}/retry`;
    return (await app.request(path, { method: 'POST', headers, body: '{}' })).json() as Promise<Answer>;
  };
  const { result } = await afterIn(new MemoryTable(), order, halted);
  const { reasons } = result as Answer;
  expect(reasons[0]?.code).toBe('WaveReopened');
  expect(reasons.length).toBeGreaterThan(1);
});
