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
const SEEN = `${ROOM} Which one allows no disruption shows: kubectl get pdb -A`;
const plain = (code: string, what: string) => {
  const fix = code === 'PodEvictionFailure' ? SEEN : null;
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

const failed = { ...stopped, status: 'Failed' as const };
const patch = (name: string) =>
  `kubectl -n shop patch pdb ${name} --type merge -p '{"spec":{"minAvailable":null,"maxUnavailable":1}}'`;

test('pods that stayed are told with the command for each budget that the failure names', async () => {
  const refused = "Cannot evict pod as it would violate the pod's disruption budget. The disruption budget";
  const pod = (name: string, budget: string) =>
    `shop/${name}: ${refused} ${budget} needs 4 healthy pods and has 4 currently`;
  const message = `Reached max retries in node group a: ${pod('api-1', 'strict')}; ${pod('api-2', 'strict')}; ${pod('web-1', 'other.one')}`;
  const [first] = await findClusterBlockers(new MemoryTable(), failed, [quoted('PodEvictionFailure', message)]);
  expect(first?.fix).toBe(`${ROOM} Run: ${patch('strict')} ; ${patch('other.one')}`);
});

test('pods that stayed are told with what the newest scan found, waived or not, and not with what an older one did', async () => {
  const table = new MemoryTable();
  const save = async (scannedAt: string, ...findings: Partial<Parameters<typeof judged>[0]>[]) => {
    const report = reportOf({
      from: '1.36',
      target: '1.37',
      clusters: ['web'],
      findings: findings.map((one) => judged(one)),
    });
    await saveReport(table, { clusterKey: KEY, execution: 'arn:x' }, { ...report, scannedAt }, new Date(scannedAt));
  };
  const stuck = {
    source: 'drain',
    rule: 'DrainStuck',
    cause: 'drain:shop/strict',
    message: 'It lets none go.',
  } as const;
  const fixOf = async () => (await findClusterBlockers(table, failed, said))[0]?.fix;
  await save('2026-11-20T10:00:00.000Z', { ...stuck, fix: `Run: ${patch('strict')}` });
  expect(await fixOf()).toBe(`It lets none go. Run: ${patch('strict')}`);
  await save('2026-11-20T11:00:00.000Z', { cause: 'file:other' });
  expect(await fixOf()).toBe(SEEN);
});

test('what only tells something blocks nothing, unless nothing else is told', async () => {
  const table = new MemoryTable();
  expect(await findClusterBlockers(table, undefined, said)).toEqual([plain('PodEvictionFailure', 'no room')]);
  expect(await findClusterBlockers(table, undefined, [told])).toEqual([plain('ScanWarning', 'later')]);
});
