import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { shortId } from '../model/cluster-key.ts';
import { transactWithAudit } from '../store/audit.ts';
import { Clusters, Rollouts } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { quarterReport } from './quarter-report.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const web = clusterRecord({ name: 'web', version: '1.34', labels: {}, createdAt: '2026-01-01T00:00:00.000Z' });
const gone = clusterRecord({
  name: 'gone',
  version: '1.34',
  labels: {},
  createdAt: '2026-01-01T00:00:00.000Z',
  deletedAt: '2026-09-15T00:00:00.000Z',
});
const hop = (from: string, to: string) => ({ upgradeId: `${from}-${to}`, from, to });

type Entry = readonly [at: string, subject: string, event: string, principal: string, detail?: object];

async function report(entries: readonly Entry[], since = '2026-07-01', until: string | undefined = '2026-10-01') {
  const table = new MemoryTable();
  const rollout = rolloutItem({ id: 'r', target: '1.37' });
  await table.transact([put(Clusters, web, 'absent'), put(Clusters, gone, 'absent'), put(Rollouts, rollout, 'absent')]);
  for (const [at, subject, event, principal, detail = {}] of entries)
    await transactWithAudit(table, [], [{ subject, event, principal, detail: { ...detail } }], new Date(at));
  return quarterReport({ table, clock: { now: () => NOW } }, since, until);
}

test.each<[string, readonly Entry[], number]>([
  ['was taken back', [], 0],
  [
    'was taken back and went up again',
    [['2026-07-05T01:00:00Z', web.clusterKey, 'UpgradeSucceeded', 'liftlock', hop('1.33', '1.34')]],
    1,
  ],
])(
  'minors that moved, and upgrades by how they ended, are those of the period: one that %s',
  async (_, back, moved) => {
    const KEY = web.clusterKey;
    const answer = await report([
      ['2026-06-30T00:00:00Z', KEY, 'UpgradeSucceeded', 'liftlock', hop('1.32', '1.33')],
      ['2026-07-02T00:00:00Z', KEY, 'UpgradeFailed', 'liftlock', hop('1.33', '1.34')],
      ['2026-07-03T00:00:00Z', KEY, 'UpgradeSucceeded', 'liftlock', hop('1.33', '1.34')],
      ['2026-07-04T00:00:00Z', KEY, 'UpgradeRolledBack', 'liftlock', hop('1.33', '1.34')],
      // Its rollback failed at the last check, and was requested again.
      ['2026-07-04T01:00:00Z', KEY, 'UpgradeRolledBack', 'liftlock', hop('1.33', '1.34')],
      ['2026-07-05T00:00:00Z', KEY, 'UpgradeBlocked', 'liftlock', hop('1.33', '1.34')],
      ...back,
      ['2026-07-06T00:00:00Z', KEY, 'UpgradeSucceeded', 'liftlock', hop('1.34', '1.34')],
      ['2026-07-07T00:00:00Z', KEY, 'UpgradeSucceeded', 'liftlock', { upgradeId: 'undo-1', from: '1.33', to: '1.34' }],
      ['2026-10-02T00:00:00Z', KEY, 'UpgradeSucceeded', 'liftlock', hop('1.34', '1.35')],
    ]);
    expect([answer.minorsMoved, answer.clusters]).toEqual([moved, { atEnd: 1, moved }]);
    expect(answer.ended).toEqual({ Succeeded: 2 + moved, Failed: 1, RolledBack: 1, Blocked: 1, Canceled: 0 });
  },
);

test.each<[string, readonly Entry[], number]>([
  ['nobody has finished', [], 0],
  [
    'its rollout has finished',
    [['2026-07-03T00:00:00Z', web.clusterKey, 'UpgradeSucceeded', 'liftlock', hop('1.34', '1.34')]],
    1,
  ],
  [
    'was finished in the second try, and once more for newer nodes',
    [
      ['2026-07-03T00:00:00Z', web.clusterKey, 'UpgradeFailed', 'liftlock', { ...hop('1.34', '1.34'), mutated: true }],
      ['2026-07-04T00:00:00Z', web.clusterKey, 'UpgradeSucceeded', 'liftlock', hop('1.34', '1.34')],
      ['2026-07-05T00:00:00Z', web.clusterKey, 'UpgradeSucceeded', 'liftlock', hop('1.34', '1.34')],
    ],
    1,
  ],
  [
    'was finished in the period before, and once more in this one',
    [
      ['2026-06-30T00:00:00Z', web.clusterKey, 'UpgradeSucceeded', 'liftlock', hop('1.34', '1.34')],
      ['2026-07-05T00:00:00Z', web.clusterKey, 'UpgradeSucceeded', 'liftlock', hop('1.34', '1.34')],
    ],
    0,
  ],
  [
    'was finished and taken back',
    [
      ['2026-07-03T00:00:00Z', web.clusterKey, 'UpgradeSucceeded', 'liftlock', hop('1.34', '1.34')],
      ['2026-07-04T00:00:00Z', web.clusterKey, 'UpgradeRolledBack', 'liftlock', hop('1.33', '1.34')],
    ],
    0,
  ],
])(
  'a minor by which a hop has moved its cluster before it failed, and that %s, counts once that is whole',
  async (_, then, moved) => {
    const answer = await report([
      ['2026-06-29T00:00:00Z', web.clusterKey, 'UpgradeFailed', 'liftlock', { ...hop('1.33', '1.34'), mutated: true }],
      ...then,
    ]);
    expect([answer.minorsMoved, answer.clusters.moved]).toEqual([moved, moved]);
  },
);

