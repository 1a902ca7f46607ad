import type { DrainBudget, DrainFacts, DrainPod, PodShape } from './drain-facts.ts';

/** A pod that a budget selects. */
export interface SelectedPod {
  readonly pod: DrainPod;
  readonly shape: PodShape;
}

/** The state that the disruption controller computes for a budget. */
export interface Disruption {
  /** How many pods the budget expects; undefined where a controller's scale is not known. */
  readonly expected: number | undefined;
  readonly healthy: number;
  readonly desired: number;
  /** True when the controller cannot compute the state: it allows no disruption, and keeps the other figures as they were. */
  readonly syncFailed: boolean;
  /** How many pods may be evicted now, by the figures above. */
  readonly allowed: number;
}

/** An evicted pod that still exists counts as disrupted for 2 min (facts: nodes.md §1.2, DeletionTimeout). */
const DELETION_TIMEOUT = 120_000;

/**
 * Computes the `status` of a budget as the disruption controller does (facts: nodes.md §1.2; kubernetes pkg/controller/disruption/disruption.go): an
 * integer minAvailable counts pods, everything else the scales of the pods' controllers, and percentages round up.
 */
export function disruptionOf(
  facts: Pick<DrainFacts, 'replicas' | 'deployments'>,
  budget: DrainBudget,
  pods: readonly SelectedPod[],
  now: Date,
): Disruption {
  const healthy = pods.filter((one) => isHealthy(budget, one, now)).length;
  const { minAvailable, maxUnavailable, status } = budget;
  if (minAvailable === undefined && maxUnavailable === undefined) return allowing(0, healthy, 0);
  if (typeof minAvailable === 'number') return allowing(pods.length, healthy, minAvailable);
  let expected = expectedScale(facts, pods);
  // The disruption controller has asked for the scale of custom resources, and its status contains the answer.
  if (expected === 'unknown' && status !== undefined) expected = status.syncFailed ? 'none' : status.expectedPods;
  if (expected === 'unknown') return { expected: undefined, healthy, desired: 0, syncFailed: false, allowed: 0 };
  if (expected === 'none') {
    const { currentHealthy = healthy, desiredHealthy = 0 } = status ?? {};
    return { expected: 0, healthy: currentHealthy, desired: desiredHealthy, syncFailed: true, allowed: 0 };
  }
  const desired =
    minAvailable === undefined
      ? Math.max(0, expected - scaled(maxUnavailable ?? 0, expected))
      : scaled(minAvailable, expected);
  return allowing(expected, healthy, desired);
}

function allowing(expected: number, healthy: number, desired: number): Disruption {
  const figures = { expected, healthy, desired, syncFailed: false };
  return { ...figures, allowed: roomOf(figures, healthy) };
}

function scaled(amount: number | string, expected: number): number {
  if (typeof amount === 'number') return amount;
  const number = Number.parseInt(amount, 10);
  return amount.endsWith('%') ? Math.ceil((number * expected) / 100) : number;
}

/** How many ready pods may be evicted while `healthy` pods are healthy. */
export const roomOf = ({ expected = 0, desired, syncFailed }: Omit<Disruption, 'allowed'>, healthy: number): number =>
  syncFailed || expected <= 0 ? 0 : Math.max(0, healthy - desired);

/**
 * Whether the eviction API evicts a running pod that is not Ready and has this budget only, while `healthy` pods of the budget are healthy (facts:
 * nodes.md §1.1, steps 4 and 5).
 */
export function letsUnhealthyGo({ evictsUnhealthy }: DrainBudget, disruption: Disruption, healthy: number): boolean {
  if (evictsUnhealthy === 'AlwaysAllow') return true;
  const { desired } = disruption;
  if (evictsUnhealthy === 'IfHealthyBudget' && healthy >= desired && desired > 0) return true;
  return roomOf(disruption, healthy) > 0;
}

/** A pod is healthy when it is ready, not terminating, and not evicted within `DELETION_TIMEOUT`. */
export function isHealthy({ disrupted }: DrainBudget, { pod }: SelectedPod, now: Date): boolean {
  const evictedAt = disrupted?.[pod.name];
  const isDisrupted = evictedAt !== undefined && now.getTime() - Date.parse(evictedAt) < DELETION_TIMEOUT;
  return pod.ready && pod.terminatingSince === undefined && !isDisrupted;
}

/** The sum of the scales of the distinct controllers; `none` where one of them has no scale, which fails the whole budget. Bare pods add nothing. */
function expectedScale(
  facts: Pick<DrainFacts, 'replicas' | 'deployments'>,
  pods: readonly SelectedPod[],
): number | 'none' | 'unknown' {
  const scales = new Map<string, number | 'none' | 'unknown'>();
  for (const { shape } of pods) {
    const controller = controllerName(facts, shape);
    if (controller === undefined || scales.has(controller)) continue;
    const scale = facts.replicas[controller] ?? (HAVE_NO_SCALE.has(shape.controller?.kind ?? '') ? 'none' : 'unknown');
    scales.set(controller, scale);
  }
  const all = [...scales.values()];
  if (all.includes('none')) return 'none';
  if (all.includes('unknown')) return 'unknown';
  return all.reduce<number>((sum, scale) => sum + (scale as number), 0);
}

const HAVE_NO_SCALE = new Set(['DaemonSet', 'Job', 'CronJob', 'Node']);

/**
 * The controller whose replicas count, like `Deployment/payments/api`; undefined for a bare pod. The name of a Deployment's ReplicaSet is the
 * Deployment's plus the pod-template-hash; for any other ReplicaSet `deployments` knows the owner.
 */
export function controllerName(
  { replicas, deployments }: Pick<DrainFacts, 'replicas' | 'deployments'>,
  { namespace, labels, controller }: Pick<PodShape, 'namespace' | 'labels' | 'controller'>,
): string | undefined {
  if (controller === undefined) return undefined;
  const { kind, name } = controller;
  if (kind !== 'ReplicaSet') return `${kind}/${namespace}/${name}`;
  const hash = labels['pod-template-hash'];
  const stem = hash !== undefined && name.endsWith(`-${hash}`) ? name.slice(0, -hash.length - 1) : undefined;
  const deployment = `Deployment/${namespace}/${deployments[`${namespace}/${name}`] ?? stem}`;
  return replicas[deployment] === undefined ? `${kind}/${namespace}/${name}` : deployment;
}
