import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { rollbackView } from './rollback-view.ts';

const now = new Date('2026-11-20T08:00:00Z');
const ago = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString();

/** What is told of a cluster whose rollback has failed, or was stopped, after this. */
function told(steps: object, lastSeenAt: string): string[] {
  const cluster = {
    ...{ name: 'web', region: 'eu-central-1', version: '1.36', versionObservedAt: ago(20), lastSeenAt },
    nodegroups: [{ name: 'workers', version: '1.36', status: 'ACTIVE', issues: [] }],
    addons: [{ name: 'kube-proxy', version: 'v1.36.0-eksbuild.14' }],
  } as unknown as ClusterRecord;
  const hop = { id: '1.35-1.36', from: '1.35', to: '1.36', status: 'Succeeded', controlPlaneCompletedAt: ago(20) };
  const up = { 'roll-node-group/workers': done('Rolled', 19) };
  const back = { id: 'rollback-1.36-1.35', from: '1.36', to: '1.35', machine: 'rollback-cluster', status: 'Failed' };
  const upgrades = [
    { ...hop, steps: up },
    { ...back, steps, reasons: [] },
  ] as unknown as Upgrade[];
  return rollbackView(cluster, { upgrades, region: undefined, now }).reasons.map(({ code }) => code);
}

const done = (code: string, hours: number) => ({
  ...{ status: 'done', startedAt: ago(hours + 0.5), endedAt: ago(hours) },
  reasons: [{ code, message: 'Done.' }],
});
const nodes = { 'roll-node-group/workers': done('Rolled', 2) };
const addons = { 'update-addons-back': done('AddonFits', 1) };

test.each<[string, object, number, string[]]>([
  ['had changed nothing', {}, 3, ['NodesGoBack', 'AddonsFirst']],
  ['had taken nodes back', nodes, 3, ['AddonsFirst']],
  ['had taken nodes and add-ons back', { ...nodes, ...addons }, 3, []],
  ['had taken both back, and somebody looked since', { ...nodes, ...addons }, 0.5, ['NodesGoBack', 'AddonsFirst']],
])('a rollback that was stopped when it %s says what is left', (_, steps, seen, left) => {
  expect(told(steps, ago(seen))).toEqual(left);
});
