import type { FakeEksState } from './state/fake-eks-state.ts';

/** The caller and the target of a call. `principal` is an ARN, of a role or of a session of one. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly principal: string;
  /** The ARN of the session, CloudTrail's name of the caller, where `principal` is its role. */
  readonly session?: string;
}

/** The world at one event. */
export interface World {
  readonly state: FakeEksState;
  readonly random: () => number;
  readonly timing: Timing;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The world during an operation. */
export interface OperationContext extends World {
  readonly caller: Caller;
}

/** Durations, as ranges of seconds from which each is drawn evenly. */
export interface Timing {
  /** From acceptance until DescribeCluster and DescribeNodegroup say UPDATING (facts: eks.md §2.3). */
  visibility: Range;
  controlPlane: Range;
  config: Range;
  addon: Range;
  insightsRefresh: Range;
  creation: Range;
  deletion: Range;
  /** Node groups: the setup phase, a new node's join, one node's drain, its wait and termination, one step down. */
  setup: Range;
  nodeJoin: Range;
  drain: Range;
  /**
   * One node in ten takes this many times as long to drain as the median, which is the middle of `drain`; the distribution is log-normal, independent
   * for each node. Without it the drain is drawn evenly, and equal for nodes that are drained at once.
   */
  drainTail?: number;
  termination: Range;
  scaleDown: Range;
  /** From the end of support until AWS upgrades: "at any time after" (facts: eks.md §1.3). */
  autoUpgradeDelay: Range;
}

export type Range = readonly [number, number];

/** Plausible times; EKS documents only "several minutes" and the 15 minutes of a drain (facts: eks.md §2.3, §5.1). */
export const plausibleTiming: Timing = {
  visibility: [2, 10],
  controlPlane: [8 * 60, 15 * 60],
  config: [30, 120],
  addon: [60, 240],
  insightsRefresh: [60, 300],
  creation: [8 * 60, 12 * 60],
  deletion: [2 * 60, 5 * 60],
  setup: [60, 120],
  nodeJoin: [60, 180],
  drain: [30, 90],
  termination: [80, 100],
  scaleDown: [30, 60],
  autoUpgradeDelay: [0, 12 * 3600],
};

/** EKS drains a node for no longer (facts: eks.md §5.1). In the model a drain reaches it only because pods are held, not by chance. */
const LONGEST_DRAIN_SECONDS = 15 * 60;
/** The 90th percentile of the normal distribution, in standard deviations. */
const NINE_OF_TEN = 1.2816;

/** The seconds until the last of several nodes that are drained at once is empty, as a range. */
export function drainRange(random: () => number, { drain, drainTail }: Timing, nodes: number): Range {
  if (drainTail === undefined) return drain;
  const median = (drain[0] + drain[1]) / 2;
  const drawn = Array.from({ length: nodes }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return median * drainTail ** (normal / NINE_OF_TEN);
  });
  const longest = Math.min(LONGEST_DRAIN_SECONDS, Math.max(...drawn));
  return [longest, longest];
}

/** A random number of seconds within the range, as milliseconds. */
export function draw(random: () => number, [least, most]: Range): number {
  return Math.round((least + (most - least) * random()) * 1000);
}
