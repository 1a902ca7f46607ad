import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { Clusters, ReadinessHistories } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { PAGE_BYTES } from './page.ts';
import { readinessReport } from './readiness-report.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

test('it tells of as many clusters as an answer has room for, and how many it left out', async () => {
  const table = new MemoryTable();
  const ended = Array.from({ length: 30 }, (_, at) => ({
    ...{ cause: `drain:shop/budget-${at}`, owner: 'shop', target: '1.36', what: 'It allows none. '.repeat(18) },
    ...{ since: '2026-06-01T00:00:00Z', until: '2026-06-20T00:00:00Z', how: 'upgraded' as const },
  }));
  for (let at = 0; at < 400; at += 1) {
    const record = clusterRecord({ name: `c-${at}` });
    const history = { clusterKey: record.clusterKey, causes: [], ended, words: [] };
    await table.transact([put(Clusters, record, 'absent'), put(ReadinessHistories, history, 'absent')]);
  }
  const report = await readinessReport({ table, clock: { now: () => NOW } }, '365d');
  expect(JSON.stringify(report).length).toBeLessThan(PAGE_BYTES * 1.01);
  expect([report.clusters.length > 200, report.clusters.length + report.left]).toEqual([true, 400]);
});