test('a rollback that failed, or was given up half-way, is counted beside the ends of hops, and one that came to its end is not', async () => {
  const back = { ...hop('1.34', '1.33'), upgradeId: 'rollback-1.34-1.33' };
  const { ended, rollbacksFailed } = await report([
    ['2026-07-03T00:00:00Z', web.clusterKey, 'UpgradeFailed', 'liftlock', back],
    ['2026-07-04T00:00:00Z', web.clusterKey, 'UpgradeSucceeded', 'liftlock', back],
    ...[true, false].map((mutated): Parameters<typeof report>[0][number] => [
      ...(['2026-07-05T00:00:00Z', web.clusterKey, 'RollbackGivenUp', 'ann'] as const),
      { upgradeId: back.upgradeId, mutated },
    ]),
  ]);
  expect([ended.Failed, rollbacksFailed]).toEqual([0, 2]);
});

describe('how late clusters were', () => {
  // 1.32 left standard support on 2026-03-23, 1.33 on 2026-07-29: core/version/support-calendar.ts.
  test('is counted from the end of standard support to the next version, within the period, at list price', async () => {
    const { late } = await report([
      ['2026-01-02T00:00:00Z', web.clusterKey, 'ClusterDiscovered', 'liftlock', { version: '1.32' }],
      ['2026-07-11T00:00:00Z', web.clusterKey, 'VersionObserved', 'liftlock', { version: '1.33', before: '1.32' }],
      ['2026-08-03T00:00:00Z', web.clusterKey, 'VersionObserved', 'liftlock', { version: '1.34', before: '1.33' }],
    ]);
    // Ten days of July at 1.32, five days at 1.33 past its end.
    expect(late).toEqual({ hours: 360, dollars: 180, clusters: [{ cluster: shortId(web), hours: 360, dollars: 180 }] });
  });

  test('ends when a cluster is deleted, and before it was first seen nothing is reckoned', async () => {
    const { late } = await report([
      ['2026-09-10T00:00:00Z', gone.clusterKey, 'ClusterDiscovered', 'liftlock', { version: '1.32' }],
    ]);
    expect([late.hours, late.dollars]).toEqual([120, 60]);
  });

  test('of a version without dates is not taken for none', async () => {
    const { late, notRecorded } = await report([
      ['2026-09-10T00:00:00Z', web.clusterKey, 'ClusterDiscovered', 'liftlock', { version: '1.99' }],
    ]);
    expect([late.hours, notRecorded.join(' ')]).toEqual([
      0,
      expect.stringContaining('How late 1 cluster with versions of which no dates'),
    ]);
  });
});

test('who agreed to what, what people did and what was waited for are told, of the period alone', async () => {
  const word = (wave: string) => ({ wave, decision: 'Approved', planHash: 'f00d', clusters: 3 });
  const { approvals, acts, waits } = await report([
    ['2026-06-01T00:00:00Z', 'rollout/r', 'WaveApproved', 'ann', word('early')],
    ['2026-07-02T00:00:00Z', 'rollout/r', 'WaveApproved', 'ann', { ...word('dev'), comment: 'seen, CHG-1' }],
    ['2026-07-03T00:00:00Z', 'rollout/r', 'WaveApproved', 'liftlock', word('prod')],
    ['2026-07-04T00:00:00Z', web.clusterKey, 'UpgradeBlocked', 'liftlock', hop('1.33', '1.34')],
    ['2026-07-04T01:00:00Z', web.clusterKey, 'ClusterRetried', 'ann'],
    ['2026-11-01T00:00:00Z', 'rollout/r', 'WaveApproved', 'ann', word('late')],
  ]);
  expect(approvals.map(({ by, wave, clusters, comment }) => [by, wave, clusters, comment])).toEqual([
    ['ann', 'dev', 3, 'seen, CHG-1'],
    ['liftlock', 'prod', 3, null],
  ]);
  expect(acts).toEqual([
    { what: 'ClusterRetried', count: 1 },
    { what: 'WaveApproved', count: 1 },
  ]);
  expect(waits).toEqual([{ what: 'blocked', count: 60 }]);
});

test('a period that ends in the future ends now', async () => {
  expect((await report([], '2026-11-01', '2027-01-01')).until).toBe(NOW.toISOString());
  await expect(report([], '2026-11-01', 'tomorrow')).rejects.toThrow('until tomorrow is no date');
  await expect(report([], '2026-10-02', '2026-10-01')).rejects.toThrow('since 2026-10-02');
});
