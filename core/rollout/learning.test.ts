import { waveItem } from '../../test/material/items/rollout-items.ts';
import { learnedFrom } from './reconcile-rollouts.ts';

test('nothing is learned while no upgrade has succeeded', () => {
  expect(learnedFrom([])).toBeUndefined();
  expect(learnedFrom([waveItem({ failed: 3, durations: [] }), waveItem()])).toBeUndefined();
});

test.each([
  [[7], 7, 7],
  [[40, 10, 100, 20, 30, 60, 50, 90, 80, 70], 50, 90],
  [[3, 1, 2], 2, 3],
])('of what upgrades took, the middle and what nine of ten kept within is learned: %j', (durations, p50, p90) => {
  const [first = 0, ...others] = durations;
  const waves = [waveItem({ durations: others }), waveItem({ durations: [first] })];
  expect(learnedFrom(waves)).toEqual({ count: durations.length, p50, p90, failureRate: 0 });
});

test('the share that failed is of all that were judged, over all waves', () => {
  const waves = [waveItem({ succeeded: 2, failed: 1, durations: [1] }), waveItem({ succeeded: 1, blocked: 9 })];
  expect(learnedFrom(waves)?.failureRate).toBe(0.25);
});
