import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import { Clusters } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { waveReadiness } from './vote-on-wave.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const named = (name: string, more: Partial<ClusterRecord> = {}): ClusterRecord =>
  clusterRecord({ name, version: '1.36', lastSeenAt: NOW.toISOString(), ...more });
const [ready, blocked, unseen, gone] = ['ready', 'blocked', 'unseen', 'gone'].map((name) => named(name));

type Scan = LatestScans['scans'][number];
const scan = (target: string, verdict: Scan['verdict'], causes: Scan['causes']): Scan => ({
  ...{ target, from: '1.36', scannedAt: '2026-11-20T11:00:00.000Z', verdict, causes },
  ...{ errors: 0, warnings: 0, infos: 0, waived: 0, read: 1, gaps: 0, dataUpdatedOn: '2026-11-01' },
});
const cause = (severity: 'error' | 'warning', name: string) => ({ severity, cause: name, findings: 1 });

test('who approves a wave sees of each member whether it may go, when it was looked at and how many causes are in its way', async () => {
  if (ready === undefined || blocked === undefined || unseen === undefined || gone === undefined)
    throw new Error('none');
  const causes = [cause('error', 'group'), cause('error', 'budget'), cause('warning', 'image')];
  const table = new MemoryTable();
  await table.transact([
    ...[ready, blocked, unseen].map((one) => put(Clusters, one, 'absent')),
    put(LatestScanItems, { clusterKey: ready.clusterKey, scans: [scan('1.37', 'pass', [])] }, 'absent'),
    put(
      LatestScanItems,
      {
        clusterKey: blocked.clusterKey,
        // What was found for a minor that it does not go to is not in its way.
        scans: [scan('1.37', 'fail', causes), scan('1.38', 'fail', causes)],
      },
      'absent',
    ),
  ]);
  const members = [ready, blocked, unseen, gone].map(({ clusterKey }) => ({ clusterKey, from: '1.36', to: '1.37' }));
  const said = await waveReadiness(table, members, NOW, undefined);
  const scannedAt = '2026-11-20T11:00:00.000Z';
  expect(said).toEqual([
    { clusterKey: ready.clusterKey, to: '1.37', verdict: 'ready', scannedAt, findings: 0 },
    { clusterKey: blocked.clusterKey, to: '1.37', verdict: 'blocked', scannedAt, findings: 2 },
    { clusterKey: unseen.clusterKey, to: '1.37', verdict: 'incomplete', scannedAt: null, findings: 0 },
  ]);
});
