import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { clusterSummary } from './cluster-summary.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

test('a Channel that is applied says the target to whoever asks, as it does to the rollout', () => {
  const cluster = clusterRecord({ name: 'web', version: '1.35' });
  const policies = { p: { selector: {}, target: { channel: 'mine' }, waves: [{ name: 'all' }] } };
  const channels = new Map([['mine', { target: '1.36' }]]);
  const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), channels };
  expect(clusterPolicy(snapshot, cluster, NOW)).toMatchObject({ needsWork: true, reasons: [] });
  expect(clusterSummary(snapshot, cluster, NOW)).toMatchObject({ target: '1.36', state: 'Behind' });
});
