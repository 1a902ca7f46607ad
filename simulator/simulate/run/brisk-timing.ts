import type { Timing } from '../../eks/timing.ts';

/**
 * The lower end of each range of plausible times (simulator/eks/timing.ts): the same steps with fewer polls in between, so that more runs fit into a
 * minute. Faults cause the long waits.
 */
export const BRISK_TIMING: Partial<Timing> = {
  controlPlane: [8 * 60, 10 * 60],
  addon: [60, 80],
  insightsRefresh: [60, 70],
  setup: [60, 70],
  nodeJoin: [60, 80],
  drain: [30, 40],
  termination: [80, 85],
  scaleDown: [30, 35],
};
