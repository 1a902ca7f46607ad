import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { applyDocuments } from '../operations/apply-documents.ts';
import { Clusters } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { listPolicies } from './lists.ts';

test('clusters are counted by what a policy says of them: selected, selected by others too, no answer', async () => {
  const table = new MemoryTable();
  const clock = { now: () => new Date('2026-11-20T12:00:00Z') };
  const policy = (name: string, selector: object) => ({
    apiVersion: 'liftlock/v1alpha1',
    kind: 'UpgradePolicy',
    metadata: { name },
    spec: { selector, target: 'latest', waves: [{ name: 'all' }] },
  });
  const documents = [
    policy('team', { when: 'cluster.labels.team == "a"' }),
    policy('old', { when: 'cluster.minor < 34 && has(cluster.labels.team)' }),
  ];
  await applyDocuments({ table, clock, events: { publish: async () => {} } }, documents, 'ann', { dryRun: false });
  const clusters = [
    clusterRecord({ name: 'one', labels: { team: 'a' } }),
    clusterRecord({ name: 'both', labels: { team: 'a' }, version: '1.33' }),
    clusterRecord({ name: 'none' }),
  ];
  await table.transact(clusters.map((cluster) => put(Clusters, cluster, 'absent')));
  const { items } = await listPolicies({ table });
  const counts = items.map((item) => [item.name, item.clusters, item.ambiguousClusters, item.undecidedClusters]);
  expect(counts).toEqual([
    ['old', 0, 1, 0],
    ['team', 1, 1, 1],
  ]);
});
