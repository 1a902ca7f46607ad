import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { covered, judged } from '../../test/material/scan/findings.ts';
import { reportOf } from '../../test/material/scan/report.ts';
import type { Source } from '../contracts/scan-words.ts';
import { readinessReport } from '../queries/readiness-report.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { latestScansOf, saveReport } from '../scan/fleet/report-store.ts';
import { Clusters } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { tellOwners } from './tell-owners.ts';

const START = Date.parse('2026-11-20T08:00:00Z');
const shop = clusterRecord({ name: 'shop', version: '1.34', versionObservedAt: '2026-11-01T00:00:00.000Z' });
const region = {
  ...{ region: shop.region, announced: [], checkedAt: '2026-11-20T07:00:00Z' },
  versions: ['1.34', '1.35'].map((version) => ({ version, status: 'STANDARD_SUPPORT' })),
};
const read = (source: Source) => covered({ what: `all of ${source}`, source });
const unread = (source: Source | null) => covered({ what: 'something', source, status: 'denied' });
const EVERYTHING = (['eks', 'object', 'drain', 'capacity'] as const).map(read);

/** One look a day at one cluster. */
async function lookedAt() {
  const table = new MemoryTable();
  await table.transact([put(Clusters, shop, 'absent')]);
  let day = 0;
  return async (
    found: Readonly<Record<string, Source | `info of ${Source}`>>,
    ...gaps: ReturnType<typeof unread>[]
  ) => {
    day += 1;
    const now = new Date(START + day * 86_400_000);
    const findings = Object.entries(found).map(([cause, text]) => {
      const source = text.replace('info of ', '') as Source;
      return judged({ cause, source, name: cause, ...(source !== text && { severity: 'info' }) });
    });
    const coverage = [...EVERYTHING, ...gaps];
    const report = reportOf({ from: '1.34', target: '1.35', scannedAt: now, findings, coverage });
    await saveReport(table, { clusterKey: shop.clusterKey, execution: 'arn:x' }, report, now);
    const snapshot = await loadSnapshot(table, [], 'fleet');
    const ports = { table, clock: { now: () => now } };
    await tellOwners(
      { ...ports, events: { publish: async () => {} }, addresses: { send: async () => undefined } },
      { ...snapshot, regions: new Map([[shop.region, region as never]]) },
      [shop],
      await latestScansOf(table, [shop.clusterKey]),
      new Map(),
    );
    const [told] = (await readinessReport(ports, '30d')).clusters;
    return { verdict: told?.verdict, open: told?.causes.map(({ cause }) => cause) };
  };
}

test('what was mended is told as that, though another part of the cluster could not be read', async () => {
  const look = await lookedAt();
  expect(await look({ 'drain:gateway': 'drain', 'role:nodes': 'capacity' })).toMatchObject({
    open: ['drain:gateway', 'role:nodes'],
  });
  expect(await look({}, unread('capacity'))).toEqual({ verdict: 'incomplete', open: ['role:nodes'] });
  expect(await look({}, unread('insight'))).toEqual({ verdict: 'incomplete', open: [] });
});

test('what a gap may hide stays open, whatever else was found', async () => {
  const look = await lookedAt();
  await look({ 'helm:shop': 'object', 'role:nodes': 'capacity' });
  expect(await look({}, unread('object'))).toEqual({ verdict: 'incomplete', open: ['helm:shop'] });
  expect(await look({ 'role:nodes': 'capacity' }, unread(null))).toEqual({
    verdict: 'blocked',
    open: ['role:nodes', 'helm:shop'],
  });
  expect(await look({}, unread(null))).toEqual({ verdict: 'incomplete', open: ['role:nodes', 'helm:shop'] });
});

test('what a look cannot tell any more stays open, though it says that it cannot', async () => {
  const look = await lookedAt();
  await look({ 'addresses:nodegroup:workers': 'capacity' });
  const open = ['addresses:nodegroup:workers'];
  // Without the DaemonSet aws-node nobody knows where the pods of new nodes get their addresses (surge-addresses.ts).
  expect(await look({ 'addresses:nodegroup:workers': 'info of capacity' }, unread('capacity'))).toMatchObject({ open });
  expect(await look({ 'addresses:nodegroup:workers': 'info of capacity' })).toMatchObject({ open: [] });
});
