import { aNode } from '../../../test/drain/worlds.ts';
import { noDrainFacts } from './drain-facts.ts';
import { observeHealth } from './observe-drains.ts';

const rulesOf = (facts: Parameters<typeof observeHealth>[0]) =>
  observeHealth(facts).map(({ rule, severity, cause, message }) => [rule, severity, cause, message]);

test('nodes that are not well are told by group, and a paused rollout with its owner', () => {
  const nodes = [
    aNode('a'),
    ...['b', 'c'].map((name) => aNode(name, { ready: false, unschedulable: true })),
    aNode('d', { nodegroup: 'other', unschedulable: true }),
    aNode('e', { pressures: ['DiskPressure'] }),
  ];
  const facts = { ...noDrainFacts(), nodes, paused: ['shop/web'], owners: { 'Deployment/shop/web': 'shop-core' } };
  expect(rulesOf(facts)).toEqual([
    ['NodeNotReady', 'warning', 'nodegroup:workers', '2 nodes of node group workers are not Ready.'],
    ['NodeCordoned', 'warning', 'nodegroup:other', expect.stringMatching(/^A node of node group other is cordoned/)],
    ['NodePressure', 'warning', 'nodegroup:workers', expect.stringMatching(/^A node of node group workers is under/)],
    ['WorkloadPaused', 'warning', 'workload:shop/web', expect.stringContaining('Deployment shop/web is paused')],
  ]);
  expect(observeHealth(facts).at(-1)?.owner).toBe('shop-core');
  expect(rulesOf({ ...noDrainFacts(), nodes: [aNode('a')] })).toEqual([]);
});

test('what EKS has cordoned of a group that it updates is told as its own, and nobody is to uncordon it', () => {
  const nodes = ['workers', 'other'].map((nodegroup) => aNode(nodegroup, { nodegroup, unschedulable: true }));
  const told = observeHealth({ ...noDrainFacts(), nodes }, ['workers']);
  expect(told.map(({ message, fix }) => [message.slice(0, 74), fix.includes('uncordon')])).toEqual([
    ['A node of node group other is cordoned by somebody: no pod of nodes that a', true],
    ['A node of node group workers is cordoned while EKS updates the group: no p', false],
  ]);
});

test('of two nodes all is said of two, and what a drain of Liftlock has cordoned nobody is to uncordon', () => {
  const pair = (more: object) => ['a', 'b'].map((name) => aNode(name, more));
  const told = (more: object) =>
    observeHealth({ ...noDrainFacts(), nodes: pair(more) }).map((one) => [one.message, one.fix]);
  const texts = [{ unschedulable: true }, { ready: false }, { pressures: ['DiskPressure'] }].flatMap(told).flat();
  expect(texts.join(' ')).not.toMatch(/\b(it|its|takes|evicts pods itself)\b/);
  const [[message, fix] = []] = told({ unschedulable: true, cordonedBy: 'drain-nodes-x' });
  expect(message).toMatch(/^2 nodes of node group workers are cordoned by a drain of Liftlock/);
  expect(fix).not.toContain('uncordon');
});
