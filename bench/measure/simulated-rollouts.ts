import { runSimulation } from '../../simulator/simulate/run/run-simulation.ts';
import { type Measure, median } from '../figure.ts';

const CLUSTERS = 50;
const WARM_UP = 12;
const RUNS = 12;

/**
 * Whole rollouts of synthetic fleets of 50 clusters without faults, judged, one after the other. In processor time, which is that of one core:
 * wall-clock time would be that of whatever else the machine does.
 */
export const measure: Measure = async () => {
  const seconds: number[] = [];
  for (let seed = 1; seed <= WARM_UP + RUNS; seed += 1) {
    const before = process.cpuUsage();
    const { result } = await runSimulation({ seed, fleet: { clusters: CLUSTERS, target: '1.37' }, faults: [] });
    if (result.violations.length > 0) throw new Error(`seed ${seed} broke ${result.violations[0]?.invariant}`);
    const { user, system } = process.cpuUsage(before);
    if (seed > WARM_UP) seconds.push((user + system) / 1e6);
  }
  const name = `Simulated rollouts of ${CLUSTERS} clusters, one core`;
  const note = `${RUNS} seeds after ${WARM_UP} to warm up`;
  return [{ name, value: 60 / median(seconds), unit: 'per minute', least: 100, note }];
};
