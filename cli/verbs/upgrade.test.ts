import { Clusters, Upgrades } from '../../core/store/entities.ts';
import { decode, put } from '../../core/store/entity.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { servedWorld } from '../../test/material/cli/served-world.ts';

test('the plan that goes on with what was left half done says where the control plane is by now', async () => {
  const served = await servedWorld([{ name: 'workers' }]);
  const { world } = served;
  const records = (await world.table.queryKind(Clusters.kind)).map((item) => decode(Clusters, item).data);
  const { clusterKey = '' } = records.find(({ name }) => name === 'web') ?? {};
  const from = async (to: string) => {
    const { out } = await runInProcess(['upgrade', 'cluster', 'web', '--to', to], { url: served.url });
    return /From: +(.*)\n/.exec(out)?.[1];
  };
  const whole = await from('1.36');
  const hop = { clusterKey, id: '1.34-1.35', machine: 'upgrade-cluster', from: '1.34', to: '1.35' } as const;
  const ended = { status: 'Failed' as const, mutated: true, steps: {}, requestedBy: 'liftlock', reasons: [] };
  await world.table.transact([put(Upgrades, { ...hop, ...ended }, 'absent')]);
  const left = await from('1.35');
  await served.close();
  expect([whole, left]).toEqual(['1.35', '1.34; its control plane is at 1.35']);
});
