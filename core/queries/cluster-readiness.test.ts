import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { Clusters, Regions } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { writeUnrecorded } from '../store/unrecorded.ts';
import { clusterReadiness } from './cluster-readiness.ts';

const now = new Date('2026-11-25T12:00:00Z');
const record = clusterRecord({ name: 'web', version: '1.35' });
const versions = ['1.35', '1.36', '1.37'].map((version) => ({ version, status: 'STANDARD_SUPPORT' }));

test.each([
  ['1.36', /NeverScanned/],
  ['1.35', /is at 1\.35 already/],
  ['1.38', /EKS offers no 1\.38 in eu-central-1, as far as is known: 1\.35, 1\.36, 1\.37/],
])('the way to %s is answered, or refused where it leads nowhere', async (to, said) => {
  const table = new MemoryTable();
  const region = { region: record.region, announced: [], checkedAt: now.toISOString(), versions };
  await writeUnrecorded(table, [put(Clusters, record, 'absent'), put(Regions, region, 'absent')]);
  const answer = clusterReadiness({ table, clock: { now: () => now } }, record, to).catch(String);
  expect(JSON.stringify(await answer)).toMatch(said);
});
