import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { ClusterControls, Clusters } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { ownerReport } from './owner-report.ts';

test('the hops of a thousand held clusters are read together, not by a request for each', async () => {
  const table = new MemoryTable();
  const since = '2026-11-20T11:00:00.000Z';
  for (let at = 0; at < 1_000; at += 1) {
    const record = clusterRecord({ name: `c-${at}`, version: '1.36', tags: { team: 'shop' } });
    const held = { reason: { code: 'SmokeCheckFailed', message: 'No.' }, since, upgradeId: '1.35-1.36' };
    const control = { clusterKey: record.clusterKey, held } as never;
    await table.transact([put(Clusters, record, 'absent'), put(ClusterControls, control, 'absent')]);
  }
  let requests = 0;
  const [get, getAll] = [table.get.bind(table), table.getAll.bind(table)];
  table.get = (key) => {
    requests += 1;
    return get(key);
  };
  table.getAll = (keys) => {
    requests += 1;
    return getAll(keys);
  };
  const { clusterCount } = await ownerReport({ table, clock: { now: () => new Date('2026-11-20T12:00:00Z') } }, 'shop');
  expect(clusterCount).toBe(1_000);
  expect(requests).toBeLessThan(20);
});
