import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import type { Rollout } from '../contracts/items/rollout.ts';
import { pausesOf, withPause } from './rollout-pauses.ts';

const pausedBy = (...all: readonly string[]): Rollout =>
  all.reduce((rollout, by) => withPause(rollout, by, 'lunch'), rolloutItem({ status: 'Running' }));
const told = (rollout: Rollout) => pausesOf(rollout).map(({ message }) => message);

test('a rollout is paused by all who have paused it, the first one first, each once', () => {
  expect(told(pausedBy())).toEqual([]);
  expect(told(pausedBy('ann', 'bob', 'ann'))).toEqual(['ann: lunch', 'bob: lunch']);
  expect(told(withPause(pausedBy('ann'), 'ann', 'audit'))).toEqual(['ann: lunch', 'ann: audit']);
});

test('who says the same again has changed nothing', () => {
  const paused = pausedBy('ann', 'bob');
  expect(withPause(paused, 'bob', 'lunch')).toBe(paused);
});

test('the first pause and ten beside it are kept', () => {
  const many = Array.from({ length: 20 }, (_, index) => `p${index}`);
  expect(told(pausedBy(...many))).toEqual(many.slice(0, 11).map((by) => `${by}: lunch`));
});

test('a rollout that goes on is paused by nobody, whatever its reasons are', () => {
  expect(told({ ...pausedBy('ann'), status: 'Running' })).toEqual([]);
});
