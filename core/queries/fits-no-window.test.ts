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
const parks = (after: Upgrade, count: number, code: 'WindowTooShort' | 'WindowClosed' | 'ForeignUpdate'): Upgrade =>
  settle(day(count), { ...after, status: 'Running' }, undefined, undefined, {
    status: 'parked',
    reasons: [reason(code, 'As it says.')],
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

test.each(['WindowTooShort', 'WindowClosed'] as const)(
  'a hop to which its scan leaves nothing of each window says so from the second one on, and counts as stuck: %s',
  (code) => {
    const once = parks(begun, 0, 'WindowClosed');
    expect([once.parkedFor?.times, stuckUpgrades([once], day(0.5))]).toEqual([1, []]);
    const noon = (count: number) => day(count + 0.5);
    expect(explained(once, noon(0)).join()).not.toContain('Lengthen');
    const twice = parks(once, 7, code);
    expect(stuckUpgrades([twice, { ...twice, status: 'Running' }], noon(7))).toHaveLength(2);
    const [closed, ...why] = explained(twice, noon(7));
    expect(closed).toMatch(/^WindowClosed: /);
    expect(why[0]).toBe(
      `WindowTooShort: In 2 windows in a row since ${day(0).toISOString()} the scan left no time for the first change. Lengthen the windows, write mayOverrun: true, or find out what makes the scan slow.`,
    );
    expect(why.slice(1)).toEqual(code === 'WindowTooShort' ? ['WindowTooShort: As it says.'] : []);
  },
);

test('what has changed its cluster by then, or parks for something else, is not stuck', () => {
  const twice = parks(parks(begun, 0, 'WindowTooShort'), 1, 'WindowClosed');
  const going = { ...twice, status: 'Running', mutated: true, startedAt: day(2).toISOString() } as const;
  expect(stuckUpgrades([going], day(2))).toEqual([]);
  expect(stuckUpgrades([parks(twice, 2, 'ForeignUpdate')], day(2.5))).toEqual([]);
  const halfDone = parks(parks({ ...begun, mutated: true }, 0, 'WindowClosed'), 1, 'WindowClosed');
  expect([halfDone.parkedFor, stuckUpgrades([halfDone], day(1))]).toEqual([undefined, []]);
});

const at = (minutes: number) => new Date(NIGHT + 7 * 86_400_000 - minutes * 60_000).toISOString();
const scanned = (began: number, ended: number): Upgrade['steps'] => ({
  'scan-cluster': { status: 'done', reasons: [], startedAt: at(began), endedAt: at(ended) },
});
test.each<[string, Upgrade['steps'], Upgrade['hooks'], string]>([
  ['the scan', scanned(80, 10), { 'ticket/before/upgrade-cluster': { askedSince: at(9), grantNumber: 2 } }, 'the scan'],
  [
    'a hook that has said nothing',
    scanned(80, 70),
    { 'ticket/before/upgrade-cluster': { askedSince: at(69), grantNumber: 2 } },
    'the hook ticket',
  ],
  [
    'a hook that has said go late',
    scanned(80, 70),
    {
      'ticket/before/upgrade-cluster': { askedSince: at(69), grantNumber: 2, answer: 'go', answeredAt: at(2) },
      'page/before/update-addons/before': { askedSince: at(2), grantNumber: 2, answer: 'wait', answeredAt: at(2) },
    },
    'the hook ticket',
  ],
  [
    'a hook of the window before',
    scanned(80, 1),
    { 'ticket/before/upgrade-cluster': { askedSince: at(1_500), grantNumber: 1 } },
    'the scan',
  ],
])('what took most of the window is to blame: %s', (_, steps, hooks, what) => {
  const once = parks(begun, 0, 'WindowClosed');
  const twice = parks({ ...once, steps, hooks }, 7, 'WindowClosed');
  expect(twice.reasons[0]?.message).toMatch(
    new RegExp(`since .*Z ${what} left no time for the first change\\..* what makes ${what} slow\\.$`),
  );
});
