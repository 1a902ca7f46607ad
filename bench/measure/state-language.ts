import { measureTransitions } from '../../simulator/asl/benchmark.ts';
import type { Measure } from '../figure.ts';

/** The interpreter alone; a run of a whole fleet spends most of its time elsewhere. */
export const measure: Measure = async () => {
  await measureTransitions(2, 200);
  const { transitionsPerSecond } = await measureTransitions();
  return [{ name: 'State machine interpreter', value: transitionsPerSecond, unit: 'per second', least: 2_000 }];
};
