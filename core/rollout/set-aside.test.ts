import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { decide } from './decide.ts';
import type { FleetSnapshot } from './snapshot.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const later = new Date(NOW.getTime() + 3_600_000).toISOString();
const suspected = reason('SuspiciousTrait', 'It shares what those that failed have.');
const foreign = reason('ForeignUpdate', 'Somebody else updates it.');
const recent = reason('RecentlyCreated', 'It was created an hour ago.');
const unreachable = {
  ...{ type: 'Reachable', status: 'False' as const, reason: 'Denied', message: 'no' },
  lastTransitionTime: '2026-11-20T11:00:00.000Z',
};
const fresh: Partial<ClusterRecord> = { createdAt: '2026-11-20T11:00:00.000Z' };

interface Given {
  readonly second?: Partial<Wave>;
  readonly member?: Partial<Member>;
  readonly clusters?: Partial<ClusterRecord>;
  /** This version cannot read the policy. */
  readonly isUnreadable?: true;
}

/** A rollout at the turn of its second wave, when both members of that were set aside. */
function asideIn({ second = {}, member = {}, clusters = {}, isUnreadable }: Given): FleetSnapshot {
  const records = ['a', 'b'].map((name) => clusterRecord({ name, version: '1.36', ...clusters }));
  const policies = { p: { selector: {}, target: '1.37', waves: [{ name: 'first' }, { name: 'second' }] } };
  return {
    ...fleetSnapshot({ clusters: records, policies: isUnreadable ? {} : policies, caps: { total: 9 } }),
    rollouts: [rolloutItem({ policyRevision: JSON.stringify(policies.p), waves: ['first', 'second'] })],
    waves: [
      waveItem({ index: 0, name: 'first', status: 'Completed', members: 1, succeeded: 1 }),
      waveItem({ index: 1, name: 'second', members: 2, quarantined: 2, needWork: 0, maxConcurrency: 2, ...second }),
    ],
    members: records.map(({ clusterKey, name }) =>
      memberItem({ clusterKey, name, waveIndex: 1, status: 'Quarantined', reasons: [suspected], ...member }),
    ),
  };
}

/** The decision about that wave. */
const decided = (given: Given): string[] =>
  decide(asideIn(given), NOW).decisions.flatMap((one) => {
    if (one.type === 'grant-member') return [`grant ${one.member.name}`];
    if (one.type === 'change-member') return [`${one.member.name} ${one.status}`];
    return one.type === 'change-wave' ? [`wave ${one.status}`] : [];
  });

test.each<[string, Given, string[]]>([
  [
    'as long as it stands, the wave has proved nothing',
    { clusters: { conditions: [unreachable] }, member: { reasons: [reason('Unreachable', '')] } },
    ['wave Undecided'],
  ],
  ['the wave waits for who is only new', { clusters: fresh, member: { reasons: [recent] } }, []],
  [
    'and does not open before one of them may begin',
    { second: { status: 'Pending' }, clusters: fresh, member: { reasons: [recent] } },
    [],
  ],
  ['once it is gone, they begin, and the wave does not end', {}, ['grant a', 'grant b']],
  [
    'once it is gone, they are waited for where there is no room',
    { second: { inFlight: 2 } },
    ['a Pending', 'b Pending'],
  ],
  [
    'once it is gone, also in a wave that was undecided',
    { second: { status: 'Undecided', maxConcurrency: 1 } },
    ['grant a', 'b Pending'],
  ],
  ['a foreign update ends by itself', { member: { reasons: [foreign], resumeAt: later } }, ['wave Undecided']],
  [
    'once it is gone, they are let in before their wave opens',
    { second: { status: 'Pending' } },
    ['a Pending', 'b Pending'],
  ],
  [
    'once it is gone, also in a wave that has passed',
    { second: { status: 'Completed', inFlight: 2 } },
    ['a Pending', 'b Pending'],
  ],
  ['nobody is let in where the policy cannot be read', { isUnreadable: true, member: { reasons: [recent] } }, []],
])('of members that something has set aside: %s', (_, given, expected) => {
  expect(decided(given)).toStrictEqual(expected);
});

test('who is set aside while its rollout is paused, or the fleet is stopped, is told that as well', () => {
  const aside = asideIn({ member: { reasons: [recent] }, clusters: fresh });
  const stop = { stopped: true, at: NOW.toISOString(), by: 'ana', reason: 'a look' };
  const told = (more: Partial<FleetSnapshot>) =>
    decide({ ...aside, ...more }, NOW).waiting[0]?.reasons.map(({ code }) => code);
  expect(told({})).toEqual(['RecentlyCreated']);
  expect(told({ rollouts: aside.rollouts.map((one) => ({ ...one, status: 'Paused' })) })).toEqual([
    ...['RecentlyCreated', 'RolloutPaused'],
  ]);
  expect(told({ control: stop })).toEqual(['RecentlyCreated', 'FleetStopped']);
});
