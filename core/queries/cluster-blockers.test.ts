import { MemoryTable } from '../../adapters/memory/table.ts';
import { KEY, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { judged } from '../../test/material/scan/findings.ts';
import { reportOf } from '../../test/material/scan/report.ts';
import { quoted, reason } from '../contracts/step-result.ts';
import { saveReport } from '../scan/fleet/report-store.ts';
import { findClusterBlockers } from './cluster-blockers.ts';

const told = reason('ScanWarning', 'later');
const said = [quoted('PodEvictionFailure', 'no room'), told];
const ROOM =
  'Give the PodDisruptionBudget room: maxUnavailable: 1, or more replicas unless it has maxUnavailable: 0 or minAvailable: 100%.';
const plain = (code: string, what: string) => {
  const fix = code === 'PodEvictionFailure' ? ROOM : null;
  return { code, what, cause: null, owner: null, fix };
};
const startedAt = NOON.toISOString();
const stopped = upgrade({
  status: 'Blocked',
  steps: { 'scan-cluster': { status: 'blocked', reasons: [], startedAt } },
});

/** Ten causes, more than the step's reasons would show. */
async function scanned(scannedAt: string) {
  const table = new MemoryTable();
  const findings = Array.from({ length: 10 }, (_, index) =>
    judged({ source: 'object', cause: `cause-${index}`, name: `n-${index}`, owner: 'team-payments' }),
  );
  const report = reportOf({ from: '1.36', target: '1.37', clusters: ['web'], findings });
  await saveReport(table, { clusterKey: KEY, execution: 'arn:x' }, { ...report, scannedAt }, new Date(scannedAt));
  return table;
}

test('of a cluster that its scan has stopped everything is told, with cause, owner and repair', async () => {
  const blockers = await findClusterBlockers(await scanned(startedAt), stopped, said);
  expect(blockers).toHaveLength(10);
  expect(blockers[0]).toEqual({
    code: 'ScanFinding',
    what: expect.stringContaining('PodDisruptionBudget payments/n-0'),
    cause: 'cause-0',
    owner: 'team-payments',
    fix: expect.stringMatching(/^Write/),
  });
});

test('a report of a time before is not what stopped it, nor is that of one that its scan let pass', async () => {
  const old = await scanned('2020-01-01T00:00:00.000Z');
  expect(await findClusterBlockers(old, stopped, said)).toEqual([plain('PodEvictionFailure', 'no room')]);
  const failed = { ...stopped, status: 'Failed' as const };
  expect(await findClusterBlockers(await scanned(startedAt), failed, said)).toEqual([
    plain('PodEvictionFailure', 'no room'),
  ]);
});

test('what only tells something blocks nothing, unless nothing else is told', async () => {
  const table = new MemoryTable();
  expect(await findClusterBlockers(table, undefined, said)).toEqual([plain('PodEvictionFailure', 'no room')]);
  expect(await findClusterBlockers(table, undefined, [told])).toEqual([plain('ScanWarning', 'later')]);
});
