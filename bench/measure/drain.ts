import { type DrainFacts, noDrainFacts } from '../../core/scan/drain/drain-facts.ts';
import { noteDrainFacts } from '../../core/scan/drain/note-drain-facts.ts';
import { simulateDrain } from '../../core/scan/drain/simulate-drain.ts';
import { liveObject } from '../../core/scan/observe/live-object.ts';
import { type Measure, rounded } from '../figure.ts';

const NODES = 1_000;
const DEPLOYMENTS = 1_000;
const PODS_EACH = 30;
const NOW = new Date('2026-11-25T12:00:00Z');

/** 1,000 nodes in ten groups and 30,000 pods of 1,000 Deployments, each with a budget, one in fifty of which allows nothing. */
export const measure: Measure = async () => {
  const begun = performance.now();
  const facts = largeCluster();
  const noted = performance.now();
  const { nodes, causes } = simulateDrain(facts, new Set(facts.nodes), NOW);
  const ended = performance.now();
  const text = JSON.stringify(facts);
  const note = `${nodes.length} nodes, ${facts.pods.length} pods, ${causes.length} causes`;
  return [
    {
      name: 'drains of 1,000 nodes and 30,000 pods, foreseen',
      value: rounded((ended - noted) / 1_000),
      unit: 's',
      limit: 2,
      note,
    },
    { name: 'the same, noted while they are listed', value: rounded((noted - begun) / 1_000), unit: 's' },
    {
      name: 'the same, memory in all',
      value: rounded(process.resourceUsage().maxRSS / 1_024),
      unit: 'MiB',
      limit: 300,
    },
    { name: 'the same, put away between invocations', value: rounded(text.length / 1_000), unit: 'kB' },
  ];
};

function largeCluster(): DrainFacts {
  const facts = noDrainFacts();
  const note = (group: string, version: string, kind: string, resource: string, value: Record<string, unknown>) =>
    noteDrainFacts(liveObject(value, { group, version, kind, resource, namespaced: true, verbs: ['list'] }), facts);
  for (let at = 0; at < NODES; at += 1) {
    note('', 'v1', 'Node', 'nodes', {
      metadata: {
        name: `node-${at}`,
        labels: { 'eks.amazonaws.com/nodegroup': `group-${at % 10}`, 'kubernetes.io/hostname': `node-${at}` },
      },
      spec: {},
      status: { allocatable: { cpu: '7910m', memory: '30Gi' }, conditions: [{ type: 'Ready', status: 'True' }] },
    });
  }
  for (let at = 0; at < DEPLOYMENTS; at += 1) {
    const name = `app-${at}`;
    const namespace = `team-${at % 100}`;
    const labels = { app: name, 'pod-template-hash': '5d4f' };
    note('apps', 'v1', 'Deployment', 'deployments', { metadata: { namespace, name }, spec: { replicas: PODS_EACH } });
    note('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets', {
      metadata: { namespace, name, generation: 1 },
      spec: { maxUnavailable: at % 50 === 0 ? 0 : '25%', selector: { matchLabels: { app: name } } },
    });
    const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-5d4f`, uid: name, controller: true };
    for (let pod = 0; pod < PODS_EACH; pod += 1) {
      note('', 'v1', 'Pod', 'pods', {
        metadata: { namespace, name: `${name}-5d4f-${pod}`, labels, ownerReferences: [controller] },
        spec: {
          nodeName: `node-${(at * PODS_EACH + pod) % NODES}`,
          containers: [{ resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
        },
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      });
    }
  }
  return facts;
}
