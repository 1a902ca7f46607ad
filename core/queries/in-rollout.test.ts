import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterControl } from '../contracts/items/cluster.ts';
import { Upgrades } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { clusterSummary } from './cluster-summary.ts';
import { inRollout } from './place-of.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const clusters = ['a', 'b', 'c', 'd'].map((name) => clusterRecord({ name, version: '1.37' }));
const policies = { p: { selector: {}, target: '1.37', waves: [{ name: 'all' }] } };
const [, ...held] = clusters;
const [, left, whole] = clusters;

test('of clusters that are where they should be, only those that were held once take a read, and those all together', async () => {
  const table = new MemoryTable();
  const ended = (clusterKey = '', status: 'Failed' | 'Succeeded') =>
    put(Upgrades, upgrade({ clusterKey, status, mutated: true }), 'absent');
  await table.transact([ended(left?.clusterKey, 'Failed'), ended(whole?.clusterKey, 'Succeeded')]);
  const read: string[][] = [];
  const counted = new Proxy(table, {
    get(target, name) {
      if (name === 'getAll')
        return async (keys: Parameters<MemoryTable['getAll']>[0]) => {
          read.push(keys.map(({ pk }) => pk));
          return target.getAll(keys);
        };
      throw new Error(`${String(name)} is not asked for`);
    },
  });
  const controls = held.map(({ clusterKey }): [string, ClusterControl] => [clusterKey, { clusterKey }]);
  const snapshot = { ...fleetSnapshot({ clusters, policies }), controls: new Map(controls) };
  const summaries = clusters.map((cluster) => clusterSummary(snapshot, cluster, NOW));
  const told = await inRollout(counted, snapshot, summaries, NOW);
  expect(told.map(({ name, state }) => [name, state])).toEqual([
    ['a', 'UpToDate'],
    ['b', 'Blocked'],
    ['c', 'UpToDate'],
    ['d', 'UpToDate'],
  ]);
  expect(read.map((keys) => [...new Set(keys)])).toEqual([held.map(({ clusterKey }) => `CLUSTER#${clusterKey}`)]);
});
