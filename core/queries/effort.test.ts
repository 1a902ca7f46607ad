import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { reason } from '../contracts/step-result.ts';
import { transactWithAudit } from '../store/audit.ts';
import { Clusters, Members, Rollouts, Upgrades, Waves } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { effortReport } from './effort-report.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const MINUTE = 60_000;
const web = clusterRecord({ name: 'web', version: '1.36', tags: { team: 'shop' }, labels: {} });
const KEY = web.clusterKey;
const OF = { upgradeId: '1.35-1.36', from: '1.35', to: '1.36' };

type Entry = readonly [minutesAgo: number, subject: string, event: string, principal: string, detail?: object];

/** The effort in these records over the last hour, compared with the hour before. */
async function report(entries: readonly Entry[], since = '60m') {
  const table = new MemoryTable();
  await table.transact([
    put(Clusters, web, 'absent'),
    put(Rollouts, rolloutItem({ id: 'r', target: '1.37' }), 'absent'),
    put(Waves, waveItem({ rolloutId: 'r', index: 1, openedAt: ago(50) }), 'absent'),
    put(Upgrades, upgrade({ clusterKey: KEY }), 'absent'),
  ]);
  for (const [minutes, subject, event, principal, detail = {}] of entries)
    await transactWithAudit(table, [], [{ subject, event, principal, detail: { ...detail } }], new Date(ago(minutes)));
  const answer = await effortReport({ table, clock: { now: () => NOW } }, since);
  const said = (
    { hop, team, now, before }: (typeof answer.acts)[number] | (typeof answer.waits)[number],
    what: string,
  ) => `${hop} ${team} ${what} ${now}/${before}`;
  return {
    answer,
    acts: answer.acts.map((row) => said(row, row.what)),
    waits: answer.waits.map((row) => said(row, row.what)),
  };
}
const ago = (minutes: number): string => new Date(NOW.getTime() - minutes * MINUTE).toISOString();

const wave = (name: string) => ({ wave: name });

test('what people did is counted by hop and team, in two periods of equal length, and what Liftlock did is not', async () => {
  const { answer, acts } = await report([
    [130, KEY, 'ClusterRetried', 'ann'],
    [90, 'rollout/r', 'WaveApproved', 'ann', { wave: 'all' }],
    [50, KEY, 'ClusterRetried', 'ann', { held: { upgradeId: '1.35-1.36' } }],
    [45, KEY, 'StartedByHand', 'unknown'],
    [40, 'fleet', 'ConfigApplied', 'bob', { kind: 'ScanWaiver' }],
    [30, 'rollout/r', 'WaveApproved', 'liftlock', { wave: 'all' }],
    [20, 'rollout/r', 'WaveApproved', 'ann', { wave: 'all' }],
    [19, 'rollout/r', 'WaveShown', 'ann', { wave: 'all' }],
    [10, 'rollout/r', 'WaveApproved', 'bob', { wave: 'all' }],
    ...['MemberRetried', 'RolloutPlanned'].map((event): Entry => [9, 'rollout/r', event, 'bob']),
    ...['UpgradeCanceled', 'Granted', 'UpgradeParked'].map((event): Entry => [8, KEY, event, 'bob']),
    [5, 'rollout/r', 'MemberSkipped', 'bob', { clusterKey: KEY }],
  ]);
  expect([answer.before, answer.since, answer.until]).toEqual([ago(120), ago(60), ago(0)]);
  expect(acts).toEqual([
    'to 1.37 null WaveApproved 2/1',
    '1.35-1.36 shop ClusterRetried 1/0',
    'null null ConfigApplied ScanWaiver 1/0',
    'to 1.37 shop MemberSkipped 1/0',
    'null shop StartedByHand 1/0',
  ]);
});

test('a parked upgrade waits for the first of its reasons until its next grant, in each period as long as it lies there', async () => {
  const parked = (code: Parameters<typeof reason>[0]) => ({
    ...OF,
    reasons: [reason(code, 'x'), reason('FleetStopped', 'x')],
  });
  const { waits } = await report([
    [100, KEY, 'UpgradeParked', 'liftlock', parked('WindowClosed')],
    [40, KEY, 'Granted', 'liftlock', OF],
    [30, KEY, 'UpgradeParked', 'liftlock', parked('CapReached')],
    [25, KEY, 'Granted', 'liftlock', OF],
    [12, KEY, 'UpgradeParked', 'liftlock', parked('ForeignUpdate')],
  ]);
  expect(waits).toEqual([
    '1.35-1.36 shop window 20/40',
    '1.35-1.36 shop ForeignUpdate 12/0',
    '1.35-1.36 shop capacity 5/0',
  ]);
});

test('what ended without success waits until a person takes it up', async () => {
  const { waits } = await report([
    [50, KEY, 'UpgradeBlocked', 'liftlock', OF],
    [20, KEY, 'ClusterRetried', 'ann', { held: null }],
    [18, KEY, 'UpgradeFailed', 'liftlock', OF],
    [17, KEY, 'ClusterHeld', 'liftlock'],
    [11, KEY, 'ClusterReleased', 'ann'],
  ]);
  expect(waits).toEqual(['1.35-1.36 shop blocked 30/0', '1.35-1.36 shop failed 7/0']);
});

