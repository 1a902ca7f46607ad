import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { isFinished, refusalsOfRetry, retriedMember, retriedWave, triedOnce } from './retry-member.ts';

const group = {
  ...{ name: 'workers', version: '1.37', amiType: 'AL2023_x86_64_STANDARD', releaseVersion: '1.37.1-20261112' },
  ...{ status: 'ACTIVE', issues: [] },
};
const dns = { name: 'dns', version: 'v1.1.0', status: 'ACTIVE', issues: [] };
const cluster = clusterRecord({ version: '1.37', nodegroups: [group], addons: [dns] });
const member = (pins: Partial<Member>): Member => ({
  ...{ rolloutId: 'r', waveIndex: 0, clusterKey: cluster.clusterKey, name: 'web', from: '1.37', to: '1.37' },
  ...{ status: 'Failed', inFlight: false, reasons: [], position: 1, ...pins },
});

test.each<[string, Partial<Member>, boolean]>([
  ['its image is as new as it was to be', { releases: { workers: '1.37.1-20261105' } }, true],
  ['its image is older', { releases: { workers: '1.37.1-20261119' } }, false],
  ['its image is of another kind than was pinned', { releases: { workers: '1.55.0-d93bb1b1' } }, true],
  ['its add-on is as new as it was to be', { addons: { dns: 'v1.1.0' } }, true],
  ['its add-on is older', { addons: { dns: 'v1.2.0' } }, false],
  ['the add-on is gone', { addons: { cni: 'v1.2.0' } }, true],
])('whoever has finished a member by hand has done so where %s', (_, pins, expected) => {
  const by = upgrade({ from: '1.37', to: '1.37', status: 'Succeeded' });
  expect(isFinished(cluster, member(pins), by, false)).toBe(expected);
  expect(isFinished(cluster, member(pins), by, true)).toBe(false);
  for (const one of [undefined, { ...by, status: 'Failed' as const }])
    expect(isFinished(cluster, member(pins), one, false)).toBe(false);
});

test.each<[string, Partial<Member>, object]>([
  ['failed', {}, { status: 'Pending', failedBefore: true }],
  [
    'was taken back',
    { reasons: [reason('RolledBack', '')] },
    { status: 'Pending', failedBefore: true, wentBackBefore: true },
  ],
  ['was taken back, and has failed again', { wentBackBefore: true }, { status: 'Pending', failedBefore: true }],
  ['was blocked', { status: 'Blocked' }, { status: 'Pending', failedBefore: undefined }],
])('a member that %s waits again as if nobody had tried it', (_, more, expected) => {
  const before = member({
    upgradeId: 'u',
    resumeAt: '2026-11-20T13:00:00.000Z',
    reasons: [reason('Held', '')],
    ...more,
  });
  const bare = { upgradeId: undefined, resumeAt: undefined, reasons: [] };
  expect(retriedMember(before)).toEqual({ ...before, ...bare, ...expected });
});

test('a member that a hop has brought to the target since has succeeded by that hop', () => {
  const before = member({ from: '1.36', failedBefore: true, wentBackBefore: true });
  const by = upgrade({ status: 'Succeeded', reasons: [reason('Settled', '')] });
  expect(retriedMember(before, by)).toMatchObject({ status: 'Succeeded', from: '1.37', reasons: by.reasons });
  const { failedBefore, wentBackBefore } = retriedMember(before, by);
  expect([failedBefore, wentBackBefore]).toEqual([undefined, undefined]);
});

test.each([
  ['Failed', 'MemberFailed'],
  ['Blocked', 'MemberBlocked'],
] as const)(
  'of a member that ended %s and is not held the reasons say that there is one try, and no hold',
  (status, code) => {
    const reasons = [reason('Held', ''), reason('UpdateFailed', '')];
    expect(triedOnce(member({ status, reasons })).map((one) => one.code)).toEqual(['UpdateFailed', code]);
  },
);

