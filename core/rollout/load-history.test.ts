import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import type { AccountState } from '../contracts/items/cluster.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { Accounts, Members, Rollouts, Waves } from '../store/entities.ts';
import { batched, put } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { loadHistory, loadRollouts } from './load-history.ts';
import { servedKeys } from './tried.ts';

const account: AccountState = {
  ...{ account: '111111111111', region: 'eu-central-1', status: 'Ok', clusters: 1 },
  checkedAt: '2026-11-20T12:00:00.000Z',
};
interface Given {
  readonly rollouts?: readonly Partial<Rollout>[];
  readonly members?: readonly Partial<Member>[];
}

async function tableWith({ rollouts = [], members = [] }: Given): Promise<MemoryTable> {
  const table = new MemoryTable();
  await table.transact([
    put(Accounts, account, 'absent'),
    ...rollouts.map((one) => put(Rollouts, rolloutItem(one), 'absent')),
    ...rollouts.map(({ id = 'r' }) => put(Waves, waveItem({ rolloutId: id }), 'absent')),
    ...members.map((one) => put(Members, memberItem(one), 'absent')),
  ]);
  return table;
}
const two = [{ id: 'r' }, { id: 'old', policy: 'q', status: 'Completed' as const }];
const members = [
  { clusterKey: 'a' },
  { clusterKey: 'b', status: 'Left' as const },
  { clusterKey: 'c', rolloutId: 'old', status: 'Excluded' as const },
  { clusterKey: 'd', rolloutId: 'old', status: 'Failed' as const },
];

const now = new Date('2026-11-20T12:00:00Z');

test('all rollouts are known, members of those under way, and who had a try', async () => {
  const table = await tableWith({ rollouts: two, members });
  const served = (policy: string, clusterKey: string) =>
    servedKeys(policy, { clusterKey, from: '1.36', to: '1.37' })[0] ?? '';
  const { history } = await loadHistory(table, batched(table), [], now);
  if (history === undefined) throw new Error('unreachable: it is read');
  expect(history.rollouts).toHaveLength(2);
  expect(history.waves).toHaveLength(2);
  expect(history.members.map(({ clusterKey }) => clusterKey)).toEqual(['a']);
  expect([...history.served].sort()).toEqual([served('p', 'a'), served('q', 'd')]);
  expect(history.accounts).toEqual([account]);
});

test('the latest scans of each cluster that is asked for are known', async () => {
  const table = await tableWith({});
  const latest = ['a', 'b'].map((clusterKey) => ({ clusterKey, scans: [] }));
  await table.transact(latest.map((one) => put(LatestScanItems, one, 'absent')));
  expect([...(await loadHistory(table, batched(table), ['a', 'b', 'gone'], now)).scans]).toEqual(
    latest.map((one) => [one.clusterKey, one]),
  );
  expect([...(await loadHistory(table, batched(table), ['b'], now)).scans.keys()]).toEqual(['b']);
});

test('where nothing is under way the rollouts alone are read', async () => {
  const table = await tableWith({ rollouts: two, members });
  const { rollouts, ...rest } = await loadRollouts(table);
  expect(rollouts.map(({ id }) => id).sort()).toEqual(['old', 'r']);
  expect(rest).toMatchObject({ waves: [], members: [] });
  expect([rest.served.size, rest.accounts]).toEqual([0, undefined]);
});

const within = { policy: 'q', status: 'CompletedWithFailures', withinMinor: true } as const;
const longAgo = '2026-09-21T11:59:59.000Z';

test.each<[string, Partial<Rollout>, boolean]>([
  ['images and add-ons, 60 days ago', { ...within, endedAt: longAgo }, false],
  ['images and add-ons, since then', { ...within, endedAt: '2026-09-21T12:00:01.000Z' }, true],
  ['a rollout that was taken up again', { ...within, status: 'Running' }, true],
  ['what a person has aborted', { ...within, status: 'Aborted', endedAt: longAgo }, true],
  ['a rollout to another minor', { ...within, withinMinor: undefined, endedAt: longAgo }, true],
])('whether what a rollout has tried counts: %s', async (_, rollout, isRead) => {
  const failed = { clusterKey: 'd', rolloutId: 'old', from: '1.37', to: '1.37', status: 'Failed' } as const;
  const table = await tableWith({ rollouts: [{ id: 'old', ...rollout }], members: [failed] });
  const { history } = await loadHistory(table, batched(table), [], now);
  expect([history?.rollouts.length, history?.waves.length, history?.served.size]).toEqual([
    1,
    ...(isRead ? [1, 1] : [0, 0]),
  ]);
});
