import {
  at,
  type DrainWorld,
  decideIn,
  inShort,
  NOW,
  node,
  observationOf,
  ours,
  pod,
  SETTINGS,
} from '../../test/material/nodes/drain-world.ts';
import { lookAt } from './drain-look.ts';
import { EMPTY_MEMORY } from './drain-move.ts';

const pending = (name: string, seconds: number, also = {}) =>
  pod(name, { phase: 'Pending', createdAt: at(seconds), ...also });
const begun = { begunAt: at(-600) };
/** What a drain remembers that has seen them since they were made. */
const seen = (pods: DrainWorld['pending'] = []) =>
  Object.fromEntries(
    pods.map(({ uid, createdAt }) => [
      uid,
      { since: createdAt, retryAt: at(-30), tries: 0, answer: 'unasked' as const },
    ]),
  );
const tainted = (name: string, ...taints: string[]) => node(name, { taints });

/** Beside `a`, with two pods to evict, and `b`, with room to begin. */
const held: [string, DrainWorld['pending'], string][] = [
  ['nothing goes while a pod that was made since has no node', [pending('p', -300)], 'wait 30: DrainPodsPending'],
  ['it is looked soon while the scheduler may not have seen it', [pending('p', -3)], 'wait 5: DrainPodsPending'],
  ['and not beyond the time of a pod', [pending('p', -590)], 'wait 10: DrainPodsPending'],
  ['the one without a node for longest ends it', [pending('p', -3), pending('q', -600)], 'stuck: DrainPodsPending'],
  ['times of creation are of whole seconds', [pending('p', -600)], 'stuck: DrainPodsPending'],
  ['what had no node before holds nothing', [pending('p', -601)], 'evict a: x y'],
  ['nor does what a DaemonSet wants on a node', [pending('p', -9, { controller: 'DaemonSet/d' })], 'evict a: x y'],
  ['nor what has ended', [pending('p', -9, { phase: 'Failed' })], 'evict a: x y'],
  ['nor what somebody has deleted', [pending('p', -9, { terminatingSince: at(-1) })], 'evict a: x y'],
  ['nor what a rule skips', [pending('p', -9, { labels: { app: 'skip' } })], 'evict a: x y'],
  ['or has waited for, such as Jobs', [pending('p', -9, { labels: { app: 'wait' } })], 'evict a: x y'],
  ['nor what is bare, where that is not evicted', [pending('p', -9, { controller: undefined })], 'evict a: x y'],
  ['nor what has emptyDir volumes, likewise', [pending('p', -9, { emptyDirs: ['tmp'] })], 'evict a: x y'],
  [
    'unless a rule has it evicted',
    [pending('p', -9, { controller: undefined, labels: { app: 'evict' } })],
    'wait 5: DrainPodsPending',
  ],
];
const rules = (['skip', 'wait', 'evict'] as const).map((app) => ({
  selector: { matchLabels: { app }, matchExpressions: [] },
  action: app === 'wait' ? ('waitUntilCompleted' as const) : app,
}));
test.each(held)('%s', (_, pods, expected) => {
  const world = { nodes: [ours('a'), node('b')], pods: { a: [pod('x'), pod('y')] }, pending: pods ?? [] };
  const settings = { podTimeoutSeconds: 600, maxUnavailable: 2, pauseSeconds: 30, rules, emptyDirs: 'wait' as const };
  const memory = { begunAt: at(-599.2), lastDrainedAt: at(-1), pods: seen(pods) };
  expect(inShort(decideIn({ ...world, settings, memory }))).toBe(expected);
});

test('a pod that has had no node for long holds a drain that did not look meanwhile for as long as any other', () => {
  const world = { nodes: [ours('a')], pods: { a: [pod('x')] }, pending: [pending('p', -40_000)] };
  const parked = seen([pending('p', -40_000)]);
  const ago = (seconds: number) => ({ ...parked['uid-p'], retryAt: at(seconds) }) as (typeof parked)[string];
  const move = (memory: object) => inShort(decideIn({ ...world, memory: { begunAt: at(-86_400), ...memory } }));
  expect(move({})).toBe('wait 5: DrainPodsPending');
  expect(move({ pods: { 'uid-p': ago(-3600) } })).toBe('wait 5: DrainPodsPending');
  expect(move({ pods: { 'uid-p': ago(-30) } })).toBe('stuck: DrainPodsPending');
});

test('no drain is done, and no node is cordoned, before they have nodes', () => {
  const pods = [pending('p', -90)];
  const memory = { ...begun, nodes: { a: { begunAt: at(-600) } }, pods: seen(pods) };
  for (const nodes of [[ours('a')], [ours('a'), node('b')]])
    expect(inShort(decideIn({ nodes, pending: pods, memory }))).toBe('wait 30: DrainPodsPending');
});

test('a drain is done a moment after its last node is empty, when what ran there is made again', () => {
  const decideAfter = (seconds: number) =>
    inShort(decideIn({ nodes: [ours('a')], memory: { lastDrainedAt: at(-seconds) } }));
  expect([4, 5].map(decideAfter)).toEqual(['wait 1: Draining', 'done: Drained']);
});

const alone: [string, DrainWorld['others'], string][] = [
  ['without another node pods go one by one', [], 'evict a: x'],
  ['a node that is down takes none', [node('n', { unschedulable: true }), node('m', { ready: false })], 'evict a: x'],
  ['nor does one with a taint that theirs has not', [tainted('n', 'mine', 'other')], 'evict a: x'],
  ['but one with the same', [tainted('n', 'mine')], 'evict a: x y'],
  [
    'and nodes of Fargate are of one pod',
    [node('n', { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } })],
    'evict a: x',
  ],
];
test.each(alone)('%s', (_, others = [], expected) => {
  const nodes = [ours('a', { taints: ['mine', 'node.kubernetes.io/unschedulable'] })];
  expect(inShort(decideIn({ nodes, others, pods: { a: [pod('x'), pod('y')] } }))).toBe(expected);
});

test('without another node the next pod waits until the last has gone', () => {
  const pods = { a: [pod('x', { terminatingSince: at(-10) }), pod('y')] };
  expect(inShort(decideIn({ nodes: [ours('a')], pods }))).toBe('wait 5: DrainTerminating');
  expect(inShort(decideIn({ nodes: [ours('a')], others: [node('n')], pods }))).toBe('evict a: y');
});

test('when the drain began is remembered when its nodes are gone, and who has no node is remembered to be told of', () => {
  const lookOf = (world: DrainWorld, memory = {}) =>
    lookAt(observationOf(world), SETTINGS, { ...EMPTY_MEMORY, ...memory }, NOW).memory;
  const begins = lookOf({ nodes: [ours('a')], pods: { a: [pod('x')] } });
  expect([begins.begunAt, lookOf({ nodes: [ours('a')] }).begunAt]).toEqual([at(0), undefined]);
  const later = lookOf({ nodes: [], pending: [pending('p', -300)] }, begun);
  expect(later).toMatchObject({ ...begun, pods: { 'uid-p': { since: at(0), answer: 'unasked' } } });
  expect(lookOf({ nodes: [], pending: [pending('p', -300)] }, later)).toEqual(later);
});
