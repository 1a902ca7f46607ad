import {
  at,
  type DrainWorld,
  decideIn,
  inShort,
  node,
  ours,
  pod,
  zoned,
} from '../../test/material/nodes/drain-world.ts';
import type { PodTry } from './drain-move.ts';

const refused = (since: number, retry: number, also: Partial<PodTry> = {}): PodTry => ({
  since: at(since),
  retryAt: at(retry),
  tries: 1,
  answer: 'budget',
  ...also,
});
const begun = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { begunAt: at(-3600) }]));
const foreign = (name: string) => node(name, { unschedulable: true });
const many = (count: number, prefix = 'p') =>
  Array.from({ length: count }, (_, index) => pod(`${prefix}${`${index}`.padStart(3, '0')}`));
const labelled = (app: string, action: 'evict' | 'skip' | 'waitUntilCompleted', order?: number) => ({
  selector: { matchLabels: { app }, matchExpressions: [] },
  action,
  order,
});
const app = (name: string, also = {}) => pod(name, { labels: { app: name }, ...also });
const leaving = { terminatingSince: at(-10) };

/** [the fact about drains, the world, the decision in it] */
const nodes: [string, DrainWorld, string][] = [
  ['a drain without nodes is done', { nodes: [] }, 'done: Drained'],
  ['nodes that are cordoned and empty are done', { nodes: [ours('a'), ours('b')] }, 'done: Drained'],
  ['a node begins with its cordon', { nodes: [node('b'), node('a')] }, 'cordon a'],
  ['an empty node is cordoned before it counts', { nodes: [node('a')], pods: { a: [] } }, 'cordon a'],
  ['with no room nothing is cordoned', { nodes: [node('a')], others: [foreign('x')] }, 'wait 30: DrainNoRoom'],
  [
    'a NotReady node of others takes room',
    { nodes: [node('a')], others: [node('x', { ready: false })] },
    'wait 30: DrainNoRoom',
  ],
  [
    'a terminating node of others takes room',
    { nodes: [node('a')], others: [node('x', { terminating: true })] },
    'wait 30: DrainNoRoom',
  ],
  [
    'a node of Fargate takes none',
    {
      nodes: [node('a')],
      others: [node('x', { ready: false, labels: { 'eks.amazonaws.com/compute-type': 'fargate' } })],
    },
    'cordon a',
  ],
  [
    'a second place lets a second node begin',
    { nodes: [node('a')], others: [foreign('x')], settings: { maxUnavailable: 2 } },
    'cordon a',
  ],
  [
    'a share is rounded down',
    {
      nodes: [node('a'), ours('b')],
      others: ['x', 'y'].map((name) => node(name)),
      pods: { b: [pod('p', leaving)] },
      settings: { maxUnavailable: '49%' },
    },
    'wait 5: DrainTerminating DrainNoRoom',
  ],
  ['and is at least one node', { nodes: [node('a')], settings: { maxUnavailable: '1%' } }, 'cordon a'],
  ['an emptied node of ours takes no room', { nodes: [ours('a'), node('b')] }, 'cordon b'],
  [
    'an emptied node of the drain takes no room, whoever has cordoned it',
    { nodes: [foreign('a'), node('b')] },
    'cordon b',
  ],
  [
    'nor does it count among all nodes',
    {
      nodes: [ours('a'), ours('b'), ours('c', {}), node('d')],
      pods: { c: [pod('p', leaving)] },
      others: [node('x')],
      settings: { maxUnavailable: '50%' },
    },
    'wait 5: DrainTerminating DrainNoRoom',
  ],
  [
    'a node that is down already needs no room',
    { nodes: [node('a'), node('b', { ready: false })], others: [foreign('x')] },
    'cordon b',
  ],
  [
    'a node that somebody else has cordoned is drained without a cordon of ours, and before others',
    { nodes: [node('a'), foreign('b')], pods: { b: [pod('p')] } },
    'evict b: p',
  ],
  [
    'of many that others have cordoned as many are drained as may be down',
    { nodes: ['a', 'b', 'c'].map(foreign), pods: { a: [pod('p', leaving)], b: [pod('q')], c: [pod('r')] } },
    'wait 5: DrainTerminating DrainNoRoom',
  ],
  [
    'the next node begins after the pause',
    { nodes: [ours('a'), node('b')], memory: { lastDrainedAt: at(-10) } },
    'wait 20: DrainPause',
  ],
  ['and not later', { nodes: [ours('a'), node('b')], memory: { lastDrainedAt: at(-30) } }, 'cordon b'],
  [
    'the pause holds for nodes that others have cordoned',
    { nodes: [ours('a'), foreign('b')], pods: { b: [pod('p')] }, memory: { lastDrainedAt: at(-10) } },
    'wait 20: DrainPause',
  ],
  [
    'a node that is drained just now begins the pause',
    { nodes: [ours('a'), node('b')], memory: { nodes: begun('a') } },
    'wait 30: DrainPause',
  ],
  ['and so does one that has vanished', { nodes: [node('b')], memory: { nodes: begun('a') } }, 'wait 30: DrainPause'],
  [
    'a node whose cordon of ours somebody took off is left to them',
    { nodes: [node('a', { cordonedBy: 'u1' })] },
    'stuck: DrainUncordoned',
  ],
  ['and others go on', { nodes: [node('a', { cordonedBy: 'u1' }), node('b')] }, 'cordon b'],
  [
    'of nodes whose pods were read those with fewest come first',
    { nodes: [node('a'), node('b')], pods: { a: many(3), b: many(2) } },
    'cordon b',
  ],
  [
    'nodes whose drain failed come last, though they are in an earlier zone',
    { nodes: [node('a', zoned('x')), node('b', zoned('y'))], memory: { nodes: { a: { stuckAt: at(-600) } } } },
    'cordon b',
  ],
  [
    'zones: no other zone begins while one goes on',
    {
      nodes: [ours('a', zoned('x')), node('b', zoned('y'))],
      pods: { a: [pod('p', leaving)] },
      settings: { maxUnavailable: 2 },
    },
    'wait 5: DrainTerminating',
  ],
  [
    'zones: the same zone goes on',
    {
      nodes: [ours('a', zoned('x')), node('b', zoned('w')), node('c', zoned('x'))],
      pods: { a: [pod('p', leaving)] },
      settings: { maxUnavailable: 2 },
    },
    'cordon c',
  ],
  [
    'spread: a zone of which none is drained now goes first',
    {
      nodes: [ours('a', zoned('x')), node('b', zoned('x')), node('c', zoned('y'))],
      pods: { a: [pod('p', leaving)] },
      settings: { maxUnavailable: 2, order: 'spread' },
    },
    'cordon c',
  ],
  [
    'spread: else the one with most nodes left',
    { nodes: [node('a', zoned('x')), node('b', zoned('y')), node('c', zoned('y'))], settings: { order: 'spread' } },
    'cordon b',
  ],
];

