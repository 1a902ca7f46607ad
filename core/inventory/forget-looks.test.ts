import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { AccountState, ClusterRecord } from '../contracts/items/cluster.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import { Accounts, Clusters } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { forgetLooks } from './forget-looks.ts';
import { loadAllRecords } from './records.ts';

const LOOKED = '2026-11-20T07:00:00.000Z';
const condition = { type: 'Reachable', reason: 'x', message: 'x', lastTransitionTime: LOOKED } as const;
const isRead = { ...condition, status: 'True' } as const;
const isDenied = { ...condition, status: 'False' } as const;

/** The known state of a cluster and of its account, once looks are forgotten. */
async function forgotten(cluster: Partial<ClusterRecord> = {}, account: Partial<AccountState> = {}) {
  const table = new MemoryTable();
  const state: AccountState = { account: '1', region: 'r', status: 'Ok', clusters: 1, checkedAt: LOOKED, ...account };
  const record = clusterRecord({ name: 'web', account: '1', lastSeenAt: LOOKED, ...cluster });
  await table.transact([put(Clusters, record, 'absent'), put(Accounts, state, 'absent')]);
  await forgetLooks(table);
  const [left] = await loadAllRecords(table);
  const { status, reason, checkedAt } = (await load(table, Accounts, '1', 'r'))?.data ?? {};
  return { lastSeenAt: left?.lastSeenAt, conditions: left?.conditions, account: [status, reason, checkedAt] };
}

test.each<[string, Partial<ClusterRecord>, ClusterRecord['conditions']]>([
  ['was read counts as never seen', { conditions: [isRead] }, [isRead]],
  ['could not be read may be read now', { conditions: [isDenied] }, []],
  [
    'was forgotten before, and could not be read since, may be read now',
    { lastSeenAt: NEVER, conditions: [isDenied] },
    [],
  ],
])('a cluster that %s', async (_, cluster, conditions) => {
  expect(await forgotten(cluster)).toMatchObject({ lastSeenAt: NEVER, conditions });
});

test('a cluster that is gone stays gone', async () => {
  expect((await forgotten({ deletedAt: LOOKED })).lastSeenAt).toBe(LOOKED);
});

test.each<[string, Partial<AccountState>]>([
  ['was denied', { status: 'Denied', reason: 'no' }],
  ['was denied since it was forgotten last', { status: 'Denied', reason: 'no', checkedAt: NEVER }],
])('an account that %s was never looked at, and its next look is the first', async (_, account) => {
  expect((await forgotten({}, account)).account).toEqual(['Denied', undefined, NEVER]);
});

test('of more clusters than are written at once, and one that is recorded meanwhile, all count as never seen', async () => {
  const table = new MemoryTable();
  const names = Array.from({ length: 25 }, (_, number) => `c${number}`);
  const records = names.map((name) => clusterRecord({ name, lastSeenAt: LOOKED }));
  await table.transact(records.map((one) => put(Clusters, one, 'absent')));
  let isLate = false;
  table.beforeTransact = () => {
    if (isLate) return;
    isLate = true;
    throw Object.assign(new Error('moved'), { name: 'ConditionFailed' });
  };
  await forgetLooks(table);
  const seen = new Set((await loadAllRecords(table)).map(({ lastSeenAt }) => lastSeenAt));
  expect([isLate, seen]).toEqual([true, new Set([NEVER])]);
});
