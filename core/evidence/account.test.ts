import { ANN, anchorsOf, evidenceOf, recordOf, smallFleet, WEB } from '../../test/material/evidence/small-evidence.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { reason } from '../contracts/step-result.ts';
import { accountOf } from './account.ts';

const records = smallFleet();

test('a call is told with its token and its update, and one without an answer as not known', async () => {
  const { calls } = accountOf(evidenceOf(records, await anchorsOf(records)));
  expect(calls).toEqual([
    {
      ...{ clusterKey: WEB, upgradeId: '1.36-1.37', step: 'upgrade-control-plane', subject: 'cluster', attempt: 1 },
      ...{ call: 'UpdateClusterVersion', clientRequestToken: 't0k', committedAt: '2026-11-20T08:31:00.000Z' },
      ...{ outcome: 'accepted', updateId: 'u1', answeredAt: '2026-11-20T08:32:00.000Z', refused: null, ended: null },
      requestId: 'r1',
    },
  ]);
  const silent = records.map((record) => ({
    ...record,
    items: record.items.filter(({ event }) => event !== 'MutationAccepted'),
  }));
  expect(accountOf(evidenceOf(silent, [])).calls).toMatchObject([
    { outcome: 'not known', updateId: null, answeredAt: null, requestId: null },
  ]);
});

test('of a call that is made again each time has its own outcome', () => {
  const of = { step: 'update-addons', subject: 'coredns', attempt: 1, upgradeId: '1.36-1.37' };
  const call = { name: 'UpdateAddon', input: {} };
  const refused = {
    type: 'refused',
    error: 'InvalidParameterException',
    message: 'no',
    requestId: 'r2',
    at: '2026-11-20T08:02:00.000Z',
  };
  const cluster = recordOf(WEB, [
    [1, 'MutationCommitted', 'liftlock', { ...of, call }],
    [2, 'MutationNotSent', 'liftlock', { ...of, outcome: { type: 'never-sent', at: '2026-11-20T08:02:00.000Z' } }],
    [3, 'MutationCommitted', 'liftlock', { ...of, subject: 'vpc-cni', call }],
    [4, 'MutationCommitted', 'liftlock', { ...of, call }],
    [5, 'MutationRefused', 'liftlock', { ...of, outcome: refused }],
  ]);
  const { calls } = accountOf(evidenceOf([cluster], []));
  expect(calls.map(({ subject, outcome, refused: why, requestId }) => [subject, outcome, why, requestId])).toEqual([
    ['coredns', 'never-sent', null, null],
    ['vpc-cni', 'not known', null, null],
    ['coredns', 'refused', 'InvalidParameterException: no', 'r2'],
  ]);
});

test('who agreed to which plan, what people did, and which configuration was in force are told', async () => {
  const account = accountOf(evidenceOf(records, []));
  expect(account.approvals).toMatchObject([
    { principal: ANN, wave: 'all', planHash: 'f00d', clusters: 1, comment: 'go' },
  ]);
  expect(account.acts.map(({ event }) => event)).toEqual(['ConfigApplied', 'RolloutCreated', 'WaveApproved']);
  expect(account.configuration).toMatchObject([{ kind: 'Fleet', revision: 'b', appliedBy: ANN, document: null }]);
});

test('an upgrade is told as it was written last, and what cannot be read is named', () => {
  const of = { upgradeId: '1.36-1.37', from: '1.36', to: '1.37' };
  const write = (revision: number, data: object) => ({
    pk: 'c',
    sk: 'u',
    kind: 'Upgrade',
    active: false,
    revision,
    data,
  });
  const done = upgrade({ clusterKey: WEB, id: '1.36-1.37', status: 'Succeeded' });
  const cluster = recordOf(WEB, [
    [1, 'Granted', 'liftlock', { ...of, writes: [write(1, { ...done, status: 'Running' })] }],
    [2, 'UpgradeSucceeded', 'liftlock', { ...of, writes: [write(2, done), { ...write(1, { id: 7 }), sk: 'v' }] }],
  ]);
  const { upgrades, unreadable } = accountOf(evidenceOf([cluster], []));
  expect([upgrades.map(({ status }) => status), unreadable]).toEqual([['Succeeded'], ['Upgrade c v']]);
});

