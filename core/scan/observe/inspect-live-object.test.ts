import { kubeletSkew } from '../preflight/node-group-checks.ts';
import type { PreflightFacts } from '../preflight/preflight-check.ts';
import { noFacts } from '../reference/cluster-facts.ts';
import { inspectLiveObject } from './inspect-object.ts';
import { liveObject } from './live-object.ts';

const resource = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false, verbs: [] };
const node = { name: 'a', kubeletVersion: 'v1.34.1', ready: true, unschedulable: false };

test.each<[string, Record<string, string>, string, string | undefined]>([
  ['a managed group', { 'eks.amazonaws.com/nodegroup': 'workers' }, 'nodegroup:workers', 'workers'],
  ['a pool of Karpenter', { 'karpenter.sh/nodepool': 'spot' }, 'nodegroup:spot', undefined],
  ['a group of eksctl', { 'alpha.eksctl.io/nodegroup-name': 'own' }, 'nodegroup:own', undefined],
  ['nobody that says so', {}, 'nodegroup:none', undefined],
])('the scan of objects and the preflight check say alike whose a node of %s is', (_, labels, cause, nodegroup) => {
  const { kubeletVersion } = node;
  const value = { metadata: { name: 'a', labels }, status: { nodeInfo: { kubeletVersion } } };
  const server = { ready: { ok: true, failed: [] }, workloads: [], nodes: [{ ...node, labels }] };
  const facts = { nodegroups: [], hasMoved: false, server } as unknown as PreflightFacts;
  const found = [...inspectLiveObject(liveObject(value, resource), noFacts()), ...kubeletSkew.observe(facts)];
  const owners = found.map((one) => [one.cause, 'nodegroup' in one ? one.nodegroup : undefined]);
  expect(owners).toEqual([
    [cause, nodegroup],
    [cause, nodegroup],
  ]);
});
