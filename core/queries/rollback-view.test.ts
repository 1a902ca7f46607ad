import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { reversalOf, rollbackView } from './rollback-view.ts';

const now = new Date('2026-11-20T08:00:00Z');
const daysAgo = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString();
const cluster = {
  version: '1.36',
  versionObservedAt: daysAgo(1),
  nodegroups: [{ name: 'workers', version: '1.35', status: 'ACTIVE', issues: [] }],
} as unknown as ClusterRecord;
const upgraded = (days: number): Upgrade[] => [
  { to: '1.36', controlPlaneCompletedAt: daysAgo(days) } as unknown as Upgrade,
];
const region: RegionVersions | undefined = undefined;

test('within seven days of our own upgrade it is reversible, cheaply while the nodes are behind', () => {
  const view = rollbackView(cluster, upgraded(2), region, now);
  expect(view).toEqual({ status: 'Reversible', to: '1.35', until: daysAgo(-5), reasons: [] });
});

test.each([
  [['workers'], 'The node group workers runs 1.36; it must go back to 1.35 first.'],
  [['api', 'workers'], 'The node groups api, workers run 1.36; they must go back to 1.35 first.'],
])('nodes that followed must go back first, and are named: %s', (names, said) => {
  const nodegroups = names.map((name) => ({ name, version: '1.36', status: 'ACTIVE', issues: [] }));
  const { status, reasons } = rollbackView({ ...cluster, nodegroups }, upgraded(2), region, now);
  expect([status, reasons]).toEqual(['Reversible', [{ code: 'NodesFirst', message: said }]]);
});

test('after exactly seven days it is too late', () => {
  expect(rollbackView(cluster, upgraded(7), region, now).reasons[0]?.code).toBe('TooLate');
});

test('an upgrade to another version says nothing about this one', () => {
  expect(rollbackView({ ...cluster, version: '1.35' }, upgraded(2), region, now).status).toBe('Unknown');
});

test('going back into extended support under a STANDARD policy needs a change first', () => {
  const late = { ...cluster, version: '1.34', supportType: 'STANDARD' };
  const upgrades = [{ to: '1.34', controlPlaneCompletedAt: daysAgo(1) } as unknown as Upgrade];
  expect(rollbackView(late, upgrades, region, now).reasons.map(({ code }) => code)).toEqual(['NeedsExtendedSupport']);
});

test("others' upgrades are not guessed at while they are recent", () => {
  expect(rollbackView(cluster, [], region, now).status).toBe('Unknown');
  expect(rollbackView({ ...cluster, versionObservedAt: daysAgo(30) }, [], region, now).status).toBe('NotReversible');
});

test('of the next hop the way back is told from where the cluster is, and of none where no hop is to come', () => {
  const next = { ...cluster, version: '1.33', supportType: 'STANDARD' };
  const hops = [KubeVersion.parse('1.34')];
  expect(reversalOf(next, hops, region, now).map(({ code }) => code)).toEqual([
    'HopReversible',
    'NeedsExtendedSupport',
  ]);
  expect(reversalOf(next, [], region, now)).toEqual([]);
});
