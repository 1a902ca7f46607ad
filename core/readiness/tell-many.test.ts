import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import { ClusterNewsItems, Members, OWNER_NOTICES, OwnerNotices, Rollouts } from '../store/entities.ts';
import { decode, put } from '../store/entity.ts';
import { tellOwners } from './tell-owners.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const announced = { rolloutId: 'r', to: '1.37', at: '2026-11-21T12:00:00.000Z', hours: 24 };

test('what was announced to hundreds is taken back together, without a request of the table for each of them', async () => {
  const table = new MemoryTable();
  const clusters = Array.from({ length: 300 }, (_, at) => clusterRecord({ name: `c-${at}`, version: '1.36' }));
  await table.transact([put(Rollouts, rolloutItem({ id: 'r', waves: ['all'], status: 'Aborted' }), 'absent')]);
  for (const { clusterKey, name } of clusters)
    await table.transact([
      put(Members, memberItem({ rolloutId: 'r', clusterKey, name, to: '1.37', status: 'Excluded' }), 'absent'),
      put(ClusterNewsItems, { clusterKey, word: 'incomplete', announced }, 'absent'),
    ]);
  const told: LiftlockEvent[] = [];
  const ports = {
    ...{ table, clock: { now: () => NOW }, addresses: { send: async () => undefined } },
    events: { publish: async (events: readonly LiftlockEvent[]) => void told.push(...events) },
  };
  let requests = 0;
  const [get, getAll] = [table.get.bind(table), table.getAll.bind(table)];
  const counted = (read: typeof getAll | typeof get) => (of: never) => {
    requests += 1;
    return read(of);
  };
  Object.assign(table, { get: counted(get), getAll: counted(getAll) });
  await tellOwners(ports, fleetSnapshot({ clusters, policies: {} }), clusters, new Map(), new Map());
  // One notice for their owner, however many transactions keep that: what has no room in it is counted.
  expect(told).toMatchObject([{ type: 'OwnerNews', detail: { more: { takenBack: 100 } } }]);
  const news = told.flatMap((event) => (event.type === 'OwnerNews' ? event.detail.news : []));
  expect([news.length, new Set(news.map(({ cluster }) => cluster)).size]).toEqual([200, 200]);
  expect(new Set(news.map(({ what }) => what))).toEqual(new Set(['takenBack']));
  const unsent = (await table.queryPartition(OWNER_NOTICES)).map((item) => decode(OwnerNotices, item).data);
  expect(unsent.filter(({ sentAt }) => sentAt === undefined)).toEqual([]);
  // The rollout, the members, and the histories of each transaction.
  expect(requests).toBeLessThan(30);
});
