import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { wave as waveSchema } from '../contracts/items/rollout.ts';
import { memberItem, waveItem } from '../contracts/items/testing/rollout-items.ts';
import { quoted } from '../contracts/step-result.ts';
import { settle, type UpgradeEnd } from './settle-decision.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const upgrade = (mutated: boolean): Upgrade => ({
  clusterKey: 'k',
  id: '1.36-1.37',
  machine: 'upgrade-cluster',
  from: '1.36',
  to: '1.37',
  status: 'Running',
  mutated,
  steps: {},
  requestedBy: 'liftlock',
  reasons: [],
});
const member = memberItem({ status: 'Running', inFlight: true });
const wave = waveItem({ name: 'dev', members: 3, needWork: 3, maxConcurrency: 1, inFlight: 1, succeeded: 1 });
const because = (code: string) => [quoted(code, 'because')];

describe('how an execution that ends leaves its upgrade, its member and its wave', () => {
  test.each<[string, UpgradeEnd, boolean, Upgrade['status'], Member['status'], boolean]>([
    ['done', { status: 'done', reasons: [] }, true, 'Succeeded', 'Succeeded', false],
    ['failed after a mutation', { status: 'failed', reasons: because('X') }, true, 'Failed', 'Failed', true],
    ['failed without a mutation', { status: 'failed', reasons: because('X') }, false, 'Blocked', 'Blocked', false],
    ['blocked without a mutation', { status: 'blocked', reasons: because('X') }, false, 'Blocked', 'Blocked', false],
    ['blocked after a mutation', { status: 'blocked', reasons: because('X') }, true, 'Failed', 'Failed', true],
    ['parked', { status: 'parked', reasons: because('FleetStopped') }, true, 'Parked', 'Parked', false],
    [
      'parked by a foreign update before any mutation',
      { status: 'parked', reasons: because('ForeignUpdate') },
      false,
      'Parked',
      'Quarantined',
      false,
    ],
    [
      'parked by a foreign update after a mutation',
      { status: 'parked', reasons: because('ForeignUpdate') },
      true,
      'Parked',
      'Parked',
      false,
    ],
    [
      'stopped from outside before any mutation',
      { status: 'stopped', reasons: because('X') },
      false,
      'Blocked',
      'Blocked',
      true,
    ],
    [
      'stopped from outside after a mutation',
      { status: 'stopped', reasons: because('X') },
      true,
      'Failed',
      'Failed',
      true,
    ],
    ['gone', { status: 'gone', reasons: because('Gone') }, true, 'Canceled', 'Excluded', false],
  ])('%s', (_, end, mutated, upgradeStatus, memberStatus, held) => {
    const settlement = settle(NOON, upgrade(mutated), member, wave, end);
    expect(settlement.upgrade.status).toBe(upgradeStatus);
    expect(settlement.member?.status).toBe(memberStatus);
    expect(settlement.hold !== undefined).toBe(held);
  });

  test('every member counts once, whatever becomes of it', () => {
    const failed = settle(NOON, upgrade(true), member, wave, { status: 'failed', reasons: because('X') });
    expect(failed.wave).toMatchObject({ succeeded: 1, failed: 1, status: 'Halted' });
    const parked = settle(NOON, upgrade(true), member, wave, { status: 'parked', reasons: because('X') });
    expect(parked.wave).toMatchObject({ succeeded: 1, failed: 0, blocked: 0, quarantined: 0, status: 'Open' });
  });

  test('a budget is exceeded by the failure after the last one that it allows', () => {
    const generous = { ...wave, maxFailures: 1 };
    const first = settle(NOON, upgrade(true), member, generous, { status: 'failed', reasons: because('X') }).wave;
    expect(first?.status).toBe('Open');
    if (first === undefined) throw new Error('there is no wave');
    expect(settle(NOON, upgrade(true), member, first, { status: 'failed', reasons: because('X') }).wave?.status).toBe(
      'Halted',
    );
  });

  test('a hop that is not the last keeps the place in the wave and goes on from where it is', () => {
    const settlement = settle(NOON, { ...upgrade(true), from: '1.35', to: '1.36' }, member, wave, {
      status: 'done',
      reasons: [],
    });
    expect(settlement.member).toMatchObject({
      status: 'Parked',
      from: '1.36',
      inFlight: true,
      reasons: [{ code: 'NextHop' }],
    });
    expect(settlement.wave?.succeeded).toBe(1);
  });
});

describe('how long an upgrade took', () => {
  const grantedAt = '2026-11-20T11:00:00.000Z';
  const took = (now: Date, from = grantedAt) =>
    settle(now, { ...upgrade(true), startedAt: from }, { ...member, grantedAt: from }, wave, {
      status: 'done',
      reasons: [],
    }).wave;

  test('is learned when it succeeded', () => {
    expect(took(NOON)?.durations).toEqual([3_600]);
  });

  test('is not learned from one that ended before it began, by clocks that differ: the wave stays readable', () => {
    const told = took(new Date('2026-11-20T10:59:30Z'));
    expect(told?.succeeded).toBe(2);
    expect(waveSchema.safeParse(told).success).toBe(true);
  });
});