test('what takes back what a failed upgrade has left takes nothing up', async () => {
  const undo = { ...OF, upgradeId: 'undo-1.35-1.36' };
  const { waits } = await report([
    [50, KEY, 'UpgradeFailed', 'liftlock', OF],
    [49, KEY, 'Granted', 'liftlock', undo],
    [48, KEY, 'UpgradeSucceeded', 'liftlock', undo],
    [20, KEY, 'ClusterReleased', 'ann'],
  ]);
  expect(waits).toEqual(['1.35-1.36 shop failed 30/0']);
});

test.each<[string, Entry[], number]>([
  ['nobody did anything', [], 50],
  ['it was skipped', [[20, 'rollout/r', 'MemberSkipped', 'ann', { clusterKey: KEY }]], 30],
  ['another was skipped', [[20, 'rollout/r', 'MemberSkipped', 'ann', { clusterKey: 'other' }]], 50],
  ['its rollout was aborted', [[20, 'rollout/r', 'RolloutAborted', 'ann']], 30],
  ['somebody moved it', [[20, KEY, 'VersionObserved', 'liftlock', { version: '1.36', before: '1.35' }]], 30],
  ['it was deleted', [[20, KEY, 'ClusterGone', 'liftlock']], 30],
])('a blocked cluster waits no longer than until it leaves its rollout, or moves on: %s', async (_, more, minutes) => {
  const { waits } = await report([[50, KEY, 'UpgradeBlocked', 'liftlock', { ...OF, rolloutId: 'r' }], ...more]);
  expect(waits).toEqual([`1.35-1.36 shop blocked ${minutes}/0`]);
});

test('a failed upgrade has moved the cluster itself, and a skip of before is of another try', async () => {
  const { waits } = await report([
    [30, 'rollout/r', 'MemberSkipped', 'ann', { clusterKey: KEY }],
    [20, KEY, 'UpgradeFailed', 'liftlock', { ...OF, rolloutId: 'r' }],
    [19, KEY, 'VersionObserved', 'liftlock', { version: '1.36', before: '1.35' }],
  ]);
  expect(waits).toEqual(['1.35-1.36 shop failed 20/0']);
});

test('the first grant in an open wave ends what nobody has recorded the cause of', async () => {
  const by = { ...OF, rolloutId: 'r', waveIndex: 1 };
  const { waits, answer } = await report([
    [38, KEY, 'Granted', 'liftlock', by],
    [20, KEY, 'Granted', 'liftlock', by],
  ]);
  expect(waits).toEqual(['1.35-1.36 shop open wave 12/0']);
  expect(answer.notRecorded.join(' ')).toContain('"open wave"');
});

test('a wave that stays shut once it is approved waits for that as well, but not for the tick that opens it', async () => {
  const { waits, answer } = await report([
    [59, 'rollout/r', 'RolloutCreated', 'ann'],
    [57, 'rollout/r', 'WaveOpen', 'liftlock', wave('first')],
    [50, 'rollout/r', 'WaveCompleted', 'liftlock', wave('first')],
    [40, 'rollout/r', 'WaveApproved', 'ann', wave('second')],
    [25, 'rollout/r', 'WaveOpen', 'liftlock', wave('second')],
    [20, 'rollout/r', 'WaveCompleted', 'liftlock', wave('second')],
    [10, 'rollout/r', 'WaveOpen', 'liftlock', wave('third')],
  ]);
  expect(waits).toEqual(['to 1.37 null shut wave 25/0', 'to 1.37 null approval 10/0']);
  expect(answer.notRecorded.join(' ')).toContain('"shut wave"');
});

test('a wave waits from its turn for its last approval, and soaks until it passes', async () => {
  const { waits } = await report([
    [59, 'rollout/r', 'RolloutCreated', 'ann'],
    [58, 'rollout/r', 'WaveOpen', 'liftlock', wave('first')],
    [40, 'rollout/r', 'WaveSoaking', 'liftlock', wave('first')],
    [39, 'rollout/r', 'WaveApproved', 'ann', wave('third')],
    [30, 'rollout/r', 'WaveCompleted', 'liftlock', wave('first')],
    [25, 'rollout/r', 'WaveApproved', 'ann', wave('second')],
    [22, 'rollout/r', 'WaveApproved', 'bob', wave('second')],
    [20, 'rollout/r', 'WaveOpen', 'liftlock', wave('second')],
    [15, 'rollout/r', 'WaveCompletedWithFailures', 'liftlock', wave('second')],
    [14, 'rollout/r', 'WaveOpen', 'liftlock', wave('third')],
    [4, 'rollout/r', 'WaveSoaking', 'liftlock', wave('third')],
  ]);
  expect(waits).toEqual(['to 1.37 null soak 14/0', 'to 1.37 null approval 8/0']);
});

const BACK = { upgradeId: 'rollback-1.36-1.35', from: '1.36', to: '1.35', reasons: [reason('FleetStopped', 'x')] };
const GIVEN_UP = { upgradeId: BACK.upgradeId };

