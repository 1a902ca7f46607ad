import { MemoryTable } from '../../adapters/memory/table.ts';
import type { AccountState } from '../contracts/items/cluster.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import { memberItem, rolloutItem, waveItem } from '../contracts/items/testing/rollout-items.ts';
import { batched } from '../store/batched.ts';
import { Accounts, Members, Rollouts, Waves } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { servedKey } from './automatic-rollouts.ts';
import { loadHistory, loadRollouts } from './load-snapshot.ts';

const account: AccountState = {
  ...{ account: '111111111111', region: 'eu-central-1', status: 'Ok', clusters: 1 },
  checkedAt: '2026-11-20T12:00:00.000Z',
};
const cause = (severity: 'error' | 'warning', name: string) => ({ severity, cause: name, findings: 1 }) as never;
const scans = (
  clusterKey: string,
  ...all: readonly (readonly [target: string, causes: readonly never[]])[]
): LatestScans => ({
  clusterKey,
  scans: all.map(([target, causes]) => ({
    ...{ scannedAt: '2026-11-20T12:00:00.000Z', from: '1.36', target, verdict: 'fail', dataUpdatedOn: '2026-11-01' },
    ...{ errors: 0, warnings: 0, infos: 0, waived: 0, read: 0, gaps: 0, causes: [...causes] },
  })) as never,
});

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

test.each([
  ['by partition', []],
  ['by kind, where there are many', Array.from({ length: 9 }, (_, number) => ({ id: `r${number}`, policy: 'x' }))],
])('all rollouts are known, members of those under way, and who had a try: %s', async (_, more) => {
  const table = await tableWith({ rollouts: [...two, ...more], members });
  const history = await loadHistory(table, batched(table), []);
  expect(history.rollouts).toHaveLength(2 + more.length);
  expect(history.waves).toHaveLength(2 + more.length);
  expect(history.members.map(({ clusterKey }) => clusterKey)).toEqual(['a']);
  expect([...history.served].sort()).toEqual([servedKey('p', '1.37', 'a'), servedKey('q', '1.37', 'd')]);
  expect(history.accounts).toEqual([account]);
});

test('what would block is known of the latest scan of each cluster', async () => {
  const table = await tableWith({});
  const latest = [
    scans(
      'a',
      ['1.37', [cause('error', 'x'), cause('warning', 'y'), cause('error', 'z')]],
      ['1.36', [cause('error', 'w')]],
    ),
    scans('b', ['1.37', [cause('warning', 'y')]]),
    scans('c'),
  ];
  await table.transact(latest.map((one) => table && put(LatestScanItems, one, 'absent')));
  for (const keys of [['a', 'b', 'c', 'gone'], undefined]) {
    const { findings, scannedAt } = await loadHistory(table, batched(table), keys);
    expect([...(scannedAt?.keys() ?? [])].sort()).toEqual(['a', 'b']);
    expect(scannedAt?.get('a')).toBe('2026-11-20T12:00:00.000Z');
    expect([...findings]).toEqual([['a', ['a 1.37 x', 'a 1.37 z']]]);
  }
  expect((await loadHistory(table, batched(table), ['b'])).findings.size).toBe(0);
});

test('where nothing is under way the rollouts alone are read', async () => {
  const table = await tableWith({ rollouts: two, members });
  const { rollouts, ...rest } = await loadRollouts(table);
  expect(rollouts.map(({ id }) => id).sort()).toEqual(['old', 'r']);
  expect(rest).toMatchObject({ waves: [], members: [] });
  expect([rest.served.size, rest.findings.size, rest.accounts]).toEqual([0, 0, undefined]);
});
