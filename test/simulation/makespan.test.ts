import { runSimulation } from '../../simulator/simulate/run/run-simulation.ts';
import { EQUAL_SCENARIOS, EQUAL_TIMING } from './makespan/equal-scenarios.ts';
import { makespanOf } from './makespan/makespan-of.ts';

// Whole rollouts, on machines that may be busy.
jest.setTimeout(60_000);

test.each(Object.entries(EQUAL_SCENARIOS))('%s: the rollout takes hardly longer than it must', async (_, prepare) => {
  const simulation = { seed: 1, fleet: { clusters: 1, target: '1.37' }, faults: [] };
  const { result, world } = await runSimulation(simulation, prepare(), { idleMinutes: 1, timing: EQUAL_TIMING });
  expect(result).toMatchObject({ outcome: 'Completed', violations: [] });
  const { hours, boundHours } = await makespanOf(world);
  expect(hours).toBeGreaterThanOrEqual(boundHours);
  expect(hours / boundHours).toBeLessThanOrEqual(1.05);
});