test('a hop that was taken back lasted until its own end, whenever its rollback has ended', () => {
  const id = '1.36-1.37';
  const [startedAt, endedAt] = ['2026-11-20T08:01:00.000Z', '2026-11-22T08:00:00.000Z'];
  const hop = upgrade({ clusterKey: WEB, id, status: 'RolledBack', startedAt, endedAt });
  const write = { pk: 'c', sk: 'u', kind: 'Upgrade', active: false, revision: 3, data: hop };
  const back = [500, 'UpgradeRolledBack', 'liftlock', { upgradeId: id, writes: [write] }] as const;
  const minutes = (...ends: Parameters<typeof recordOf>[1]) =>
    accountOf(evidenceOf([recordOf(WEB, [...ends, back])], [])).upgrades.map((one) => one.minutes);
  expect(minutes([41, 'UpgradeSucceeded', 'liftlock', { upgradeId: id }])).toEqual([40]);
  expect(minutes()).toEqual([null]);
});

test('the plan is told as it was planned, however far its clusters have gone since', () => {
  const member = {
    rolloutId: 'r',
    waveIndex: 0,
    clusterKey: WEB,
    name: 'web',
    from: '1.35',
    to: '1.37',
    status: 'Pending',
    inFlight: false,
    reasons: [],
    position: 1,
  };
  const rollout = rolloutItem({ id: 'r' });
  const write = (kind: string, revision: number, data: object) => ({
    pk: 'r',
    sk: kind,
    kind,
    active: false,
    revision,
    data,
  });
  const writes = [
    write('Rollout', 1, rollout),
    write('Wave', 1, waveItem({ rolloutId: 'r', index: 0, planHash: 'f00d' })),
    write('Member', 1, member),
  ];
  const moved = { upgradeId: '1.36-1.37', rolloutId: 'r', writes: [write('Member', 2, { ...member, from: '1.37' })] };
  const records = [
    recordOf('rollout/r', [[1, 'RolloutCreated', ANN, { writes }]]),
    recordOf(WEB, [[9, 'Granted', 'liftlock', moved]]),
  ];
  const { rollouts, waves, plan } = accountOf(evidenceOf(records, []));
  expect([rollouts.map(({ id }) => id), waves.map(({ planHash }) => planHash)]).toEqual([['r'], ['f00d']]);
  expect(plan).toMatchObject([{ clusterKey: WEB, from: '1.35', to: '1.37' }]);
});

test('a file about a hop tells of what has taken it back, also before that has ended', () => {
  const id = 'rollback-1.37-1.36';
  const back = upgrade({
    clusterKey: WEB,
    id,
    machine: 'rollback-cluster',
    status: 'Running',
    from: '1.37',
    to: '1.36',
  });
  const write = { pk: 'c', sk: 'b', kind: 'Upgrade', active: false, revision: 1, data: back };
  const call = { name: 'RollbackClusterVersion', input: { version: '1.36' } };
  const cluster = recordOf(WEB, [
    [1, 'UpgradeSucceeded', 'liftlock', { upgradeId: '1.36-1.37', from: '1.36', to: '1.37' }],
    [2, 'RollbackBegun', 'liftlock', { upgradeId: id, from: '1.37', to: '1.36', writes: [write] }],
    [3, 'MutationCommitted', 'liftlock', { upgradeId: id, step: 'rollback-control-plane', attempt: 1, call }],
    [4, 'Granted', 'liftlock', { upgradeId: '1.37-1.38', from: '1.37', to: '1.38' }],
  ]);
  const told = evidenceOf([cluster], []);
  expect(told.records.map(({ items }) => items.length)).toEqual([3]);
  const { upgrades, calls } = accountOf(told);
  expect([upgrades.map((one) => one.id), calls.map((one) => one.call)]).toEqual([[id], ['RollbackClusterVersion']]);
});

