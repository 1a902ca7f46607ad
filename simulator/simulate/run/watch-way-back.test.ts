import type { AuditItem } from '../../../core/ports/table.ts';
import { addCluster } from '../../eks/add-cluster.ts';
import { emptyState } from '../../eks/empty-state.ts';
import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { World } from '../../process/world.ts';
import { watchWayBack } from './run-simulation.ts';

const start = new Date('2026-11-20T08:00:00Z');
const finding = (name: string, status: string, category = 'ROLLBACK_READINESS') =>
  ({ id: name, name, category, insightStatus: { status } }) as ClusterRecord['insights']['items'][number];

/** What is told of a rollback that got its grant at `start` and says then that it has checked its way. */
function toldOf(insights: Partial<ClusterRecord['insights']>, detail: object = {}, version = '1.37') {
  const state = emptyState(start);
  const cluster = addCluster(state, { name: 'web', version });
  Object.assign(cluster.insights, insights);
  const world = new World({ state, start, seed: 1 });
  const told = watchWayBack(world);
  const append = (event: string, more: object) => {
    const of = { subject: `${cluster.arn}@x`, sequence: 1, event, at: start.toISOString() };
    const item = { ...of, detail: { upgradeId: 'rollback-1.37-1.36', ...more } };
    for (const tell of world.table.onAppend) tell(item as unknown as AuditItem);
  };
  append('Granted', {});
  append('StepChanged', { step: 'scan-cluster', status: 'done', reasons: [{ code: 'Looked' }], ...detail });
  return told.map(({ message }) => message);
}

const now = start.getTime();
const old = { refreshedAt: now - 3_600_000 };

test.each<[string, string, ReturnType<typeof toldOf>]>([
  ['EKS was not asked anew', 'EKS had not looked anew', toldOf(old)],
  ['EKS was never asked', 'EKS had not looked anew', toldOf({})],
  ['EKS cannot tell', 'UNKNOWN of Kubelet', toldOf({ refreshedAt: now, items: [finding('Kubelet', 'UNKNOWN')] })],
  ['EKS says no', 'ERROR of API usage', toldOf({ refreshedAt: now, items: [finding('API usage', 'ERROR')] })],
])('a way that is called checked where %s is told', (_, said, told) => {
  expect(told).toEqual([expect.stringContaining(said)]);
});

test.each<[string, ReturnType<typeof toldOf>]>([
  [
    'EKS has looked and found what the rollback mends',
    toldOf({ refreshedAt: now, items: [finding('Kubelet', 'ERROR')] }),
  ],
  [
    'EKS says something of the way up',
    toldOf({ refreshedAt: now, items: [finding('API', 'ERROR', 'UPGRADE_READINESS')] }),
  ],
  ['EKS could not look anew, which is said', toldOf(old, { reasons: [{ code: 'RefreshDenied' }] })],
  ['it is back already', toldOf(old, {}, '1.36')],
  ['it is still being checked', toldOf(old, { status: 'running' })],
  ['it is the scan of an upgrade', toldOf(old, { upgradeId: '1.37-1.38' })],
])('nothing is told where %s', (_, told) => {
  expect(told).toEqual([]);
});