describe('a retry is refused that would have the cluster fail again untried:', () => {
  const web = (more: Partial<ClusterRecord> = {}) => clusterRecord({ version: '1.36', ...more });
  const codes = (now: ClusterRecord, of: Partial<Member> = {}, more: Parameters<typeof asked>[2] = {}) =>
    asked(now, of, more).reasons.map((one) => one.code);
  const asked = (
    now: ClusterRecord,
    of: Partial<Member>,
    { target = 'latest', held = false }: { target?: string; held?: boolean },
  ) => {
    const failed = member({ from: '1.36', ...of });
    const control = {
      clusterKey: now.clusterKey,
      held: { reason: reason('UpdateFailed', ''), since: '2026-11-20T11:00:00.000Z' },
    };
    const snapshot = {
      ...fleetSnapshot({ clusters: [now], policies: { p: { selector: {}, target, waves: [{ name: 'all' }] } } }),
      ...{ members: [failed], controls: held ? new Map([[now.clusterKey, control]]) : new Map() },
    };
    const waves = [waveItem({ failed: 1, maxFailures: 1, members: 2, needWork: 2 })];
    return refusalsOfRetry(snapshot, rolloutItem(), waves, failed, new Date('2026-11-20T12:00:00Z'));
  };
  const paused = { tags: { 'liftlock/paused': 'true' } };
  test.each<[string, readonly string[], readonly string[]]>([
    ['not where nothing is in its way', codes(web()), []],
    ['not for its hold, which the retry takes off', codes(web(), {}, { held: true }), []],
    ['where its tag keeps it out', codes(web(paused)), ['Excluded']],
    ['not where it was blocked, which is no failure', codes(web(paused), { status: 'Blocked' }), []],
    ['where it only counts in its wave', codes(web(), { isStray: true }), ['NoWave']],
    ['where its policy goes to an older version by now', codes(web(), {}, { target: '1.36' }), ['LowerTarget']],
    ['not where it is at the newer version already', codes(web({ version: '1.37' }), {}, { target: '1.36' }), []],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});

test('a wave that came to its end before it had opened has still to open once a cluster of it is tried again', () => {
  const failed = member({ from: '1.36' });
  const again = (wave: Partial<Wave>) =>
    retriedWave(waveItem({ status: 'Halted', failed: 1, ...wave }), failed, retriedMember(failed), [], new Date());
  expect(again({ openedAt: undefined })).toMatchObject({ status: 'Pending', failed: 0, reasons: [] });
  expect(again({})).toMatchObject({ status: 'Open', failed: 0 });
});

describe('a wave that halted because two clusters of its rollout go back by themselves', () => {
  const failed = member({ from: '1.36' });
  const halted = waveItem({
    status: 'Halted',
    failed: 2,
    maxFailures: 2,
    members: 4,
    needWork: 4,
    reasons: [reason('RollbackBudget', 'two')],
  });
  const retried = (wave: Partial<Wave>, others: readonly Wave[] = []) =>
    retriedWave({ ...halted, ...wave }, failed, retriedMember(failed), others, new Date('2026-11-20T08:00:00Z'));

  test('opens again with one of these, whose place is free then', () => {
    const wave = retried({ automaticRollbacks: ['other', failed.clusterKey] });
    expect(wave).toMatchObject({ status: 'Open', automaticRollbacks: ['other'], reasons: [] });
  });

  test('stays halted where another one is tried again', () => {
    const wave = retried({ automaticRollbacks: ['other', 'third'] });
    expect(wave).toMatchObject({ status: 'Halted', automaticRollbacks: ['other', 'third'], failed: 1 });
    expect(wave.reasons[0]?.code).toBe('RollbackBudget');
  });

  test('says that it stays so for its failures alone, and opens once these fit, whoever is tried again', () => {
    const all = { failed: 5, maxFailures: 2, members: 5, needWork: 5, automaticRollbacks: [failed.clusterKey, 'b'] };
    const first = retried(all);
    expect([first.status, first.reasons.map(({ code }) => code)]).toEqual(['Halted', ['FailureBudgetExceeded']]);
    const last = [1, 2].reduce((wave) => retried({ ...wave, automaticRollbacks: ['b'] }), first);
    expect([last.status, last.failed]).toEqual(['Open', 2]);
  });

  test('opens where those were given up, whoever is tried again, and not where another wave has them', () => {
    expect(retried({}).status).toBe('Open');
    const other = waveItem({ index: halted.index + 1, automaticRollbacks: ['x', 'y'] });
    expect(retried({}, [other]).status).toBe('Halted');
  });

  test('which halted for its failures opens with any of them', () => {
    const wave = retried({ reasons: [reason('FailureBudgetExceeded', 'more')], automaticRollbacks: ['other'] });
    expect(wave.status).toBe('Open');
  });
});
