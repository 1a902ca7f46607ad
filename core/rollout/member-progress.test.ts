import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { memberItem, rolloutItem } from '../contracts/items/testing/rollout-items.ts';
import type { AnyCode } from '../contracts/reasons.ts';
import { reason } from '../contracts/step-result.ts';
import { clusterRecord } from '../policy/testing/cluster-record.ts';
import { memberChange, standingReasons } from './member-progress.ts';
import { fleetSnapshot } from './testing/fleet-snapshot.ts';

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
  const standing = standingReasons(snapshot, member, () => (code === 'SuspiciousTrait' ? suspected : undefined), now);
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
