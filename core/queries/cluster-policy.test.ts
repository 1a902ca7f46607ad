import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetConfig } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { clusterSummary } from './cluster-summary.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

test('a cluster that no policy selects is told which deleted ones selected it, and who has deleted them', () => {
  const cluster = clusterRecord({ name: 'web', labels: { env: 'dev' } });
  const deleted = (name: string, env: string, at: string) => {
    const by = { by: 'bob', at, reason: 'nobody needs it.', selector: { matchLabels: { env } } };
    return { ...fleetConfig, kind: 'UpgradePolicy' as const, name, deleted: by };
  };
  const deletedPolicies = [
    deleted('dev', 'dev', '2026-11-18T12:00:00.000Z'),
    deleted('other', 'prod', '2026-11-19T12:00:00.000Z'),
    deleted('all', 'dev', '2026-11-20T12:00:00.000Z'),
  ];
  const said = (policies: Record<string, object>) => {
    const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), deletedPolicies };
    return clusterPolicy(snapshot, cluster, NOW).reasons.map(({ message }) => message);
  };
  const former =
    'The policy all, which selected it, was deleted by bob at 2026-11-20T12:00:00.000Z: nobody needs it. The policy dev, which selected it, was deleted by bob at 2026-11-18T12:00:00.000Z: nobody needs it.';
  expect(said({})).toEqual([`No UpgradePolicy is applied. ${former} Run: liftlock apply -f policies.yaml`]);
  const prod = { selector: { matchLabels: { env: 'prod' } }, target: 'latest', waves: [{ name: 'all' }] };
  expect(said({ prod })).toEqual([expect.stringMatching(/^No policy selects it: prod .*\. The policy all, which/)]);
});

test('a Channel that is applied says the target to whoever asks, as it does to the rollout', () => {
  const cluster = clusterRecord({ name: 'web', version: '1.35' });
  const policies = { p: { selector: {}, target: { channel: 'mine' }, waves: [{ name: 'all' }] } };
  const channels = new Map([['mine', { target: '1.36' }]]);
  const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), channels };
  expect(clusterPolicy(snapshot, cluster, NOW)).toMatchObject({ needsWork: true, reasons: [] });
  expect(clusterSummary(snapshot, cluster, NOW)).toMatchObject({ target: '1.36', state: 'Behind' });
});
