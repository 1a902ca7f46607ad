import { memberItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { quoted, reason } from '../contracts/step-result.ts';
import {
  countSettled,
  heldAfter,
  noneSucceeded,
  rolloutEnd,
  settle,
  takenBackReason,
  type UpgradeEnd,
  waveAfter,
  waveGoingOn,
  waveWithout,
  withoutPlace,
} from './settle-decision.ts';

const AT = NOON.toISOString();
const member = memberItem({ status: 'Running', inFlight: true });
const because = (...codes: string[]) => codes.map((code) => quoted(code, 'because'));
const ended = (given: Partial<Upgrade>, end: UpgradeEnd) => settle(NOON, upgrade(given), undefined, undefined, end);

describe('an upgrade that parks since its rollout was aborted', () => {
  const end: UpgradeEnd = { status: 'parked', reasons: because('FleetStopped', 'RolloutAborted') };

  test('is canceled before its first change, whatever else was in its way', () => {
    expect(ended({}, end).upgrade).toMatchObject({ status: 'Canceled', endedAt: AT });
    expect(ended({}, { ...end, reasons: because('FleetStopped') }).upgrade.status).toBe('Parked');
  });

  test('waits for somebody once it has changed its cluster', () => {
    expect(ended({ mutated: true }, end).upgrade).toMatchObject({ status: 'Parked', endedAt: undefined });
  });

  test('is Blocked, and not canceled, where it did not park', () => {
    expect(ended({}, { ...end, status: 'blocked' }).upgrade.status).toBe('Blocked');
  });
});

describe('an upgrade whose control plane somebody took back', () => {
  const back = takenBackReason('1.37', '1.36', true);
  const end: UpgradeEnd = { status: 'failed', reasons: [back] };

  test.each([
    [true, 'RolledBack'],
    [false, 'Blocked'],
  ] as const)('changed = %s ends %s, and its cluster is held either way', (mutated, status) => {
    const { upgrade: after, hold } = ended({ mutated }, end);
    expect(after.status).toBe(status);
    expect(hold).toEqual(heldAfter(back, '1.37'));
    expect(hold?.message).toBe(
      'The control plane was taken back from 1.37 to 1.36, and not by Liftlock. Nothing takes it to 1.37 again before somebody takes the hold off.',
    );
  });

  test('counts as a failure of its wave once the upgrade had changed something', () => {
    const wave = waveItem({ inFlight: 1 });
    expect(settle(NOON, upgrade({ mutated: true }), member, wave, end)).toMatchObject({
      member: { status: 'Failed' },
      wave: { failed: 1, blocked: 0 },
    });
    expect(settle(NOON, upgrade(), member, wave, end)).toMatchObject({
      member: { status: 'Blocked' },
      wave: { failed: 0, blocked: 1 },
    });
  });

  test('is held by nothing of that where another reason comes first, or where it parks', () => {
    expect(ended({ mutated: true }, { ...end, reasons: [...because('X'), back] }).upgrade.status).toBe('Failed');
    expect(ended({ mutated: true }, { ...end, status: 'parked' }).hold).toBeUndefined();
  });

  test('says by whom only where that was not Liftlock', () => {
    expect(takenBackReason('1.37', '1.36').message).toBe('The control plane was taken back from 1.37 to 1.36.');
  });
});

describe('an undo that is parked', () => {
  const undo = (hours: number) => ({
    machine: 'restore-nodes' as const,
    startedAt: new Date(NOON.getTime() - hours * 3_600_000).toISOString(),
  });
  const resumes = (hours: number, end: Partial<UpgradeEnd>) =>
    ended(undo(hours), { status: 'failed', reasons: because('X'), ...end }).upgrade.resumeAt;

  test.each([
    [1, '2026-11-20T12:15:00.000Z'],
    [16, '2026-11-20T14:00:00.000Z'],
    [96, '2026-11-20T18:00:00.000Z'],
  ])('tries again after an eighth of the %s h for which it was tried, within 15 min and 6 h', (hours, at) => {
    expect(resumes(hours, {})).toBe(at);
  });

  test('waits longer where it is told to, and never less', () => {
    expect(resumes(1, { status: 'parked', resumeAt: '2026-11-20T13:00:00.000Z' })).toBe('2026-11-20T13:00:00.000Z');
    expect(resumes(1, { status: 'parked', resumeAt: '2026-11-20T12:01:00.000Z' })).toBe('2026-11-20T12:15:00.000Z');
  });

  test('goes on at the next look where it parked without an instant, as anything else does', () => {
    expect(resumes(16, { status: 'parked' })).toBeUndefined();
    const parked: UpgradeEnd = { status: 'parked', reasons: because('X'), resumeAt: '2026-11-20T12:01:00.000Z' };
    expect(ended({ startedAt: AT }, parked).upgrade.resumeAt).toBe('2026-11-20T12:01:00.000Z');
  });

  test('holds no cluster, also when it was stopped from outside', () => {
    const stopped: UpgradeEnd = { status: 'stopped', reasons: because('X') };
    expect(ended({ ...undo(1), mutated: true }, stopped)).toMatchObject({
      upgrade: { status: 'Parked' },
      hold: undefined,
    });
    expect(ended({}, stopped).hold?.code).toBe('X');
  });
});

describe('the reasons of a wave', () => {
  const [failed, succeeded, blocked] = (['Failed', 'Succeeded', 'Blocked'] as const).map((status) => ({
    ...member,
    status,
  })) as [Member, Member, Member];
  const settledReasons = [reason('Settled', 'Every cluster has settled.')];
  const moved = (given: Partial<Wave>, before: Member, now: Member) =>
    waveAfter(waveItem({ members: 3, needWork: 3, maxFailures: 2, ...given }), before, now, AT);

  test('give the new numbers when a settled member settles in another way', () => {
    const stood = { status: 'CompletedWithFailures' as const, succeeded: 2, failed: 1, blocked: 0 };
    const both = [...settledReasons, reason('Promoted', 'p')];
    expect(moved({ ...stood, reasons: both }, failed, blocked).reasons).toEqual([
      {
        code: 'Settled',
        message: 'Every cluster has settled: 2 succeeded, 0 failed, 1 blocked, 0 excluded, 0 quarantined.',
      },
    ]);
    expect(moved({ ...stood, reasons: [reason('Promoted', 'p')] }, failed, blocked).reasons).toEqual([
      { code: 'Promoted', message: 'p' },
    ]);
    // A member that only begins, or goes on, changes no word of how the wave has settled; one that was set aside then does once it ends.
    expect(moved({ ...stood, reasons: settledReasons }, failed, member).reasons).toEqual(settledReasons);
    expect(moved({ ...stood, reasons: settledReasons }, member, member).reasons).toEqual(settledReasons);
    const late = moved({ ...stood, succeeded: 1, reasons: settledReasons }, member, succeeded);
    expect(late.reasons[0]?.message).toBe(
      'Every cluster has settled: 2 succeeded, 1 failed, 0 blocked, 0 excluded, 0 quarantined.',
    );
  });

  test('name the last failure, and only a failure', () => {
    const halted = moved({ maxFailures: 0, failed: 1, status: 'Open', blocked: 1 }, blocked, succeeded);
    expect(halted.reasons.map(({ message }) => message)).toEqual([
      '1 upgrade of the wave all failed and at most 0 may.',
    ]);
  });

  test('of a halted wave stay while the number of failures does, and where they are of something else', () => {
    const reasons = [reason('FailureBudgetExceeded', 'as it was')];
    const halted = { status: 'Halted' as const, maxFailures: 0, failed: 1 };
    expect(moved({ ...halted, reasons }, member, succeeded).reasons).toEqual(reasons);
    const none = [noneSucceeded(waveItem({ failed: 1 }))];
    expect(moved({ ...halted, reasons: none }, member, failed).reasons).toEqual(none);
    expect(none[0]?.message).toBe(
      'Some were tried and none succeeded: 0 succeeded, 1 failed, 0 blocked, 0 excluded, 0 quarantined.',
    );
  });

  test('keep a spent budget of rollbacks only where the wave had halted by it', () => {
    const reasons = [reason('RollbackBudget', 'two go back'), reason('FailureBudgetExceeded', '1')];
    const halted = moved({ status: 'Halted', maxFailures: 0, failed: 1, reasons }, member, failed);
    expect(halted.reasons.map(({ code }) => code)).toEqual(['FailureBudgetExceeded', 'RollbackBudget']);
    const open = moved({ status: 'Open', maxFailures: 0, reasons }, member, failed);
    expect(open.reasons.map(({ code }) => code)).toEqual(['FailureBudgetExceeded']);
  });

  test('do not halt a soaking wave whose members fail beside successes that stay', () => {
    expect(moved({ status: 'Soaking', succeeded: 0 }, member, failed).status).toBe('Soaking');
    expect(moved({ status: 'Soaking', succeeded: 1 }, succeeded, failed)).toMatchObject({
      status: 'Halted',
      reasons: [{ code: 'NoneSucceeded' }],
    });
  });
});

describe('how a rollout ends', () => {
  test.each([
    [[{ failed: 0, blocked: 0 }], 'Completed', '0 clusters failed, 0 are blocked.'],
    [
      [
        { failed: 1, blocked: 0 },
        { failed: 0, blocked: 1 },
      ],
      'CompletedWithFailures',
      '1 cluster failed, 1 is blocked.',
    ],
    [
      [
        { failed: 1, blocked: 2 },
        { failed: 2, blocked: 1 },
      ],
      'CompletedWithFailures',
      '3 clusters failed, 3 are blocked.',
    ],
  ])('%j: %s', (waves, status, message) => {
    expect(rolloutEnd(waves.map(waveItem))).toEqual({ status, reasons: [{ code: 'AllWavesEnded', message }] });
  });

  test('every settled member is counted where it has settled', () => {
    const of = (...statuses: Member['status'][]) => countSettled(statuses.map((status) => memberItem({ status })));
    expect(of()).toEqual({ succeeded: 0, failed: 0, blocked: 0, excluded: 0, quarantined: 0 });
    expect(of('Succeeded', 'Failed', 'Failed', 'Blocked', 'Excluded', 'Quarantined', 'Pending', 'Left')).toEqual({
      ...{ succeeded: 1, failed: 2, blocked: 1, excluded: 1, quarantined: 1 },
    });
  });
});

test('an Undecided wave in which a cluster goes on is as before its end; any other stays as it is', () => {
  const undecided = waveItem({ status: 'Undecided', endedAt: AT, reasons: because('NothingProved') });
  expect(waveGoingOn(undecided)).toMatchObject({ status: 'Open', endedAt: undefined, reasons: [] });
  const { openedAt: _, ...unopened } = undecided;
  expect(waveGoingOn(unopened).status).toBe('Pending');
  const soaking = waveItem({ status: 'Soaking' });
  expect(waveGoingOn(soaking)).toBe(soaking);
});

test('a member that is taken out gives its place back, and only one that has a place', () => {
  const wave = waveItem({ inFlight: 2, members: 3, needWork: 3 });
  const out = withoutPlace(member, 'Excluded', because('Skipped'));
  expect(waveWithout(wave, member, out, NOON)).toMatchObject({ inFlight: 1, excluded: 1 });
  expect(waveWithout(wave, { ...member, inFlight: false }, out, NOON)).toMatchObject({ inFlight: 2, excluded: 1 });
});

test('a member without a place keeps its target, unless it counts as succeeded where it is', () => {
  const waits = { ...member, from: '1.36', to: '1.38' };
  expect(withoutPlace(waits, 'Succeeded', because('X'))).toMatchObject({
    ...{ status: 'Succeeded', from: '1.36', to: '1.36', inFlight: false, reasons: because('X') },
  });
  expect(withoutPlace(waits, 'Excluded', [])).toMatchObject({ status: 'Excluded', to: '1.38', reasons: [] });
  expect(withoutPlace({ ...waits, failedBefore: true }, 'Excluded', []).status).toBe('Failed');
});

test('a failure without noted traits tells nothing of what clusters have in common', () => {
  const wave = waveItem({ members: 2, needWork: 2, maxFailures: 2 });
  const bare = { ...member, status: 'Failed' as const };
  const once = waveAfter(wave, member, bare, AT);
  expect(once.traits).toEqual({ failed: {}, succeeded: {}, withoutCause: 1 });
  expect(waveAfter(once, bare, { ...bare, status: 'Pending' }, AT).traits).toEqual({ failed: {}, succeeded: {} });
  // The counter never falls below nothing, also where an older release has not counted.
  expect(waveAfter(wave, bare, { ...bare, status: 'Pending' }, AT).traits).toEqual({ failed: {}, succeeded: {} });
  const marked = { ...bare, traits: ['zone/a'] };
  expect(waveAfter(wave, member, marked, AT).traits).toEqual({ failed: { 'zone/a': 1 }, succeeded: {} });
  const done = { ...bare, status: 'Succeeded' as const };
  expect(waveAfter(wave, member, done, AT).traits).toEqual({ failed: {}, succeeded: {} });
});

test('clusters that stay at their minor are counted beside hops, which have other traits whatever becomes of them', () => {
  const wave = waveItem({ members: 2, needWork: 2, maxFailures: 2 });
  const stays = { ...member, from: '1.37', to: '1.37', traits: ['version/1.37'] };
  const once = waveAfter(wave, stays, { ...stays, status: 'Failed' }, AT);
  const counted = { failed: { 'version/1.37': 1 }, succeeded: {}, failures: 1, successes: 0 };
  expect(once.traits).toEqual({ failed: {}, succeeded: {}, within: counted });
  const again = waveAfter(once, { ...stays, status: 'Failed' }, { ...stays, status: 'Succeeded' }, AT);
  const cleared = { failed: {}, succeeded: { 'version/1.37': 1 }, failures: 0, successes: 1 };
  expect(again.traits?.within).toEqual(cleared);
  const arrived = { ...member, from: '1.37', to: '1.37', origin: '1.36', traits: ['version/1.36'] };
  const hopped = waveAfter(again, arrived, { ...arrived, status: 'Succeeded' }, AT);
  expect(hopped.traits).toEqual({ failed: {}, succeeded: { 'version/1.36': 1 }, within: cleared });
});
