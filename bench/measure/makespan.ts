import { runSimulation } from '../../simulator/simulate/run/run-simulation.ts';
import { EQUAL_SCENARIOS, EQUAL_TIMING } from '../../test/simulation/makespan/equal-scenarios.ts';
import { makespanOf } from '../../test/simulation/makespan/makespan-of.ts';
import type { Figure, Measure } from '../figure.ts';

/** How much longer simulated rollouts of like clusters take than the bound of simulator/simulate/makespan/makespan-of.ts. */
export const measure: Measure = async () => {
  const figures: Figure[] = [];
  for (const [name, prepare] of Object.entries(EQUAL_SCENARIOS)) {
    const simulation = { seed: 1, fleet: { clusters: 1, target: '1.37' }, faults: [] };
    const { world } = await runSimulation(simulation, prepare(), { idleMinutes: 1, timing: EQUAL_TIMING });
    const { hours, boundHours } = await makespanOf(world);
    const note = `${hours.toFixed(2)} h; at least ${boundHours.toFixed(2)} h by windows, caps, soaks and equal durations`;
    figures.push({
      name: `Makespan ÷ lower bound, ${name}`,
      value: hours / boundHours,
      unit: 'times',
      limit: 1.05,
      note,
    });
  }
  return figures;
};
