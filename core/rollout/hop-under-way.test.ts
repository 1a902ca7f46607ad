import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { decide } from './decide.ts';
import type { FleetSnapshot } from './snapshot.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const policy = { selector: {}, target: 'latest', trigger: 'manual', waves: [{ name: 'all' }] };
const cluster = clusterRecord({ name: 'web', version: '1.36' });
const { clusterKey } = cluster;

const upgrade = (more: Partial<Upgrade>): Upgrade => ({
  clusterKey,
  id: '1.36-1.37',
  machine: 'upgrade-cluster',
  from: '1.36',
  to: '1.37',
  status: 'Parked',
  mutated: false,
  steps: {},
  requestedBy: 'unknown',
  reasons: [],
  ...more,
});
/** An aborted rollout has left it, so it does not continue. */
const halfDone = upgrade({ id: '1.35-1.36', from: '1.35', to: '1.36', mutated: true, rolloutId: 'aborted' });

const fleet: FleetSnapshot = fleetSnapshot({ clusters: [cluster], policies: { p0: policy } });
const answers = (snapshot: FleetSnapshot) => {
  const { decisions, waiting } = decide(snapshot, NOW);
  return [decisions.map(({ type }) => type), waiting.flatMap(({ reasons }) => reasons.map(({ code }) => code))];
};

describe('while the hop before it is half done', () => {
  const rollout = rolloutItem({ policy: 'p0', policyRevision: JSON.stringify(policy) });
  const member = memberItem({ clusterKey, name: 'web', from: '1.36', to: '1.37' });
  const asked: FleetSnapshot = { ...fleet, rollouts: [rollout], waves: [waveItem()], members: [member] };

  test('a member of another rollout waits and is told so', () => {
    expect(answers(asked)).toEqual([['grant-member'], []]);
    expect(answers({ ...asked, upgrades: [halfDone] })).toEqual([[], ['UpgradeUnderWay']]);
  });

  test('a hop that a person asked for waits and is told so', () => {
    expect(answers({ ...fleet, upgrades: [upgrade({})] })).toEqual([['grant-upgrade'], []]);
    expect(answers({ ...fleet, upgrades: [upgrade({}), halfDone] })).toEqual([[], ['UpgradeUnderWay']]);
  });

  test('a step that a person asked for goes on: it may be what finishes it', () => {
    const nodes = upgrade({ id: 'roll-node-group-x', machine: 'roll-node-group', from: '1.36', to: '1.36' });
    expect(answers({ ...fleet, upgrades: [nodes, halfDone] })).toEqual([['grant-upgrade'], []]);
  });
});
