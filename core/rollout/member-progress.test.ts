import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import type { AnyCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { memberChange, overtaken, standingReasons } from './member-progress.ts';
import type { FleetSnapshot } from './snapshot.ts';

const now = new Date('2026-11-20T12:00:00Z');
const suspected = reason('SuspiciousTrait', 'It shares what those that failed have.');
const denied = {
  type: 'Reachable',
  status: 'False' as const,
  reason: 'Denied',
  message: 'It cannot be read.',
  lastTransitionTime: now.toISOString(),
};

test.each<[AnyCode, 'leaves its rollout' | 'is set aside', Partial<ClusterRecord>]>([
  ['Excluded', 'leaves its rollout', { tags: { 'liftlock/paused': 'true' } }],
  ['Pinned', 'leaves its rollout', { tags: { 'liftlock/pin-version': '1.36' } }],
  ['BadTag', 'leaves its rollout', { tags: { 'liftlock/paused': 'perhaps' } }],
  ['NotInFleet', 'leaves its rollout', { region: 'us-east-1' }],
  ['Unsupported', 'leaves its rollout', { unsupported: 'It is on Outposts.' }],
  ['Gone', 'leaves its rollout', { deletedAt: now.toISOString() }],
  ['Unreachable', 'is set aside', { conditions: [denied] }],
  ['Creating', 'is set aside', { status: 'CREATING' }],
  ['Deleting', 'is set aside', { status: 'DELETING' }],
  ['RecentlyCreated', 'is set aside', { createdAt: '2026-11-20T11:00:00.000Z' }],
  ['SuspiciousTrait', 'is set aside', {}],
])('a cluster that has not begun and meets %s %s', (code, expected, more) => {
  const cluster = clusterRecord({ name: 'web', version: '1.36', ...more });
  const snapshot = fleetSnapshot({ clusters: [cluster], policies: {} });
  const member = memberItem({ clusterKey: cluster.clusterKey });
  const standing = standingReasons(
    snapshot,
    rolloutItem(),
    undefined,
    member,
    () => (code === 'SuspiciousTrait' ? suspected : undefined),
    now,
  );
  expect(standing.map((one) => one.code)).toEqual([code]);
  expect(memberChange(snapshot, rolloutItem(), member, undefined, standing)).toMatchObject({
    type: 'change-member',
    status: expected === 'is set aside' ? 'Quarantined' : 'Excluded',
    reasons: [{ code }],
  });
});

test('a cluster that is set aside is still told that it goes later than its own wave, and is not set aside anew for that', () => {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const snapshot = fleetSnapshot({ clusters: [cluster], policies: {} });
  const later = reason('LaterWave', 'Its own wave has begun.');
  const member = memberItem({ clusterKey: cluster.clusterKey, reasons: [later] });
  const change = memberChange(snapshot, rolloutItem(), member, undefined, [suspected]);
  expect(change).toMatchObject({ status: 'Quarantined', reasons: [suspected, later] });
  const aside = { ...member, status: 'Quarantined' as const, reasons: [suspected, later] };
  expect(memberChange(snapshot, rolloutItem(), aside, undefined, [suspected])).toBeUndefined();
});

/** The next state of a waiting member, with the given cluster, upgrade and rollout. */
function changed(given: {
  readonly cluster?: Partial<ClusterRecord> | 'none';
  readonly member?: Parameters<typeof memberItem>[0];
  readonly upgrade?: Partial<Upgrade>;
  readonly rollout?: Parameters<typeof rolloutItem>[0];
  readonly standing?: readonly Reason[];
  readonly more?: Partial<FleetSnapshot>;
  readonly wave?: Wave['status'];
}) {
  const cluster = clusterRecord({ name: 'web', version: '1.36', ...(given.cluster === 'none' ? {} : given.cluster) });
  const { clusterKey } = cluster;
  const snapshot = {
    ...fleetSnapshot({ clusters: given.cluster === 'none' ? [] : [cluster], policies: {} }),
    ...given.more,
  };
  const upgrade: Upgrade | undefined =
    given.upgrade === undefined
      ? undefined
      : {
          ...{ clusterKey, id: '1.36-1.37', machine: 'upgrade-cluster', from: '1.36', to: '1.37', status: 'Parked' },
          ...{ mutated: false, steps: {}, requestedBy: 'liftlock', reasons: [] },
          ...given.upgrade,
        };
  const member = memberItem({ clusterKey, ...given.member });
  const wave = waveItem({ status: given.wave ?? 'Open' });
  const change = memberChange(snapshot, rolloutItem(given.rollout), member, upgrade, given.standing ?? [], wave);
  if (change === undefined) return 'goes on';
  if (change.type !== 'change-member' && change.type !== 'cancel-upgrade') return change.type;
  const codes = change.reasons.map(({ code }) => code).join();
  return `${change.type === 'change-member' ? change.status : 'its upgrade is canceled'}: ${codes}`;
}

const begun = { mutated: true };
const homeless = [reason('NoWave', 'No wave takes it.')];
const paused = [reason('Excluded', 'Its tag says so.')];
const aborted = { status: 'Aborted' as const };
const beyond = { version: '1.38' };
const heldNow = (clusterKey: string, mutated?: true): Partial<FleetSnapshot> => ({
  controls: new Map([
    [
      clusterKey,
      { clusterKey, held: { reason: reason('UpdateFailed', 'It failed.'), since: now.toISOString(), mutated } },
    ],
  ]),
});
const key = clusterRecord({ name: 'web' }).clusterKey;

test.each<[string, Parameters<typeof changed>[0], string]>([
  ['is ordinary', {}, 'goes on'],
  ['is not known, in a fleet that cannot be read', { cluster: 'none', more: { fleet: undefined } }, 'goes on'],
  ['is not known', { cluster: 'none' }, 'Excluded: Gone'],
  ['was deleted', { cluster: { deletedAt: now.toISOString() } }, 'Excluded: Gone'],
  ['was deleted while it was half done', { cluster: 'none', upgrade: begun }, 'its upgrade is canceled: Gone'],
  ['is of an aborted rollout', { rollout: aborted }, 'Excluded: RolloutAborted'],
  ['parked in an aborted rollout', { rollout: aborted, upgrade: {} }, 'its upgrade is canceled: RolloutAborted'],
  ['is half done in an aborted rollout', { rollout: aborted, upgrade: begun }, 'goes on'],
  ['is half done, and a tag would take it out', { upgrade: begun, standing: paused }, 'goes on'],
  ['parked, and a tag takes it out', { upgrade: {}, standing: paused }, 'its upgrade is canceled: Excluded'],
  [
    'ended an upgrade, and a tag takes it out',
    { upgrade: { ...begun, status: 'Succeeded' }, standing: paused },
    'Excluded: Excluded',
  ],
  ['is held', { more: heldNow(key) }, 'Blocked: Held'],
  ['is held since somebody else’s upgrade of it failed half done', { more: heldNow(key, true) }, 'Failed: Held'],
  ['is held half done', { more: heldNow(key), upgrade: begun }, 'goes on'],
  ['went past the target by itself', { cluster: beyond }, 'Excluded: BeyondTarget'],
  ['is at the target: nodes and add-ons follow', { cluster: { version: '1.37' } }, 'goes on'],
  ['holds a place', { member: { inFlight: true, status: 'Parked' }, standing: [suspected] }, 'goes on'],
  ['no wave takes while its own is open', { standing: homeless }, 'Quarantined: NoWave'],
  ['no wave takes when its own has passed', { standing: homeless, wave: 'Completed' }, 'Excluded: NoWave'],
  [
    'cannot be read when its wave has passed',
    { standing: [reason('Unreachable', '')], wave: 'Completed' },
    'Quarantined: Unreachable',
  ],
  [
    'no wave takes between two hops when its own has passed',
    { member: { inFlight: true, status: 'Parked' }, standing: homeless, wave: 'Completed' },
    'Quarantined: NoWave',
  ],
  [
    'parked and has changed nothing',
    { member: { status: 'Parked' }, upgrade: {}, standing: [suspected] },
    'Quarantined: SuspiciousTrait',
  ],
  [
    'parked after a change',
    { member: { status: 'Parked' }, upgrade: { mutated: true }, standing: [suspected] },
    'goes on',
  ],
  [
    'was set aside for something else',
    { member: { status: 'Quarantined', reasons: [reason('Unreachable', '')] }, standing: [suspected] },
    'Quarantined: SuspiciousTrait',
  ],
])('a member whose cluster %s', (_, given, expected) => {
  expect(changed(given)).toBe(expected);
});

test('nothing stands against a cluster of which nothing is known, or in a fleet that cannot be read', () => {
  const cluster = clusterRecord({ name: 'web', version: '1.36', status: 'CREATING' });
  const member = memberItem({ clusterKey: cluster.clusterKey });
  const snapshot = fleetSnapshot({ clusters: [cluster], policies: {} });
  expect(
    standingReasons({ ...snapshot, fleet: undefined }, rolloutItem(), undefined, member, () => suspected, now),
  ).toEqual([]);
  expect(
    standingReasons({ ...snapshot, clusters: new Map() }, rolloutItem(), undefined, member, () => suspected, now),
  ).toEqual([]);
});

const left = { id: '1.35-1.36', machine: 'upgrade-cluster', to: '1.36', status: 'Parked', mutated: true } as Upgrade;
test.each<[string, Partial<Upgrade>, Partial<ClusterRecord> | undefined, boolean]>([
  ['it is past its version', {}, { version: '1.37' }, true],
  ['it is at its version', {}, { version: '1.36' }, false],
  ['it is before it', {}, { version: '1.35' }, false],
  ['it is gone', {}, { version: '1.37', deletedAt: now.toISOString() }, false],
  ['nobody knows it', {}, undefined, false],
  ['only its nodes were to follow', { machine: 'roll-node-group' }, { version: '1.37' }, false],
])('what nobody goes on with is closed for a cluster or not: %s', (_, more, cluster, expected) => {
  const upgrade = { ...left, ...more };
  const found = overtaken(upgrade, cluster && clusterRecord({ name: 'web', ...cluster }));
  const said =
    "The cluster is at 1.37 by now, beyond 1.36: what was left of this upgrade is nobody's any more. What is behind says: liftlock explain cluster web.";
  const closed = { type: 'cancel-upgrade', upgrade, reasons: [reason('BeyondTarget', said)] };
  expect(found).toEqual(expected ? closed : undefined);
});