test('alarms that were silenced are told with what rang when that ended, of the upgrades that a file is about', () => {
  const of = { clusterKey: WEB, step: 'upgrade-control-plane', part: 'cluster', grantNumber: 1, alarms: ['errors'] };
  const times = { recordedAt: '2026-11-20T08:31:00.000Z', until: '2026-11-20T12:31:00.000Z' };
  const notes = [reason('SilencedAlarmRings', 'The alarm errors is in ALARM.')];
  const closed = { how: 'undone', at: '2026-11-20T08:40:00.000Z' };
  const write = (subject: string, effect: string, upgradeId: string) => ({
    ...{ pk: 'c', sk: subject, kind: 'UndoEntry', active: false, revision: 1 },
    data: { ...of, ...times, effect, subject, uid: 'mark', upgradeId, closed, notes },
  });
  const writes = [
    write('rule', 'silence', '1.36-1.37'),
    write('other', 'silence', '1.35-1.36'),
    write('node', 'cordon', '1.36-1.37'),
  ];
  const document = evidenceOf(
    [recordOf(WEB, [[1, 'EffectsClosed', 'liftlock', { upgradeId: '1.36-1.37', writes }]])],
    [],
  );
  const scope = { kind: 'upgrade', clusterKey: WEB, upgradeId: '1.36-1.37' } as const;
  expect(accountOf({ ...document, scope }).silences).toEqual([
    {
      ...{ clusterKey: WEB, upgradeId: '1.36-1.37', step: 'upgrade-control-plane', part: 'cluster' },
      ...{ alarms: ['errors'], ...times, closed, notes },
    },
  ]);
});

test.each<[string, Partial<Upgrade>, string | null, Partial<Upgrade> | undefined]>([
  ['that another has followed', {}, null, { controlPlaneCompletedAt: '2026-11-21T08:40:00.000Z' }],
  [
    'that another has followed in another cluster',
    {},
    '2026-11-27T08:40:00.000Z',
    { clusterKey: 'other', controlPlaneCompletedAt: '2026-11-21T08:40:00.000Z' },
  ],
  ['that another is to follow', {}, '2026-11-27T08:40:00.000Z', { controlPlaneCompletedAt: undefined }],
  [
    'that was made anew after another had followed and gone back',
    {},
    '2026-11-27T08:40:00.000Z',
    { controlPlaneCompletedAt: '2026-11-19T08:40:00.000Z' },
  ],
  ['that has arrived', {}, '2026-11-27T08:40:00.000Z', undefined],
  ['that nobody saw arrive', { controlPlaneCompletedAt: undefined }, null, undefined],
  ['that has gone back', { status: 'RolledBack' }, null, undefined],
])('of a hop %s it is told until when EKS takes it back at the latest', (_, given, until, next) => {
  const hop = upgrade({ status: 'Succeeded', controlPlaneCompletedAt: '2026-11-20T08:40:00.000Z', ...given });
  const later = next && { ...upgrade({ ...next, status: 'Succeeded' }), id: '1.37-1.38', from: '1.37', to: '1.38' };
  const writes = [hop, ...(later === undefined ? [] : [later])].map((data) => {
    return { pk: 'c', sk: data.id, kind: 'Upgrade', active: false, revision: 1, data };
  });
  const cluster = recordOf(WEB, [[1, 'UpgradeEnded', 'liftlock', { upgradeId: hop.id, writes }]]);
  const { upgrades } = accountOf(evidenceOf([cluster], []));
  expect(upgrades.find(({ id }) => id === hop.id)?.reversibleUntil).toBe(until);
});
