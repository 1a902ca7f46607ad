import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { verdictOf } from './verdict.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const policies = { p: { selector: {}, target: '1.37', waves: [{ name: 'all', approval: { before: true } }] } };
const inForce = JSON.stringify(policies.p);

function verdict(ofRollout: Partial<Rollout>, status: Wave['status'] = 'Pending', stopped = false) {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const rollout = rolloutItem({ waves: ['all'], ...ofRollout });
  const waves = [waveItem({ name: 'all', status, planHash: 'h' })];
  const member = memberItem({ clusterKey: cluster.clusterKey, name: 'web', to: '1.37' });
  const fleet = fleetSnapshot({ clusters: [cluster], policies });
  const snapshot = { ...fleet, rollouts: [rollout], waves, members: [member], control: { stopped } };
  const place = { rollout, waves, member };
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const { when, reasons } = verdictOf(snapshot, cluster, aim, { place, ofUpgrade: undefined }, NOW);
  return { ...when, codes: reasons.map(({ code }) => code) };
}

test('who waits under an earlier policy is told that its wave is planned anew, not what the plan before waited for', () => {
  const anew = { at: null, condition: 'The next tick of the reconciler plans its wave anew, within a minute.' };
  expect(verdict({ policyRevision: 'before' })).toEqual({ ...anew, codes: ['PolicyChanged'] });
  expect(verdict({ policyRevision: 'before' }, 'Pending', true).codes).toEqual(['PolicyChanged', 'FleetStopped']);
});

test.each<[string, Partial<Rollout>, Wave['status'] | undefined]>([
  ['under the policy in force', { policyRevision: inForce }, undefined],
  ['in a wave that has begun', { policyRevision: 'before' }, 'Open'],
  ['in a halted rollout', { policyRevision: 'before', status: 'Halted' }, undefined],
])('nobody plans anew what waits %s', (_, ofRollout, status) => {
  expect(verdict(ofRollout, status).codes).not.toContain('PolicyChanged');
});
