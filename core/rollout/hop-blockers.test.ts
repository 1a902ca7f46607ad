import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { blockersOnTheWay, hopBlockers } from './hop-blockers.ts';

const cluster = clusterRecord({
  ...{ name: 'web', version: '1.35' },
  nodegroups: ['old', 'older'].map((name) => ({
    name,
    version: '1.32',
    amiType: 'AL2_x86_64',
    status: 'ACTIVE',
  })) as never,
});
const { clusterKey } = cluster;
const next = KubeVersion.parse('1.36');
const scan = (cause: string) => {
  const found = { cause, severity: 'error' as const, findings: 2, what: 'It is too old.', fixes: ['Replace it.'] };
  const of = { target: '1.36', scannedAt: '2026-11-20T08:00:00Z', from: '1.35', verdict: 'fail' as const, gaps: 0 };
  return { clusterKey, scans: [{ ...of, causes: [found] }] };
};
const about = (reasons: readonly { readonly message: string }[], name: string) =>
  reasons.filter(({ message }) => message.includes(name)).length;

test('what the inventory proves of a node group is told once: by the scan where that has found it, on the whole way', () => {
  const alone = hopBlockers(cluster, undefined, next, true);
  expect([about(alone, 'group old '), about(alone, 'on old ')]).toEqual([1, 1]);
  for (const told of [
    hopBlockers(cluster, scan('nodegroup:old'), next, true),
    blockersOnTheWay(cluster, scan('nodegroup:old'), '1.37', undefined),
  ]) {
    expect([about(told, 'group old '), about(told, 'on old ')]).toEqual([0, 0]);
    expect(about(told, 'nodegroup:old: It is too old. Replace it.')).toBe(1);
    expect([about(told, 'group older '), about(told, 'on older ')]).toEqual([1, 1]);
  }
  expect(about(hopBlockers(cluster, scan('drain:a'), next, true), 'group old ')).toBe(1);
});
