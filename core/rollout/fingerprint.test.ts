import { waveItem } from '../../test/material/items/rollout-items.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { fingerprintOf, fingerprintsOf, suspectedTraits, suspicion } from './fingerprint.ts';

const wave = (
  failed: Record<string, number>,
  succeeded: Record<string, number>,
  counts: { failed: number; succeeded: number },
): Wave => waveItem({ members: 9, needWork: 9, maxFailures: 9, traits: { failed, succeeded }, ...counts });

test('is what every failed cluster has and no succeeded one', () => {
  const print = fingerprintOf({}, [
    wave(
      { 'ami/AL2': 1, 'version/1.36': 1, 'cni/vpc-cni': 1 },
      { 'version/1.36': 2, 'ami/AL2023': 2 },
      { failed: 1, succeeded: 2 },
    ),
    wave({ 'ami/AL2': 1, 'version/1.36': 1 }, {}, { failed: 1, succeeded: 0 }),
  ]);
  expect(print).toEqual({ failures: 2, successes: 2, traits: ['ami/AL2'] });
  expect(suspicion(print, 'r', ['ami/AL2', 'x'])?.code).toBe('SuspiciousTrait');
  expect(suspicion(print, 'r', ['ami/AL2023'])).toBeUndefined();
});

test('failures that say nothing of a cluster are no failures here: they neither suspect nor clear', () => {
  const of = (failed: number, withoutCause: number, traits: Record<string, number>): Wave =>
    waveItem({ failed, traits: { failed: traits, succeeded: {}, withoutCause } });
  expect(fingerprintOf({}, [of(1, 1, {})])).toEqual({ failures: 0, successes: 0, traits: [] });
  expect(fingerprintOf({}, [of(3, 1, { a: 2, b: 1 })])).toEqual({ failures: 2, successes: 0, traits: ['a'] });
});

test('suspects nothing without a failure, and nothing that a person has released', () => {
  expect(fingerprintOf({}, [wave({}, { a: 1 }, { failed: 0, succeeded: 1 })]).traits).toEqual([]);
  const failed = wave({ a: 1, b: 1 }, {}, { failed: 1, succeeded: 0 });
  expect(fingerprintOf({ releasedTraits: ['a'] }, [failed]).traits).toEqual(['b']);
});

test('what is suspected is told with who has it, who lacks it, and what to run', () => {
  const told = (failures: number, successes: number) =>
    suspicion({ failures, successes, traits: ['a', 'b', 'c'] }, 'r', ['b', 'c'])?.message;
  const end = "Look at the failure first, then: liftlock rollout release-trait r 'b' 'c'.";
  expect(told(1, 0)).toBe(
    `It shares b, c: the cluster that failed has it and clusters that are still to come lack it. ${end}`,
  );
  expect(told(2, 3)).toBe(
    `It shares b, c: all 2 clusters that failed have it and none of the 3 that succeeded has it. ${end}`,
  );
});

test('what only some of those that failed have is not suspected, and what was counted down to nothing is had by nobody', () => {
  const print = fingerprintOf({}, [wave({ b: 2, a: 2, c: 1 }, { b: 0 }, { failed: 2, succeeded: 1 })]);
  expect(print).toEqual({ failures: 2, successes: 1, traits: ['a', 'b'] });
});

test('what was taken back in earlier rollouts stands for itself, is cleared like any other, and names its minor and rollouts', () => {
  const earlier = { minor: '1.37', failures: 1, successes: 2, traits: ['a', 'b'], rollouts: ['earlier'] };
  const carried = [earlier];
  const waves = [wave({ c: 1 }, { b: 1 }, { failed: 1, succeeded: 1 })];
  expect(suspectedTraits({ carried }, waves)).toEqual(['a', 'b', 'c']);
  expect(suspectedTraits({ carried, releasedTraits: ['a', 'c'] }, waves)).toEqual(['b']);
  expect(fingerprintsOf({ carried, releasedTraits: ['a', 'b', 'c'] }, waves)).toEqual([]);
  const told = (failures: number) => suspicion({ ...earlier, failures }, 'r', ['a'])?.message;
  const end =
    "and no cluster with it has got there. Look at the failure first, then: liftlock rollout release-trait r 'a'.";
  expect(told(1)).toBe(`It shares a: the cluster that was taken back from 1.37 has it (earlier) ${end}`);
  expect(told(2)).toBe(`It shares a: all 2 clusters that were taken back from 1.37 have it (earlier) ${end}`);
});
