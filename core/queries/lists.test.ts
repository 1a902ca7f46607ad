import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { ClusterNames, Clusters, Images, Regions } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { listVersions } from './lists.ts';

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
