import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { FLEET } from '../policy/applied.ts';
import { ClusterNames, Clusters, Configs, Images, Regions } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { listCalendars, listVersions } from './lists.ts';

const NOON = new Date('2026-11-20T12:00:00.000Z');
const region = 'eu-central-1';
const checkedAt = NOON.toISOString();

test('the versions of a Region are told beside the images that are known of it', async () => {
  const table = new MemoryTable();
  const web = clusterRecord({ name: 'web', region, version: '1.36' });
  const { account, name, clusterKey } = web;
  const versions = [{ version: '1.37', status: 'STANDARD_SUPPORT', defaultVersion: true }];
  await table.transact([
    put(Regions, { region, versions, announced: ['1.37'], checkedAt }, 'absent'),
    put(Images, { region, images: [], checkedAt }, 'absent'),
    put(Clusters, web, 'absent'),
    put(ClusterNames, { account, region, name, clusterKey }, 'absent'),
  ]);
  const { items } = await listVersions({ table, clock: { now: () => NOON } });
  expect(items.map(({ version, isDefault, clusters }) => [version, isDefault, clusters])).toEqual([
    ['1.36', false, 1],
    ['1.37', true, 0],
  ]);
});

test('a Calendar tells of the clusters that name it by a tag alone', async () => {
  const table = new MemoryTable();
  const web = clusterRecord({ name: 'web', region, tags: { 'liftlock/calendar': 'nights' } });
  const { account, name, clusterKey } = web;
  const applied = (kind: 'Calendar' | 'Fleet', of: string, spec: object) => {
    const document = { apiVersion: 'liftlock/v1alpha1', kind, metadata: { name: of }, spec };
    return put(Configs, { kind, name: of, document, revision: 'r', appliedBy: 'ann', appliedAt: checkedAt }, 'absent');
  };
  await table.transact([
    applied('Calendar', 'nights', {}),
    applied('Calendar', 'days', {}),
    applied('Fleet', FLEET, { accounts: [account], regions: [region], spokeRole: { externalId: 'fleet-7' } }),
    put(Clusters, web, 'absent'),
    put(ClusterNames, { account, region, name, clusterKey }, 'absent'),
  ]);
  const { items } = await listCalendars({ table });
  expect(items.map((one) => [one.name, one.usedBy, one.taggedClusters])).toEqual([
    ['days', [], 0],
    ['nights', [], 1],
  ]);
});
