import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { compileCalendar } from '../calendar/compile-calendar.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { reason } from '../contracts/step-result.ts';
import { settle } from '../protocol/settle-decision.ts';
import { stuckUpgrades } from '../rollout/reconcile-rollouts.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { verdictOf } from './verdict.ts';

const NIGHT = Date.parse('2026-11-20T23:30:00Z');
const day = (count: number) => new Date(NIGHT + count * 86_400_000);
const cluster = clusterRecord({ name: 'web', version: '1.36' });
const nights = compileCalendar('nights', {
  ...{ timeZone: 'UTC', freezes: [] },
  windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '2h' }],
});
const begun = upgrade({ clusterKey: cluster.clusterKey, mutated: false, reasons: [] });
const parks = (after: Upgrade, count: number, code: 'WindowTooShort' | 'WindowClosed'): Upgrade =>
  settle(day(count), { ...after, status: 'Running' }, undefined, undefined, {
    status: 'parked',
    reasons: [reason(code, 'Its scan has taken 80m. Lengthen the windows.')],
  }).upgrade;

function explained(parked: Upgrade, now: Date): readonly string[] {
  const policies = { p: { selector: {}, target: '1.37', waves: [{ name: 'all', calendar: 'nights' }] } };
  const rollout = rolloutItem({ waves: ['all'], policyRevision: JSON.stringify(policies.p) });
  const [wave, member] = [
    waveItem({ index: 0, name: 'all' }),
    memberItem({ clusterKey: cluster.clusterKey, name: 'web', to: '1.37', status: 'Parked', inFlight: true }),
  ];
  const snapshot = {
    ...fleetSnapshot({ clusters: [cluster], policies }),
    ...{ calendars: new Map([['nights', nights]]), rollouts: [rollout], waves: [wave], members: [member] },
    upgrades: [{ ...parked, rolloutId: rollout.id, waveIndex: 0 }],
  };
  const place = { rollout, waves: [wave], member };
  const said = verdictOf(snapshot, cluster, clusterPolicy(snapshot, cluster, now), { place, ofUpgrade: rollout }, now);
  return said.reasons.map(({ code, message }) => `${code}: ${message}`);
}

test('a hop that its scan leaves too little of each window says so from the second one on, and counts as stuck', () => {
  const once = parks(begun, 0, 'WindowTooShort');
  expect([once.parkedFor?.times, stuckUpgrades([once], day(0.5))]).toEqual([1, []]);
  const noon = (count: number) => day(count + 0.5);
  expect(explained(once, noon(0)).join()).not.toContain('Lengthen');
  const twice = parks(once, 7, 'WindowTooShort');
  expect(stuckUpgrades([twice, { ...twice, status: 'Running' }], noon(7))).toHaveLength(2);
  expect(explained(twice, noon(7))).toEqual([
    expect.stringMatching(/^WindowClosed: /),
    `WindowTooShort: 2 looks in a row since ${day(0).toISOString()}: Its scan has taken 80m. Lengthen the windows.`,
  ]);
});

test('what has changed its cluster by then, or parks for something else, is not stuck', () => {
  const twice = parks(parks(begun, 0, 'WindowTooShort'), 1, 'WindowTooShort');
  expect(
    stuckUpgrades([{ ...twice, status: 'Running', mutated: true, startedAt: day(2).toISOString() }], day(2)),
  ).toEqual([]);
  expect(stuckUpgrades([parks(twice, 2, 'WindowClosed')], day(2.5))).toEqual([]);
});
