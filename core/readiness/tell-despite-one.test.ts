import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { LatestScans, ScanCause } from '../contracts/items/scan.ts';
import { tellOwners } from './tell-owners.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const clustersOf = (names: readonly string[]) =>
  names.map((name) => clusterRecord({ name, version: '1.36', tags: {}, labels: {} }));
const versions = ['1.36', '1.37'].map((version) => ({ version, status: 'STANDARD_SUPPORT' }));
const region = { region: 'eu-central-1', announced: [], checkedAt: NOW.toISOString(), versions };

/** As long as a text of others gets in a look. */
const long = (text: string, length = 200): string => text.padEnd(length, 'が');
const numbers = Array.from({ length: 20 }, (_, index) => index);
const told = { severity: 'error' as const, findings: 1, fixes: ['Mend it.'], sources: ['object'] };
const huge = numbers.map((cause): ScanCause => {
  const owners = numbers.map((owner) => long(`team ${cause} ${owner}`));
  return { ...told, cause: long(`argocd:${cause}`), what: long('It is removed.', 300), owners };
});
const ofWeb: ScanCause = { ...told, cause: 'helm:web', what: 'It is removed.', owner: 'web' };

const scansOf = (causes: readonly ScanCause[], clusterKey: string, scannedAt: string): LatestScans => {
  const counts = { errors: causes.length, warnings: 0, infos: 0, waived: 0, read: 1, gaps: 0 };
  const about = { from: '1.36', target: '1.37', scannedAt, dataUpdatedOn: '2026-11-01' };
  return { clusterKey, scans: [{ ...about, ...counts, verdict: 'fail', causes: [...causes] }] };
};

type Causes = Readonly<Record<string, readonly ScanCause[]>>;

/** Whom one look of each hour after the other tells; `age`: the days since the clusters were scanned. */
async function heardOf(...looks: readonly { readonly causes: Causes; readonly age?: number }[]) {
  const events: LiftlockEvent[] = [];
  const table = new MemoryTable();
  let now = NOW;
  const ports = {
    ...{ table, clock: { now: () => now }, addresses: { send: async () => undefined } },
    events: { publish: async (all: readonly LiftlockEvent[]) => void events.push(...all) },
  };
  for (const [hour, { causes, age = 0 }] of looks.entries()) {
    now = new Date(NOW.getTime() + hour * 3_600_000);
    const scannedAt = new Date(now.getTime() - age * 86_400_000 - 1_800_000).toISOString();
    const clusters = clustersOf(Object.keys(causes));
    const snapshot = { ...fleetSnapshot({ clusters, policies: {} }), regions: new Map([[region.region, region]]) };
    const scans = new Map(
      clusters.map(({ name, clusterKey }) => [clusterKey, scansOf(causes[name] ?? [], clusterKey, scannedAt)]),
    );
    await tellOwners(ports, snapshot, clusters, scans, new Map());
  }
  return events.flatMap((event) => (event.type === 'OwnerNews' ? event : []));
}

test('a cluster with as many owners and causes as there can be, each with the longest text, keeps nobody else from hearing', async () => {
  const heard = (await heardOf({ causes: { huge, web: [ofWeb] } })).map(({ detail }) => detail.owner);
  expect(heard).toContain('web');
  expect(heard).toContain(long('team 0 0'));
});

test('an owner hears of many clusters with the longest texts, in an event that EventBridge takes', async () => {
  const ofOps = huge.map(({ owners: _, ...one }): ScanCause => ({ ...one, owner: 'ops' }));
  const many = Array.from({ length: 60 }, (_, index) => [`c${index}`, ofOps] as const);
  const [ops, ...others] = await heardOf({ causes: Object.fromEntries(many) });
  expect([ops?.detail.owner, others]).toEqual(['ops', []]);
  expect(new TextEncoder().encode(JSON.stringify(ops)).length).toBeLessThan(256 * 1024);
});

test('many clusters with the longest texts, whose looks grow old together, keep nobody else from hearing', async () => {
  const ofTwo = huge.map(({ owners = [], ...one }): ScanCause => ({ ...one, owners: owners.slice(0, 2) }));
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`c${index}`, ofTwo] as const));
  const heard = await heardOf({ causes: many }, { causes: many, age: 4 }, { causes: { ...many, web: [ofWeb] } });
  expect(heard.map(({ detail }) => detail.owner)).toContain('web');
});
