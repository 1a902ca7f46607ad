import { MemoryTable } from '../../adapters/memory/table.ts';
import { ClusterNames } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import { afterIn } from '../../test/material/operations/held-cluster.ts';
import { cluster } from '../../test/material/protocol/one-upgrade.ts';
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

const id = `${cluster.account}.${cluster.region}.web`;

test.each([
  ['web', 'web'],
  [id, id],
  [cluster.arn, id],
])('the commands of an answer, and of a refusal, name the cluster as the request did: %s', async (said, named) => {
  const table = new MemoryTable();
  const { account, region, name, clusterKey } = cluster;
  await table.transact([put(ClusterNames, { account, region, name, clusterKey }, 'absent')]);
  const told: unknown[] = [];
  await afterIn(table, async (ports: object) => {
    const app = createApp(ports as Parameters<typeof createApp>[0], () => 'ann');
    const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    for (const [path, init] of [['explain'], ['retry', order], ['retry', order]] as const) {
      const answer = await app.request(`/v1/clusters/${encodeURIComponent(said)}/${path}`, init);
      const commands = (await answer.text()).matchAll(/liftlock (?:[a-z]+ )+cluster ([\w.-]*\w)/g);
      told.push([answer.status, new Set([...commands].map(([, one]) => one))]);
    }
    return { clusterKey };
  });
  expect(told).toEqual([
    [200, new Set([named])],
    [200, new Set()],
    [409, new Set([named])],
  ]);
});