const pods: [string, Omit<DrainWorld, 'nodes'> & { readonly a: readonly ReturnType<typeof pod>[] }, string][] = [
  ['pods are evicted by name', { a: [pod('q'), pod('p')] }, 'evict a: p q'],
  [
    'twenty by one invocation',
    { a: many(21) },
    `evict a: ${many(20)
      .map(({ name }) => name)
      .join(' ')}`,
  ],
  [
    'those first that were asked least',
    { a: many(21), memory: { pods: { 'uid-p000': refused(-60, -1) } } },
    `evict a: ${many(21)
      .slice(1)
      .map(({ name }) => name)
      .join(' ')}`,
  ],
  [
    'mirror pods and those of DaemonSets stay',
    { a: [pod('m', { isMirror: true, controller: 'Node/a' }), pod('d', { controller: 'DaemonSet/aws-node' })] },
    'done: Drained',
  ],
  [
    'what a rule skips stays, and is named at the end',
    { a: [app('x')], settings: { rules: [labelled('x', 'skip')] } },
    'done: Drained',
  ],
  [
    'the first rule that selects a pod decides',
    { a: [app('x')], settings: { rules: [labelled('x', 'waitUntilCompleted'), labelled('x', 'skip')] } },
    'wait 30: DrainAwaitsCompletion',
  ],
  [
    'what is waited for goes when it has completed',
    { a: [app('x', { phase: 'Succeeded' })], settings: { rules: [labelled('x', 'waitUntilCompleted')] } },
    'evict a: x',
  ],
  [
    'and so does what failed',
    { a: [pod('p', { phase: 'Failed', controller: undefined, emptyDirs: ['tmp'] })], settings: { emptyDirs: 'wait' } },
    'evict a: p',
  ],
  [
    'a lower order goes first',
    { a: [app('x'), app('y')], settings: { rules: [labelled('x', 'evict', 10)] } },
    'evict a: y',
  ],
  [
    'and holds the higher one until it has gone',
    { a: [app('x'), app('y', leaving)], settings: { rules: [labelled('x', 'evict', 10)] } },
    'wait 5: DrainTerminating',
  ],
  [
    'also when it does not go',
    { a: [app('x'), app('y', { terminatingSince: at(-600) })], settings: { rules: [labelled('x', 'evict', 10)] } },
    'wait 30: DrainTerminatingStuck',
  ],
  [
    'what is waited for holds nothing',
    { a: [app('x'), app('y')], settings: { rules: [labelled('x', 'evict', 10), labelled('y', 'waitUntilCompleted')] } },
    'evict a: x',
  ],
  ['a bare pod is waited for by default', { a: [pod('p', { controller: undefined })] }, 'wait 30: DrainHeldByPolicy'],
  [
    'and evicted where the policy says so',
    { a: [pod('p', { controller: undefined })], settings: { barePods: 'evict' } },
    'evict a: p',
  ],
  [
    'or where a rule does',
    { a: [app('x', { controller: undefined })], settings: { rules: [labelled('x', 'evict')] } },
    'evict a: x',
  ],
  ['emptyDir volumes are lost by default', { a: [pod('p', { emptyDirs: ['tmp'] })] }, 'evict a: p'],
  [
    'and waited for where the policy says so',
    { a: [pod('p', { emptyDirs: ['tmp'] })], settings: { emptyDirs: 'wait' } },
    'wait 30: DrainHeldByPolicy',
  ],
  ['what terminates is waited for and not evicted again', { a: [pod('p', leaving)] }, 'wait 5: DrainTerminating'],
  [
    'to the end of its grace period and a minute',
    { a: [pod('p', { terminatingSince: at(-90) })] },
    'wait 5: DrainTerminating',
  ],
  ['beyond that it is stuck', { a: [pod('p', { terminatingSince: at(-91) })] }, 'wait 30: DrainTerminatingStuck'],
  [
    'a refused pod waits for its time',
    { a: [pod('p')], memory: { pods: { 'uid-p': refused(-3, 4) } } },
    'wait 4: DrainBudget',
  ],
  ['and is asked again then', { a: [pod('p')], memory: { pods: { 'uid-p': refused(-3, 0) } } }, 'evict a: p'],
  [
    'no wait is longer than five minutes',
    { a: [pod('p')], memory: { pods: { 'uid-p': refused(-3, 400) } } },
    'wait 300: DrainBudget',
  ],
  [
    'nor is one over the time when its node is stuck',
    { a: [pod('p')], memory: { pods: { 'uid-p': refused(-1790, 60) } } },
    'wait 10: DrainBudget',
  ],
  [
    'a pod in the way for longer than its time ends the drain where nothing else can go',
    { a: [pod('p')], memory: { pods: { 'uid-p': refused(-1800, 60) } } },
    'stuck: DrainBudget',
  ],
  ['but for the last question', { a: [pod('p')], memory: { pods: { 'uid-p': refused(-1800, 0) } } }, 'evict a: p'],
  [
    'while it terminates after all, the drain is not stuck',
    { a: [pod('p', leaving)], memory: { pods: { 'uid-p': refused(-4000, 60) } } },
    'wait 5: DrainTerminating',
  ],
  [
    'several budgets are named at once',
    { a: [pod('p')], memory: { pods: { 'uid-p': refused(-1, 119, { answer: 'severalBudgets' }) } } },
    'wait 119: DrainSeveralBudgets',
  ],
  [
    'so is a refusal by others',
    { a: [pod('p')], memory: { pods: { 'uid-p': refused(-1, 59, { answer: 'refused' }) } } },
    'wait 59: DrainRefused',
  ],
  [
    'a namespace that ends takes its pods along',
    { a: [pod('p')], memory: { pods: { 'uid-p': refused(-1, 9, { answer: 'namespaceTerminating' }) } } },
    'wait 9: DrainTerminating',
  ],
  [
    'those in the way for longest are told first',
    {
      a: [pod('p'), pod('q')],
      memory: { pods: { 'uid-p': refused(-5, 20), 'uid-q': refused(-90, 20, { answer: 'refused' }) } },
    },
    'wait 20: DrainRefused DrainBudget',
  ],
  [
    'who came back after its eviction is evicted again',
    { a: [pod('p', { createdAt: at(-9) })], memory: { nodes: { a: { begunAt: at(-3600), returns: 2 } } } },
    'evict a: p',
  ],
  [
    'three times',
    { a: [pod('p', { createdAt: at(-9) })], memory: { nodes: { a: { begunAt: at(-3600), returns: 3 } } } },
    'wait 30: DrainComesBack',
  ],
  [
    'who was there before is no such pod',
    { a: [pod('p')], memory: { nodes: { a: { begunAt: at(-3600), returns: 3 } } } },
    'evict a: p',
  ],
];

