import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { reason } from '../contracts/step-result.ts';
import { writeUnrecorded } from '../store/change.ts';
import { ClusterControls, Clusters, Regions } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { clusterReadiness } from './list-clusters.ts';

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

test.each([
  ['1.35', undefined, '1.36'],
  ['1.35', '1.37', '1.36'],
  ['1.37', undefined, null],
])('a held cluster at %s is blocked and says what for, asked about %s', async (version, to, next) => {
  const table = new MemoryTable();
  const region = { region: record.region, announced: [], checkedAt: now.toISOString(), versions };
  const since = '2026-11-25T10:00:00.000Z';
  const { clusterKey } = record;
  const held = { since, reason: reason('ScanFinding', 'Pods stayed'), mutated: true };
  await table.transact([
    put(Clusters, { ...record, version }, 'absent'),
    put(Regions, region, 'absent'),
    put(ClusterControls, { clusterKey, held }, 'absent'),
  ]);
  const view = await clusterReadiness({ table, clock: { now: () => now } }, { ...record, version }, to);
  expect([view.verdict, view.for]).toEqual(['blocked', next]);
  expect(view.reasons[0]).toEqual({
    code: 'Held',
    message: `The cluster is held since ${since}: Pods stayed. What goes on with it: liftlock explain cluster web`,
  });
});
