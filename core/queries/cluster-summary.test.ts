import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { asUpgraded } from '../rollout/snapshot.ts';
import { clusterSummary } from './cluster-summary.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const group = (version: string, amiType = 'AL2023_x86_64_STANDARD') => ({
  ...{ name: 'workers', version, amiType },
  ...{ status: 'ACTIVE', issues: [] },
});

interface Given {
  readonly version?: string;
  readonly group: ClusterRecord['nodegroups'][number];
  readonly wave?: object;
  readonly unread?: ClusterRecord['unreadable'];
  readonly parkedFor?: Upgrade['reasons'];
  readonly inFlight?: boolean;
  readonly status?: Rollout['status'];
  readonly ofWave?: Wave['status'];
}

function stateOf({
  version = '1.37',
  group: own,
  wave = {},
  parkedFor,
  inFlight,
  status = 'Running',
  ofWave,
  unread = [],
}: Given) {
  const cluster = clusterRecord({ name: 'web', version, nodegroups: [own], unreadable: unread });
  const { clusterKey } = cluster;
  const policies = { p: { selector: {}, target: '1.37', waves: [{ name: 'all', ...wave }] } };
  const member = memberItem({ clusterKey, name: 'web', to: '1.37', status: 'Pending', inFlight: inFlight === true });
  const snapshot = {
    ...fleetSnapshot({ clusters: [cluster], policies }),
    ...(inFlight === undefined
      ? {}
      : {
          rollouts: [rolloutItem({ status })],
          waves: [waveItem({ index: 0, name: 'all', ...(ofWave && { status: ofWave }) })],
          members: [member],
        }),
    upgrades:
      parkedFor === undefined ? [] : [upgrade({ clusterKey, waveIndex: 0, status: 'Parked', reasons: parkedFor })],
  };
  return clusterSummary(snapshot, cluster, NOW).state;
}

const keeps = { rollNodes: 'whenSkewRequires' };
test.each<[string, Given, string]>([
  ['whole', { group: group('1.37') }, 'UpToDate'],
  [
    'at its target, with a group that was at work',
    { group: { ...group('1.37'), status: 'UPDATING' } },
    'PatchesUnknown',
  ],
  [
    'at its target, and not read since',
    { group: group('1.37'), unread: [reason('Unreadable', 'x')] },
    'PatchesUnknown',
  ],
  [
    'at its target, of whose insights alone nothing is known',
    { group: group('1.37'), unread: [{ ...reason('Unreadable', 'x'), part: 'insights' }] },
    'UpToDate',
  ],
  ['at its target with an older managed group', { group: group('1.36') }, 'NodesBehind'],
  ['at its target with an older custom AMI', { group: group('1.36', 'CUSTOM') }, 'ManualNodes'],
  ['baking', { group: group('1.36'), parkedFor: [reason('Baking', 'x')] }, 'NodesKept'],
  ['watched', { group: group('1.37'), parkedFor: [reason('Watching', 'x')], inFlight: true }, 'Watched'],
  [
    'watched, of a rollout that is paused',
    { group: group('1.37'), parkedFor: [reason('Watching', 'x')], inFlight: true, status: 'Paused' },
    'Parked',
  ],
  [
    'watched, of a wave that has halted while others of it still run',
    { group: group('1.37'), parkedFor: [reason('Watching', 'x')], inFlight: true, ofWave: 'Halted' },
    'Parked',
  ],
  [
    'watched, of a rollout that does not run any more',
    { group: group('1.37'), parkedFor: [reason('Watching', 'x')] },
    'Parked',
  ],
  ['parked for something else', { group: group('1.36'), parkedFor: [reason('WindowClosed', 'x')] }, 'Parked'],
  [
    'between two hops whose policy keeps nodes',
    { version: '1.36', group: group('1.35'), wave: keeps, inFlight: true },
    'NodesKept',
  ],
  [
    'a member of that wave that has not begun',
    { version: '1.36', group: group('1.35'), wave: keeps, inFlight: false },
    'Waiting',
  ],
  [
    'between two hops with its nodes along',
    { version: '1.36', group: group('1.36'), wave: keeps, inFlight: true },
    'Waiting',
  ],
  [
    'between two hops whose policy keeps nodes, with none but others behind',
    { version: '1.36', group: group('1.35', 'CUSTOM'), wave: keeps, inFlight: true },
    'Waiting',
  ],
  ['between two hops of a wave that rolls them', { version: '1.36', group: group('1.35'), inFlight: true }, 'Waiting'],
])('a cluster that is %s', (_, given, state) => {
  expect(stateOf(given)).toBe(state);
});

test('of an upgrade that waits, and what takes back what it has left, the upgrade is told', () => {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const { clusterKey } = cluster;
  const hop = upgrade({ clusterKey, status: 'Parked' });
  const undo = upgrade({ clusterKey, id: 'undo-1.36-1.37', machine: 'restore-nodes', status: 'Pending' });
  const fleet = fleetSnapshot({ clusters: [cluster], policies: {} });
  for (const upgrades of [
    [undo, hop],
    [hop, undo],
  ])
    expect(clusterSummary({ ...fleet, upgrades }, cluster, NOW).upgrade?.id).toBe(hop.id);
});

test('where its own upgrade has moved the control plane it is there before the inventory has looked, and one on its way back is where it was seen', () => {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const { clusterKey } = cluster;
  const seen = (given: Partial<Upgrade>) => {
    const own = upgrade({ clusterKey, status: 'Running', ...given });
    return clusterSummary({ ...fleetSnapshot({ clusters: [cluster], policies: {} }), upgrades: [own] }, cluster, NOW)
      .version;
  };
  const controlPlaneCompletedAt = NOW.toISOString();
  expect(seen({ controlPlaneCompletedAt })).toBe('1.37');
  expect(seen({})).toBe('1.36');
  expect(seen({ controlPlaneCompletedAt, from: '1.35', to: '1.36' })).toBe('1.36');
  expect(seen({ controlPlaneCompletedAt, from: '1.36', to: '1.35', machine: 'rollback-cluster' })).toBe('1.36');
});

test('a parked undo says nothing of where its cluster stands', () => {
  const cluster = clusterRecord({ name: 'web', version: '1.37', nodegroups: [group('1.37')] });
  const policies = { p: { selector: {}, target: '1.37', waves: [{ name: 'all' }] } };
  const undo = upgrade({ clusterKey: cluster.clusterKey, id: 'undo-1', machine: 'restore-nodes', status: 'Parked' });
  const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), upgrades: [undo] };
  expect(clusterSummary(snapshot, cluster, NOW)).toMatchObject({ state: 'UpToDate', upgrade: null });
});

test('which upgrades are whose is found once for a whole fleet', () => {
  let asked = 0;
  const upgrades = Array.from({ length: 40 }, (_, index) => {
    const { clusterKey } = clusterRecord({ name: `web-${index}` });
    const one = upgrade({ steps: {}, controlPlaneCompletedAt: NOW.toISOString() });
    const get = () => {
      asked += 1;
      return clusterKey;
    };
    return Object.defineProperty(one, 'clusterKey', { get });
  });
  const versions = Array.from({ length: 50 }, (_, index) => {
    const cluster = clusterRecord({ name: `web-${index}`, version: '1.36' });
    return asUpgraded({ upgrades }, { ...cluster, lastSeenAt: '2026-11-20T11:00:00.000Z' }).version;
  });
  expect([versions[0], versions[39], versions[40], asked]).toEqual(['1.37', '1.37', '1.36', 40]);
});