const blocked = { 'uid-p': refused(-1800, 60) };
const stuckNodes: [string, DrainWorld, string][] = [
  [
    'a stuck node keeps its room, so that none follows it',
    { nodes: [ours('a'), node('b')], pods: { a: [pod('p')] }, memory: { pods: blocked } },
    'stuck: DrainBudget DrainNoRoom',
  ],
  [
    'with more room the others go on',
    {
      nodes: [ours('a'), node('b')],
      pods: { a: [pod('p')] },
      memory: { pods: blocked },
      settings: { maxUnavailable: 2 },
    },
    'cordon b',
  ],
  [
    'whose pods are asked before those of a stuck node',
    {
      nodes: [ours('a'), ours('b')],
      pods: { a: [pod('p')], b: [pod('q')] },
      memory: { pods: { 'uid-p': refused(-1800, 0), 'uid-q': refused(-99, 0, { tries: 9 }) } },
    },
    'evict b: q',
  ],
  [
    'where others hold the room the drain waits for them, although a node is stuck',
    {
      nodes: [ours('a'), node('b')],
      others: [foreign('x')],
      pods: { a: [pod('p')] },
      memory: { pods: blocked },
      settings: { maxUnavailable: 2 },
    },
    'wait 30: DrainBudget DrainNoRoom',
  ],
  [
    'unless it is stuck without them, too',
    { nodes: [ours('a'), node('b')], others: [foreign('x')], pods: { a: [pod('p')] }, memory: { pods: blocked } },
    'stuck: DrainBudget DrainNoRoom',
  ],
  [
    'with two hundred pods in the way no node begins',
    {
      nodes: [ours('a'), node('b')],
      pods: { a: many(200) },
      settings: { maxUnavailable: 2 },
      memory: { pods: Object.fromEntries(many(200).map(({ uid }) => [uid, refused(-9, 9)])) },
    },
    `wait 9: ${'DrainBudget '.repeat(200)}DrainNoRoom`,
  ],
  [
    'and no further pod is asked',
    {
      nodes: [ours('a')],
      pods: { a: many(201) },
      memory: { pods: Object.fromEntries(many(200).map(({ uid }) => [uid, refused(-9, 9)])) },
    },
    `wait 9: ${'DrainBudget '.repeat(200)}DrainNoRoom`,
  ],
];

test.each(nodes)('nodes: %s', (_, world, expected) => expect(inShort(decideIn(world))).toBe(expected));
test.each(stuckNodes)('stuck nodes: %s', (_, world, expected) => expect(inShort(decideIn(world))).toBe(expected));
test.each(pods)('pods: %s', (_, { a, ...world }, expected) =>
  expect(inShort(decideIn({ ...world, nodes: [ours('a')], others: [node('x')], pods: { a } }))).toBe(expected),
);

test('pods that were not read are no empty node', () => {
  const observation = { nodes: [ours('a')], allNodes: [ours('a')], pods: new Map(), pending: [] };
  expect(() => decideIn({ ...observation, pods: { a: undefined as unknown as [] } })).toThrow(
    'The pods of the cordoned node a were not read',
  );
});
