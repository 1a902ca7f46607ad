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
