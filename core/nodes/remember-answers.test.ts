import { at, NOW, observationOf, ours, pod, SETTINGS } from '../../test/material/nodes/drain-world.ts';
import type { EvictionAnswer } from '../ports/node-operator.ts';
import { lookAt } from './drain-look.ts';
import { type DrainMemory, EMPTY_MEMORY } from './drain-move.ts';
import { rememberAnswers } from './remember-answers.ts';

const p = pod('p');
const observation = observationOf({ nodes: [ours('a')], pods: { a: [p, pod('new', { createdAt: at(5) })] } });
const answered = (answer: EvictionAnswer, before: DrainMemory = EMPTY_MEMORY, now = NOW) =>
  rememberAnswers(before, observation, [{ pod: p, answer }], now);
const secondsOf = ({ pods }: DrainMemory, now = NOW) =>
  (Date.parse(pods['uid-p']?.retryAt ?? '') - now.getTime()) / 1000;
const budget = { type: 'budget', retryAfterSeconds: 0, message: 'no' } as const;

test('an exhausted budget is asked again after 5 seconds, then twice as long, up to a minute', () => {
  const waits: number[] = [];
  for (let memory = EMPTY_MEMORY; waits.length < 6; ) {
    memory = answered(budget, memory);
    waits.push(secondsOf(memory));
  }
  for (const [index, most] of [5, 10, 20, 40, 60, 60].entries()) {
    expect(waits[index]).toBeLessThanOrEqual(most);
    expect(waits[index]).toBeGreaterThanOrEqual(most * 0.8);
  }
});

test('pods of one budget do not ask all at once, and each waits as long whoever works it out', () => {
  const waitOf = (uid: string) =>
    rememberAnswers(EMPTY_MEMORY, observation, [{ pod: { ...p, uid }, answer: budget }], NOW).pods[uid]?.retryAt;
  expect(new Set(['u1', 'u2', 'u3'].map(waitOf)).size).toBe(3);
  expect(waitOf('u1')).toBe(waitOf('u1'));
});

test.each<[EvictionAnswer, number]>([
  [{ ...budget, retryAfterSeconds: 10 }, 10],
  [{ ...budget, retryAfterSeconds: 3600 }, 300],
  [{ ...budget, type: 'busy' }, 10],
  [{ ...budget, type: 'busy', retryAfterSeconds: 1 }, 10],
  [{ ...budget, type: 'busy', retryAfterSeconds: 30 }, 30],
  [{ ...budget, type: 'busy', retryAfterSeconds: 3600 }, 300],
  [{ type: 'severalBudgets', message: 'two' }, 120],
  [{ type: 'refused', status: 403, message: 'no' }, 60],
  [{ type: 'namespaceTerminating' }, 10],
  [{ type: 'accepted' }, 10],
])('after %j it is asked again in %d s', (answer, seconds) => expect(secondsOf(answered(answer))).toBe(seconds));

test('since when a pod is in the way stays, and what was said last is kept', () => {
  const later = new Date(NOW.getTime() + 60_000);
  const memory = answered({ type: 'refused', status: 403, message: 'x'.repeat(400) }, answered(budget), later);
  expect(memory.pods['uid-p']).toMatchObject({ since: at(0), tries: 2, answer: 'refused' });
  expect(memory.pods['uid-p']?.message).toMatch(/^403 x{296}$/);
});

test('an API server that is too busy says nothing of the pod: what it said before stands, its time does too, and begins with an answer', () => {
  const busy = { ...budget, type: 'busy', message: 'too many requests' } as const;
  const later = new Date(NOW.getTime() + 3_600_000);
  const known = answered(budget);
  const stands = answered(busy, known, later);
  expect(stands.pods['uid-p']).toMatchObject({ answer: 'budget', message: 'no', tries: 2, retryAt: at(3610) });
  // It had been asked again after so many seconds, and is asked next after 3,610.
  expect(stands.pods['uid-p']?.since).toBe(new Date(NOW.getTime() + (3610 - secondsOf(known)) * 1000).toISOString());
  const unheard = answered(busy);
  expect(answered(busy, unheard, later).pods['uid-p']).toMatchObject({ since: at(0), answer: 'busy' });
  expect(answered(budget, unheard, later).pods['uid-p']).toMatchObject({ since: at(3600), answer: 'budget' });
});

test.each(['budget', 'busy'] as const)(
  'the time of a pod that nobody asked begins with its first question (%s)',
  (type) => {
    const waited = { since: at(-7200), retryAt: at(0), tries: 0, answer: 'unasked' } as const;
    const memory = { ...EMPTY_MEMORY, pods: { 'uid-p': waited } };
    expect(answered({ ...budget, type }, memory).pods['uid-p']).toMatchObject({ since: at(0), tries: 1, answer: type });
  },
);

test('who is gone is forgotten', () => {
  expect(answered({ type: 'gone' }, answered(budget)).pods).toEqual({});
});

test('the next look forgets pods that are gone', () => {
  const empty = observationOf({ nodes: [ours('a')], pods: { a: [] } });
  expect(lookAt(empty, SETTINGS, answered(budget), NOW).memory.pods).toEqual({});
});

test('evictions are counted of pods that had come back, and of no others', () => {
  const memory = { ...EMPTY_MEMORY, nodes: { a: { begunAt: at(0) } } };
  const accepted = { type: 'accepted' } as const;
  const both = [p, pod('new')].map((one) => ({ pod: one, answer: accepted }));
  const once = rememberAnswers(memory, observation, both, NOW);
  expect(once.nodes).toEqual({ a: { begunAt: at(0), returns: 1 } });
  expect(rememberAnswers(once, observation, both, NOW).nodes.a?.returns).toBe(2);
  expect(rememberAnswers(memory, observation, [{ pod: pod('new'), answer: budget }], NOW).nodes).toEqual(memory.nodes);
});
