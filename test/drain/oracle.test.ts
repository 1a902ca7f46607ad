import { simulateDrain } from '../../core/scan/drain/simulate-drain.ts';
import { tryAllOrders } from './oracle.ts';
import { NOW, randomWorld } from './worlds.ts';

const WORLDS = 2_000;

test('what is said to drain drains in every order of evictions, and what is stuck does in none', () => {
  const wrong: string[] = [];
  const counts = { drains: 0, stuck: 0, uncertain: 0 };
  let undecided = 0;
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const world = randomWorld(seed);
    const { verdict } = simulateDrain(world.facts, world.goes, NOW);
    const truth = tryAllOrders(world);
    counts[verdict] += 1;
    const isRight = verdict === 'uncertain' || truth === (verdict === 'drains' ? 'always' : 'never');
    if (!isRight) wrong.push(`seed ${seed}: ${verdict}, and every order: ${truth}`);
    if (verdict === 'uncertain' && truth !== 'sometimes') undecided += 1;
  }
  expect(wrong).toEqual([]);
  expect(counts.drains).toBeGreaterThan(WORLDS / 5);
  expect(counts.stuck).toBeGreaterThan(WORLDS / 5);
  // Of the uncertain ones those that depend on the order are so in truth; the others are what the simulation does not know.
  expect(undecided / WORLDS).toBeLessThanOrEqual(0.05);
  expect(counts.uncertain / WORLDS).toBeLessThanOrEqual(0.05);
});
