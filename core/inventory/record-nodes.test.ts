import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { groupOfOne } from '../model/seen-nodes.ts';
import { Clusters } from '../store/entities.ts';
import { load, put, replace } from '../store/entity.ts';
import { recordNodes } from './record-nodes.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const record = clusterRecord({ name: 'web', version: '1.37' });
const spot = (kubeletVersion: string) => ({
  ...{ name: 'a', labels: { 'karpenter.sh/nodepool': 'spot' }, kubeletVersion, ready: true, unschedulable: false },
});
const groups = (version: string) => [{ kind: 'karpenter', name: 'spot', version, count: 1 }];

async function world(known: ClusterRecord = record) {
  const table = new MemoryTable();
  await table.transact([put(Clusters, known, 'absent')]);
  const kept = async () => {
    const read = await load(table, Clusters, record.clusterKey);
    if (read === undefined) throw new Error('no record');
    return read;
  };
  const look = async (version: string, hours = 0, from?: ClusterRecord) =>
    recordNodes({ table, clock: { now: () => new Date(NOON + hours * 3_600_000) } }, from ?? (await kept()).data, [
      groupOfOne(spot(version)),
    ]);
  return { table, kept, look };
}

test('what was seen is kept beside everything else, and written again only where it is another or long ago', async () => {
  const { kept, look } = await world();
  await look('v1.36.1');
  const first = await kept();
  expect(first.data).toEqual({ ...record, otherNodes: { seenAt: '2026-11-20T12:00:00.000Z', groups: groups('1.36') } });
  await look('v1.36.2', 5);
  expect((await kept()).revision).toBe(first.revision);
  await look('v1.36.2', 7);
  expect((await kept()).data.otherNodes?.seenAt).toBe('2026-11-20T19:00:00.000Z');
  await look('v1.37.0', 8);
  expect((await kept()).data.otherNodes?.groups).toEqual(groups('1.37'));
});

test('what somebody recorded since the record was read stays, and so does a later look', async () => {
  const { table, kept, look } = await world();
  await table.transact([replace(Clusters, await kept(), { ...record, tags: { team: 'shop' } })]);
  await look('v1.36.1', 0, record);
  expect((await kept()).data).toMatchObject({ tags: { team: 'shop' }, otherNodes: { groups: groups('1.36') } });
  const { revision } = await kept();
  await look('v1.36.1', 1, record);
  expect((await kept()).revision).toBe(revision);
  await look('v1.37.0', 1);
  await look('v1.36.1', 0, record);
  expect((await kept()).data.otherNodes?.groups).toEqual(groups('1.37'));
});

test('a write between the read and the write of a look loses nothing of either', async () => {
  const { table, kept, look } = await world();
  const transact = table.transact.bind(table);
  let raced = false;
  table.transact = async (operations) => {
    if (!raced) {
      raced = true;
      await transact([replace(Clusters, await kept(), { ...record, version: '1.38' })]);
    }
    return transact(operations);
  };
  await look('v1.36.1');
  expect((await kept()).data).toMatchObject({ version: '1.38', otherNodes: { groups: groups('1.36') } });
});
