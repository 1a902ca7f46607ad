import { MemoryTable } from '../../adapters/memory/table.ts';
import { recordOf } from '../../test/material/operations/operator-ports.ts';
import { clock, cluster, KEY, NOON } from '../../test/material/protocol/one-upgrade.ts';
import { CONTRACT } from '../contracts/step-input.ts';
import { RUN_MILLISECONDS } from '../scan/fleet/run-store.ts';
import { Regions } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { ScanRuns } from '../store/scan-entities.ts';
import { requestScan } from './requests.ts';

interface Given {
  readonly target?: string;
  readonly by?: string;
  readonly deletedAt?: string;
  readonly fails?: string;
  /** The versions that EKS lists in its Region; absent when EKS was not asked. */
  readonly offered?: readonly string[];
}

async function requested({ target, by = 'ann', deletedAt, fails, offered }: Given = {}) {
  const table = new MemoryTable();
  const versions = offered?.map((version) => ({ version, status: 'STANDARD_SUPPORT' }));
  const of = { region: cluster.region, announced: [], checkedAt: NOON.toISOString() };
  if (versions !== undefined) await table.transact([put(Regions, { ...of, versions }, 'absent')]);
  const started: unknown[] = [];
  const executions = {
    arnFor: (machine: string, name: string) => `arn:${machine}:${name}`,
    start: async (...parts: readonly unknown[]) => {
      started.push(parts);
      if (fails !== undefined) throw Object.assign(new Error(fails), { name: fails });
    },
    describe: async () => undefined,
  };
  const runs: unknown[] = [];
  table.beforeTransact = (operations) => {
    for (const one of operations)
      if (one.type === 'put' && one.item.kind === ScanRuns.kind)
        runs.push({ data: one.item.data, expiresAt: one.item.expiresAt });
  };
  const ports = { table, clock, executions, ids: { next: () => 'id' } };
  const view = await requestScan(ports, { ...cluster, ...(deletedAt && { deletedAt }) }, target, by);
  return { view, started, runs, record: await recordOf(table, KEY) };
}

test.each([
  ['its next minor, where none is named', undefined, '1.37'],
  ['the minor that is named', '1.38', '1.38'],
  ['the minor that it is at', '1.36', '1.36'],
])('a scan looks at a cluster for %s', async (_, asked, target) => {
  const { view, started, runs, record } = await requested(asked === undefined ? {} : { target: asked });
  const execution = 'arn:scan-cluster:scan-id';
  const run = { target, status: 'requested', requestedBy: 'ann', startedAt: NOON.toISOString(), read: 0, left: 0 };
  expect(view).toMatchObject({ ...run, name: 'scan-id', execution, scannedAt: null, reasons: [] });
  expect(runs).toEqual([
    {
      data: { ...run, clusterKey: KEY, execution, resumed: 0, reasons: [] },
      expiresAt: new Date(NOON.getTime() + RUN_MILLISECONDS),
    },
  ]);
  expect(record).toEqual([{ event: 'ScanRequested', principal: 'ann', detail: { target, execution } }]);
  const input = { contract: CONTRACT, cluster: cluster.arn, targetVersion: target, comment: 'Requested by ann' };
  expect(started).toEqual([['scan-cluster', 'scan-id', input]]);
});

test('where EKS offers no next minor it is the one that it is at, since what nobody can go to says nothing', async () => {
  const targetOf = async (given: Given) => (await requested(given)).view.target;
  expect(await targetOf({ offered: ['1.35', '1.36'] })).toBe('1.36');
  expect(await targetOf({ offered: ['1.36', '1.37'] })).toBe('1.37');
  // A user who names a target needs its result.
  expect(await targetOf({ offered: ['1.36'], target: '1.37' })).toBe('1.37');
});

test('a comment is as long as an input takes', async () => {
  const comment = `Requested by ${'x'.repeat(187)}`;
  const { started } = await requested({ by: 'x'.repeat(300) });
  expect(started).toEqual([['scan-cluster', 'scan-id', expect.objectContaining({ comment })]]);
});

test('a start that was repeated has started; any other failure is told', async () => {
  expect((await requested({ fails: 'ExecutionAlreadyExists' })).view.status).toBe('requested');
  await expect(requested({ fails: 'AccessDenied' })).rejects.toMatchObject({ name: 'AccessDenied' });
});

test.each<[string, Given, string, string]>([
  ['that is gone', { deletedAt: '2026-11-20' }, 'ClusterGone', 'The cluster web was deleted (seen 2026-11-20).'],
  ['for an older minor', { target: '1.35' }, 'InvalidInput', 'web is at 1.36 already; 1.35 is older.'],
  [
    'for what is no minor',
    { target: '1.37.1' },
    'InvalidInput',
    'target: "1.37.1" is no Kubernetes minor. Write it as 1.37.',
  ],
  [
    'for what only begins like a minor',
    { target: `1.37x${'x'.repeat(99)}` },
    'InvalidInput',
    `target: "1.37x${'x'.repeat(35)}" is no Kubernetes minor. Write it as 1.37.`,
  ],
  [
    'for what only ends like one',
    { target: 'v1.37' },
    'InvalidInput',
    'target: "v1.37" is no Kubernetes minor. Write it as 1.37.',
  ],
  [
    'for a minor that is too large',
    { target: '1.99999' },
    'InvalidInput',
    'target: "1.99999" is no Kubernetes minor. Write it as 1.37.',
  ],
])('no scan is started of a cluster %s', async (_, given, name, message) => {
  await expect(requested(given)).rejects.toMatchObject({ name, message });
});
