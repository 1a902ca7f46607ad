import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createDynamoTable } from '../../adapters/dynamodb/create-dynamo-table.ts';
import { toTransactItem } from '../../adapters/dynamodb/dynamo-table.ts';
import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { Accounts, Clusters, Grants, Members, Rollouts, Upgrades, Waves } from '../../core/store/entities.ts';
import { type Entity, put } from '../../core/store/entity.ts';
import { LatestScanItems } from '../../core/store/scan-entities.ts';
import { memberItem, rolloutItem } from '../../test/material/items/rollout-items.ts';
import { type Figure, type Measure, rounded } from '../figure.ts';
import { largeSnapshot } from '../fleet/large-snapshot.ts';
import type { ServedItem } from '../process/table-server.ts';

const CLUSTERS = 10_000;
const NOW = new Date('2026-11-20T08:01:00Z');
const NAMES = { items: 'items', audit: 'audit' };

/** What two months of weekly patches of the whole fleet leave behind. */
const WEEKS = 9;

function patchOf(week: number, clusters: readonly ClusterRecord[]) {
  const id = `patch-${week}`;
  const ended = { status: 'Completed', withinMinor: true, endedAt: NOW.toISOString() } as const;
  const releases = { workers: `1.36.1-${20261001 + week}` };
  const of = { rolloutId: id, from: '1.36', to: '1.36', status: 'Succeeded', releases } as const;
  return {
    rollout: rolloutItem({ id, policy: 'patches', ...ended }),
    members: clusters.map(({ clusterKey, name }) => memberItem({ ...of, clusterKey, name })),
  };
}

/** What the reconciler reads for a full look over ten thousand clusters, through the SDK, from a table in another thread. */
export const measure: Measure = async () => {
  const { clusters, rollouts, waves, members, grants, upgrades, history } = largeSnapshot({
    clusters: CLUSTERS,
    history: true,
  });
  const all = [...clusters.values()];
  const patches = Array.from({ length: WEEKS }, (_, week) => patchOf(week, all));
  const items = [
    ...all.map((one) => served(Clusters, one)),
    ...all.map(({ clusterKey }) => served(LatestScanItems, { clusterKey, scans: [scanOf('1.37')] })),
    ...[...rollouts, ...patches.map(({ rollout }) => rollout)].map((one) => served(Rollouts, one)),
    ...waves.map((one) => served(Waves, one)),
    ...[...members, ...patches.flatMap((one) => one.members)].map((one) => served(Members, one)),
    ...grants.map((one) => served(Grants, one)),
    ...upgrades.map((one) => served(Upgrades, one)),
    ...(history?.accounts ?? []).map((one) => served(Accounts, one)),
  ];
  const worker = new Worker(new URL('../process/table-server.ts', import.meta.url), { workerData: { items } });
  try {
    const [port] = (await once(worker, 'message')) as [number];
    const table = createDynamoTable(NAMES, {
      ...{ region: 'eu-central-1', endpoint: `http://127.0.0.1:${port}` },
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    });
    const before = process.memoryUsage().heapUsed;
    const began = performance.now();
    const snapshot = await loadSnapshot(table, await table.queryActive(), 'history', NOW);
    const seconds = (performance.now() - began) / 1_000;
    if (snapshot.clusters.size !== CLUSTERS || snapshot.history?.served.size === 0)
      throw new Error('it was not read whole');
    const heap = process.memoryUsage().heapTotal - before;
    const name = `Full look over ${CLUSTERS.toLocaleString('en')} clusters, read through the SDK`;
    return [
      { name, value: rounded(seconds), unit: 's', limit: 10 },
      { name: `${name}: heap growth`, value: rounded(heap / 1e6), unit: 'MB', limit: 500 },
    ] satisfies Figure[];
  } finally {
    await worker.terminate();
  }
};

function served<Data>(entity: Entity<Data, never>, data: Data): ServedItem {
  const item = toTransactItem(put(entity as never, data as never, 'absent'), NAMES).Put?.Item ?? {};
  const [pk = '', sk = ''] = [item.pk?.S, item.sk?.S];
  return {
    id: `${pk} ${sk}`,
    places: [pk, item.kindKey?.S ?? [], item.activeKey?.S ?? []].flat(),
    text: JSON.stringify(item),
  };
}

const scanOf = (target: string) => ({
  ...{ scannedAt: NOW.toISOString(), from: '1.36', target, verdict: 'pass' as const, dataUpdatedOn: '2026-11-01' },
  ...{ errors: 0, warnings: 3, infos: 2, waived: 0, read: 900, gaps: 0 },
  causes: ['helm:shop', 'helm:search', 'object:Deployment/shop/web'].map((cause) => ({
    ...{ cause, owner: 'payments', severity: 'warning' as const, findings: 1 },
  })),
});
