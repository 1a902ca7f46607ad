import {
  at,
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
import { EMPTY_MEMORY, type PodTry } from './drain-move.ts';

const bare = Array.from({ length: 250 }, (_, index) => pod(`bare${index}`, { controller: undefined }));
const unasked: PodTry = { since: at(-60), retryAt: at(-60), tries: 0, answer: 'unasked' };
const remembered = (answer: PodTry['answer'], count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`uid-${answer}${index}`, { ...unasked, retryAt: at(9), answer }]),
  );

test('hundreds of pods that nobody asks keep neither another pod nor another node waiting', () => {
  const known = { pods: Object.fromEntries(bare.slice(0, 200).map(({ uid }) => [uid, unasked])) };
  const world = { nodes: [ours('a'), node('b')], pods: { a: [...bare, pod('p')] }, memory: known };
  expect(inShort(decideIn(world))).toBe('evict a: p');
  expect(inShort(decideIn({ ...world, settings: { maxUnavailable: 2 } }))).toBe('cordon b');
});

test('beside two hundred pods that were asked two hundred that nobody asks are remembered, and no more', () => {
  const asked = Object.keys(remembered('budget', 200)).map((uid) => pod(uid.slice(4)));
  const observation = observationOf({ nodes: [ours('a')], pods: { a: [...asked, ...bare] } });
  const memory = { ...EMPTY_MEMORY, pods: remembered('budget', 200) };
  expect(Object.keys(lookAt(observation, SETTINGS, memory, NOW).memory.pods)).toHaveLength(400);
});

test('a pod that may go now, and was not asked before, waits for its place among those that were', () => {
  const ended = pod('ended', { controller: undefined, phase: 'Succeeded' });
  const asked = Object.keys(remembered('budget', 200)).map((uid) => pod(uid.slice(4)));
  const pods: Record<string, PodTry> = { ...remembered('budget', 200), 'uid-ended': unasked };
  const inFull = { nodes: [ours('a')], others: [node('x')], pods: { a: [...asked, ended] } };
  expect(inShort(decideIn({ ...inFull, memory: { pods } }))).toMatch(/^wait 9: /);
  const { 'uid-budget7': _, ...fewer } = pods;
  const left = asked.filter(({ name }) => name !== 'budget7');
  expect(inShort(decideIn({ ...inFull, pods: { a: [...left, ended] }, memory: { pods: fewer } }))).toBe(
    'evict a: ended',
  );
});

const awaiting = {
  rules: [
    {
      selector: { matchLabels: { app: 'job' }, matchExpressions: [] },
      action: 'waitUntilCompleted' as const,
    },
  ],
};
const job = (also = {}) => pod('job', { labels: { app: 'job' }, ...also });
const sinceHours = { 'uid-job': { ...unasked, since: at(-36_000) } };

test.each([
  ['is waited for without end', job(), 'wait 30: DrainAwaitsCompletion'],
  ['is asked to go once it has completed, and is not stuck then', job({ phase: 'Succeeded' }), 'evict a: job'],
  [
    'is stuck where it does not end once it was deleted',
    job({ terminatingSince: at(-9000) }),
    'stuck: DrainTerminatingStuck DrainNoRoom',
  ],
])('a pod that is to complete %s', (_, one, expected) => {
  const world = {
    nodes: [ours('a'), node('b')],
    others: [node('x')],
    pods: { a: [one] },
    memory: { pods: sinceHours },
  };
  expect(inShort(decideIn({ ...world, settings: awaiting }))).toMatch(new RegExp(`^${expected}`));
});

test('a pod that is to complete is told once it is remembered, and with the time for which it has stood there', () => {
  const world = { nodes: [ours('a')], pods: { a: [...bare, job()] }, settings: awaiting };
  const pods = Object.fromEntries(bare.slice(0, 200).map(({ uid }) => [uid, unasked]));
  expect(inShort(decideIn({ ...world, memory: { pods } }))).not.toContain('DrainAwaitsCompletion');
  const move = decideIn({ ...world, pods: { a: [job()] }, memory: { pods: sinceHours } });
  expect('reasons' in move && move.reasons[0]?.message).toContain('has blocked node a for 600 min');
});

test('the node of a pod that has completed after hours has not failed', () => {
  const observation = observationOf({ nodes: [ours('a')], pods: { a: [job({ phase: 'Succeeded' })] } });
  const { memory } = lookAt(observation, { ...SETTINGS, ...awaiting }, { ...EMPTY_MEMORY, pods: sinceHours }, NOW);
  expect(memory.nodes).toEqual({ a: { begunAt: at(0) } });
});
