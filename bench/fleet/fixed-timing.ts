import type { Timing } from '../../simulator/eks/operation-context.ts';

/** Setup, a first node that joins at once, and the steps in between take this long beside the drain, in seconds. */
const AROUND_THE_DRAIN = 63;

/**
 * The fake EKS takes exactly these seconds, instead of times drawn from ranges. Node groups have one node (see {@link oneCluster}), so that
 * one drain is the whole roll.
 */
export function fixedTiming(seconds: { readonly controlPlane: number; readonly nodeGroup: number }): Partial<Timing> {
  const drain = seconds.nodeGroup - AROUND_THE_DRAIN;
  return {
    controlPlane: [seconds.controlPlane, seconds.controlPlane],
    setup: [60, 60],
    nodeJoin: [0, 0],
    drain: [drain, drain],
    termination: [0, 0],
    scaleDown: [0, 0],
    addon: [120, 120],
    insightsRefresh: [120, 120],
  };
}
