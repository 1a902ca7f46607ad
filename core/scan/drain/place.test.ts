import { aNode, aShape } from '../../../test/drain/worlds.ts';
import { type DrainNode, type NodeRequirement, noDrainFacts, type PodShape, type Toleration } from './drain-facts.ts';
import { createPlacement } from './place.ts';

/** Where pods of a shape come back while `old` nodes are drained and `staying` ones are not. */
function placed(
  old: readonly DrainNode[],
  shape: Partial<PodShape>,
  staying: readonly DrainNode[] = [],
  volume?: object,
) {
  const facts = { ...noDrainFacts(), nodes: [...old, ...staying], ...volume };
  return createPlacement(facts, new Set(old))(aShape(shape));
}

const old = (parts: Partial<DrainNode> = {}) => aNode('old', parts);
const zone = (name: string) => ({ 'topology.kubernetes.io/zone': name });
const where = (...requirements: NodeRequirement[]) => ({ terms: [requirements] });
const isIn = (key: string, ...values: string[]): NodeRequirement => ({ key, operator: 'In', values });
const taint = (effect: string, key = 'only') => ({ taints: [{ key, value: 'gpu', effect }] });
const tolerating = (parts: Partial<Toleration> = {}) => ({
  tolerations: [{ key: 'only', operator: 'Equal' as const, value: 'gpu', ...parts }],
});
const gpus = (count: string) => old({ labels: { gpus: count } });
const gt = where({ key: 'gpus', operator: 'Gt', values: ['2'] });
const lt = where({ key: 'gpus', operator: 'Lt', values: ['2'] });

test.each<[string, DrainNode, Partial<PodShape>, string]>([
  ['that asks for nothing', old(), {}, 'returns'],
  ['as large as a node', old({ cpu: 2, memory: 8 }), { cpu: 2, memory: 8 }, 'returns'],
  ['with more CPU than a node', old({ cpu: 2, memory: 8 }), { cpu: 3 }, 'never'],
  ['with more memory than a node', old({ cpu: 2, memory: 8 }), { memory: 9 }, 'never'],
  ['that its group repels', old(taint('NoSchedule')), {}, 'never'],
  ['that its group would end', old(taint('NoExecute')), {}, 'never'],
  ['that its group would rather not have', old(taint('PreferNoSchedule')), {}, 'returns'],
  [
    'of a node that was tainted for its state',
    old(taint('NoExecute', 'node.kubernetes.io/unreachable')),
    {},
    'returns',
  ],
  ['that tolerates the taint', old(taint('NoSchedule')), tolerating(), 'returns'],
  ['that tolerates it with its effect', old(taint('NoSchedule')), tolerating({ effect: 'NoSchedule' }), 'returns'],
  ['that tolerates it with another effect', old(taint('NoSchedule')), tolerating({ effect: 'NoExecute' }), 'never'],
  ['that tolerates another value', old(taint('NoSchedule')), tolerating({ value: 'arm' }), 'never'],
  ['that tolerates any value', old(taint('NoSchedule')), tolerating({ operator: 'Exists', value: '' }), 'returns'],
  ['that tolerates another key', old(taint('NoSchedule')), tolerating({ key: 'other' }), 'never'],
  [
    'that tolerates everything',
    old(taint('NoSchedule')),
    { tolerations: [{ operator: 'Exists', value: '' }] },
    'returns',
  ],
  [
    'that tolerates a value of no key',
    old(taint('NoSchedule')),
    { tolerations: [{ operator: 'Equal', value: 'gpu' }] },
    'never',
  ],
  ['that wants more than a label says', gpus('2'), gt, 'never'],
  ['that wants less than a label says', gpus('3'), gt, 'returns'],
  ['that wants a label to say less', gpus('1'), lt, 'returns'],
  ['that wants a label to say less than it does', gpus('2'), lt, 'never'],
  ['that wants a number of a label that says none', gpus('2x'), lt, 'never'],
  ['that wants a number less than a negative one is', gpus('-1'), lt, 'returns'],
  ['that wants a number of several digits', gpus('10'), gt, 'returns'],
  ['that wants a number of a label that is not there', old(), lt, 'never'],
  ['that wants the old node by its name', old(), where(isIn('metadata.name', 'old')), 'never'],
  ['that wants the old node by its label', old(), where(isIn('kubernetes.io/hostname', 'old')), 'never'],
  ['that wants both of two labels', old({ labels: { a: '1' } }), where(isIn('a', '1'), isIn('b', '1')), 'never'],
  [
    'that wants one of two sorts',
    old({ labels: { a: '1' } }),
    { terms: [[isIn('b', '1')], [isIn('a', '1')]] },
    'returns',
  ],
])('a pod %s, of a group that is drained', (_, node, shape, expected) => {
  expect(placed([node], shape)).toBe(expected);
});

test('what single nodes of a group were labelled with by hand a new one may not have, and what AWS labels it may', () => {
  const [a, b] = [aNode('a', { labels: { ...zone('a'), disk: 'fast', team: 'x' } }), aNode('b', { labels: zone('b') })];
  const of = (...requirements: NodeRequirement[]) => placed([a, b], where(...requirements));
  expect([of(isIn('topology.kubernetes.io/zone', 'b')), of(isIn('disk', 'fast')), of(isIn('disk', 'slow'))]).toEqual([
    'returns',
    'perhaps',
    'never',
  ]);
  // A key that only ends like one of AWS's is anybody's.
  const [c, d] = [aNode('c', { labels: { 'own/topology.x': 'c' } }), aNode('d')];
  expect(placed([c, d], where(isIn('own/topology.x', 'c')))).toBe('perhaps');
});

test('a new node has the labels of its own group, not of another one that is drained', () => {
  const [a, b] = [aNode('a', { labels: { pool: 'a' } }), aNode('b', { nodegroup: 'others', labels: { pool: 'b' } })];
  expect([placed([a, b], where(isIn('pool', 'b'))), placed([a], where(isIn('pool', 'b')))]).toEqual([
    'returns',
    'never',
  ]);
});

test('a node that stays may have room, if it takes pods at all', () => {
  const [node, wanted] = [old(), where(isIn('pool', 'b'))];
  const staying = (parts: Partial<DrainNode> = {}) =>
    placed([node], wanted, [aNode('b', { labels: { pool: 'b' }, ...parts })]);
  expect([staying(), staying({ ready: false }), staying({ unschedulable: true })]).toEqual([
    'perhaps',
    'never',
    'never',
  ]);
});

test('a pod comes back where its volumes are; a claim without one has it made there', () => {
  const volumes = { claims: { 'shop/data': 'v' }, nodes: { v: [[isIn('topology.kubernetes.io/zone', 'a')]] } };
  const of = (name: string, ...claims: string[]) => placed([old({ labels: zone(name) })], { claims }, [], { volumes });
  expect([of('a', 'data'), of('b', 'data'), of('b', 'new'), of('b', 'new', 'data')]).toEqual([
    'returns',
    'never',
    'returns',
    'never',
  ]);
});
