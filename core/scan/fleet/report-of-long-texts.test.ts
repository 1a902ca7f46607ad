import { MemoryTable } from '../../../adapters/memory/table.ts';
import { judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { latestScansOf, saveReport } from './report-store.ts';

const clusterKey = 'arn:aws:eks:eu-central-1:111122223333:cluster/web@2025-01-01T00:00:00.000Z';
const long = (text: string): string => text.padEnd(200, 'я');

test('looks that are full of long texts of others are kept, the newest of them in the copy for lists', async () => {
  const table = new MemoryTable();
  const findings = Array.from({ length: 400 }, (_, at) =>
    judged({ cause: long(`argocd:${at % 20}`), name: `n-${at}`, owner: long(`team ${at}`) }),
  );
  const now = new Date('2026-11-20T12:00:00Z');
  for (const [hour, target] of ['1.35', '1.36', '1.37'].entries()) {
    const scannedAt = new Date(now.getTime() + hour * 3_600_000);
    await saveReport(
      table,
      { clusterKey, execution: 'e' },
      reportOf({ from: '1.34', target, scannedAt, findings }),
      now,
    );
  }
  const kept = (await latestScansOf(table, [clusterKey])).get(clusterKey);
  expect(kept?.scans.map(({ target, causes }) => [target, causes.length])).toEqual([['1.37', 20]]);
});