test('a rollback that is given up while it is parked waits no longer', async () => {
  const { waits } = await report([
    [50, KEY, 'UpgradeParked', 'liftlock', BACK],
    [40, KEY, 'RollbackGivenUp', 'ann', GIVEN_UP],
  ]);
  expect(waits).toEqual(['1.36-1.35 shop FleetStopped 10/0']);
});

test('a rollback that is given up and asked for again waits once', async () => {
  const { waits } = await report([
    [50, KEY, 'UpgradeParked', 'liftlock', BACK],
    [40, KEY, 'RollbackGivenUp', 'ann', GIVEN_UP],
    [30, KEY, 'UpgradeParked', 'unknown', BACK],
    [10, KEY, 'Granted', 'liftlock', BACK],
  ]);
  expect(waits).toEqual(['1.36-1.35 shop FleetStopped 30/0']);
});

test('a rollback that was refused keeps nobody waiting: its cluster is free', async () => {
  const { waits } = await report([[50, KEY, 'UpgradeBlocked', 'liftlock', BACK]]);
  expect(waits).toEqual([]);
});

test.each<[string, Entry]>([
  ['was refused', [40, KEY, 'UpgradeBlocked', 'liftlock', BACK]],
  ['was given up', [40, KEY, 'RollbackGivenUp', 'ann', GIVEN_UP]],
])(
  'who has failed waits for a person as long as nothing takes it back, and goes on where the rollback %s',
  async (_, end) => {
    const { waits } = await report([
      [59, KEY, 'UpgradeFailed', 'liftlock', OF],
      [54, KEY, 'Granted', 'liftlock', BACK],
      end,
      [20, KEY, 'ClusterRetried', 'ann', { held: { upgradeId: '1.35-1.36' } }],
      [10, KEY, 'UpgradeBlocked', 'liftlock', BACK],
    ]);
    expect(waits).toEqual(['1.35-1.36 shop failed 25/0']);
  },
);

test('a failure goes on waiting, once, where its rollback is given up before anything was granted', async () => {
  const { waits } = await report([
    [50, KEY, 'UpgradeFailed', 'liftlock', OF],
    [40, KEY, 'RollbackGivenUp', 'ann', GIVEN_UP],
    [20, KEY, 'ClusterReleased', 'ann'],
  ]);
  expect(waits).toEqual(['1.35-1.36 shop failed 30/0']);
});

test('who was taken back and is held waits for a person as who has failed does', async () => {
  const { waits } = await report([
    [59, KEY, 'UpgradeFailed', 'liftlock', OF],
    [58, KEY, 'Granted', 'liftlock', BACK],
    [50, KEY, 'UpgradeSucceeded', 'liftlock', BACK],
    [50, KEY, 'UpgradeRolledBack', 'liftlock', { ...OF, rolloutId: 'r', waveIndex: 1 }],
    [50, KEY, 'UpgradeCanceled', 'liftlock', { ...OF, upgradeId: '1.36-1.37' }],
    [50, KEY, 'ClusterHeld', 'liftlock', {}],
    [20, KEY, 'ClusterRetried', 'ann', { held: { upgradeId: '1.35-1.36' } }],
  ]);
  expect(waits).toEqual(['1.35-1.36 shop rolled back 30/0', '1.35-1.36 shop failed 1/0']);
});

test('a rollback that fails once the control plane is back ends with its hop, and its cluster waits once', async () => {
  const { waits } = await report([
    [50, KEY, 'UpgradeFailed', 'liftlock', BACK],
    [50, KEY, 'UpgradeRolledBack', 'liftlock', OF],
    [20, KEY, 'ClusterReleased', 'ann'],
  ]);
  expect(waits).toEqual(['1.36-1.35 shop failed 30/0']);
});

test('of more clusters than are read those count that rollouts have begun, and how many are left is said', async () => {
  const table = new MemoryTable();
  await table.transact([put(Rollouts, rolloutItem({ id: 'r', target: '1.37' }), 'absent')]);
  for (let at = 0; at < 502; at += 1) {
    const cluster = clusterRecord({ name: `c${String(at).padStart(3, '0')}`, version: '1.36', tags: {}, labels: {} });
    await table.transact([put(Clusters, cluster, 'absent')]);
    const { clusterKey } = cluster;
    // The last two of the inventory are the first of the rollout.
    const begun = at < 500 ? { status: 'Excluded' as const } : { status: 'Succeeded' as const, grantedAt: ago(50) };
    await table.transact([put(Members, memberItem({ rolloutId: 'r', clusterKey, ...begun }), 'absent')]);
    const entry = { subject: clusterKey, event: 'ClusterRetried', principal: 'ann', detail: {} };
    if (at > 499) await transactWithAudit(table, [], [entry], new Date(ago(30)));
  }
  const { acts, notRecorded } = await effortReport({ table, clock: { now: () => NOW } }, '60m');
  expect(acts.map(({ what, now }) => [what, now])).toEqual([['ClusterRetried', 2]]);
  expect(notRecorded.at(-1)).toBe('What 2 more clusters did: there are too many to be read.');
});
