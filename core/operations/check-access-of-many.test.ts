import { MemoryTable } from '../../adapters/memory/table.ts';
import { operatorPorts } from '../../test/material/operations/operator-ports.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { keptScan } from '../../test/material/scan/kept-scan.ts';
import { checkAccess } from './check-access.ts';

const CLUSTERS = 1_000;
const records = Array.from({ length: CLUSTERS }, (_, at) => clusterRecord({ name: `c-${at}`, version: '1.36' }));

/** Counts how often a caller has waited for the table: requests that are under way together are one wait. */
async function waitsOf(table: MemoryTable, work: () => Promise<unknown>): Promise<number> {
  let [underWay, waits] = [0, 0];
  const names = ['get', 'getAll', 'queryPartition', 'queryKind'] as const;
  for (const name of names) {
    const read = table[name].bind(table) as (...asked: readonly unknown[]) => Promise<unknown>;
    const counted = async (...asked: readonly unknown[]) => {
      if (underWay === 0) waits += 1;
      underWay += 1;
      await new Promise(setImmediate);
      underWay -= 1;
      return read(...asked);
    };
    Object.assign(table, { [name]: counted });
  }
  await work();
  return waits;
}

test('what a thousand clusters let Liftlock read is known after some dozens of waits, not after thousands', async () => {
  const { table } = await operatorPorts(new MemoryTable());
  const counts = { errors: 0, warnings: 0, infos: 0, waived: 0, read: 9, gaps: 0, causes: [], unread: [], parts: 1 };
  const about = { execution: 'e', from: '1.36', target: '1.37', verdict: 'pass' as const, dataUpdatedOn: '2026-11-01' };
  for (const { clusterKey } of records)
    await table.transact(keptScan({ clusterKey, scannedAt: '2026-11-20T06:00:00.000Z', ...about, ...counts }));
  let known = 0;
  const waits = await waitsOf(table as MemoryTable, async () => {
    const reports = await checkAccess({ table }, records);
    known = reports.filter(({ checks }) =>
      checks.some(({ what, status }) => what === 'pods' && status === 'Readable'),
    ).length;
  });
  expect(known).toBe(CLUSTERS);
  expect(waits).toBeLessThan(60);
});
