import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { uidOf } from '../objects/object-metadata.ts';
import { podTemplateHash } from '../pod-names.ts';
import { qualifiedName } from '../resource-types.ts';
import { scalePath, valueAtPath } from '../resources/scale-path.ts';
import { storageGroup } from '../resources/storage-group.ts';
import { groupOf } from '../resources/stored-object.ts';
import { resourceTypes } from '../served-types.ts';
import type { Budget, BudgetCondition, StoredStatus } from './budget.ts';
import { type ControllerReference, controllerOf, type PodView, podViews } from './pod-view.ts';

export type BudgetStatus = Required<Omit<StoredStatus, 'disruptedPods'>> & Pick<StoredStatus, 'disruptedPods'>;

/** A pod with an accepted eviction counts as gone for this time, whether it ends or not. */
const deletionTimeout = 2 * 60_000;

/**
 * The `status` of a budget for evictions. The disruption controller of this fake is always up to date, unless it is stopped. It follows upstream
 * (facts: nodes.md §1.2).
 */
export function budgetStatus(cluster: ClusterRecord, budget: Budget, now: number): BudgetStatus {
  if (cluster.kubernetes.disruptionControllerStopped === true) return asStored(budget, budget.status);
  const { namespace, selectorFault, matches } = budget;
  const pods = podViews(cluster.kubernetes, now, namespace).filter(({ labels }) => matches(labels));
  try {
    if (selectorFault !== undefined) throw new SyncFailed(selectorFault);
    return sync(budget, pods, expectedCounts(cluster, budget, pods), now);
  } catch (error) {
    if (!(error instanceof SyncFailed)) throw error;
    // The earlier counts stay, and so does their generation.
    const { observedGeneration = 0 } = budget.status;
    const condition = { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: error.message };
    return {
      ...asStored(budget, { ...budget.status, observedGeneration, disruptionsAllowed: 0 }),
      conditions: [condition],
    };
  }
}

function sync(
  budget: Budget,
  pods: readonly PodView[],
  { expectedPods, desiredHealthy }: Counts,
  now: number,
): BudgetStatus {
  const disruptedPods = stillDisrupted(budget.status, pods, now);
  const healthy = pods.filter(({ name, ready, terminating }) => ready && !terminating && !(name in disruptedPods));
  const spare = Math.max(0, healthy.length - desiredHealthy);
  const disruptionsAllowed = expectedPods <= 0 ? 0 : spare;
  return {
    ...{ expectedPods, desiredHealthy, disruptionsAllowed, currentHealthy: healthy.length },
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    observedGeneration: budget.generation,
    conditions: [conditionOf(disruptionsAllowed)],
  };
}

export const conditionOf = (disruptionsAllowed: number): BudgetCondition =>
  disruptionsAllowed > 0
    ? { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '' }
    : { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '' };

interface Counts {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/** Everything except an integer `minAvailable` depends on the scale of the controllers, and percentages of it round up. */
function expectedCounts(cluster: ClusterRecord, budget: Budget, pods: readonly PodView[]): Counts {
  const { minAvailable, maxUnavailable } = budget;
  if (maxUnavailable !== undefined) {
    const expectedPods = expectedScale(cluster, pods);
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - scaled(maxUnavailable, expectedPods)) };
  }
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable };
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 };
  const expectedPods = expectedScale(cluster, pods);
  return { expectedPods, desiredHealthy: scaled(minAvailable, expectedPods) };
}

function scaled(value: unknown, total: number): number {
  if (typeof value === 'number') return value;
  const percentage = /^(\d+)%$/.exec(String(value))?.[1];
  if (percentage === undefined)
    throw new SyncFailed('invalid value for IntOrString: invalid type: string is not a percentage');
  return Math.ceil((Number(percentage) * total) / 100);
}

/** Entries whose pod is neither gone nor terminating, and is still expected to go. */
function stillDisrupted({ disruptedPods = {} }: StoredStatus, pods: readonly PodView[], now: number) {
  const staying = new Set(pods.filter(({ terminating }) => !terminating).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(disruptedPods).filter(([name, at]) => staying.has(name) && Date.parse(at) + deletionTimeout > now),
  );
}

function asStored({ status: before }: Budget, status: StoredStatus): BudgetStatus {
  const { disruptedPods = before.disruptedPods } = status;
  return {
    expectedPods: status.expectedPods ?? 0,
    desiredHealthy: status.desiredHealthy ?? 0,
    currentHealthy: status.currentHealthy ?? 0,
    disruptionsAllowed: status.disruptionsAllowed ?? 0,
    observedGeneration: status.observedGeneration ?? 0,
    conditions: status.conditions ?? [],
    ...(disruptedPods === undefined ? {} : { disruptedPods }),
  };
}

/** The disruption controller could not compute the expected number of pods; the message is its text. */
class SyncFailed extends Error {}

/** An object with a number of replicas. */
interface Scaled {
  readonly key: string;
  readonly replicas: number;
  readonly controller?: ControllerReference;
}

/**
 * The expected number of pods: the sum of the scales of their distinct controllers. Pods without a controller are left out.
 * @throws SyncFailed where the scale of one of them is not known.
 */
function expectedScale(cluster: ClusterRecord, pods: readonly PodView[]): number {
  const scales = new Map<string, number>();
  const seen = new Map<string, Scaled>();
  for (const { namespace, name, controller } of pods) {
    if (controller === undefined) continue;
    const reference = [controller.apiVersion, controller.kind, controller.name, controller.uid].join('|');
    const scaled = seen.get(reference) ?? scaleOf(cluster, namespace, controller);
    if (scaled === undefined) throw new SyncFailed(`found no controllers for pod "${name}"`);
    seen.set(reference, scaled);
    scales.set(scaled.key, scaled.replicas);
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
}

/**
 * In the order of the disruption controller; the subresource of a ReplicationController has the same value as the object. A ReplicaSet whose
 * Deployment is missing is scaled by its own subresource, as upstream.
 */
function scaleOf(cluster: ClusterRecord, namespace: string, reference: ControllerReference): Scaled | undefined {
  const found = (wanted: ControllerReference) => findScaled(cluster, namespace, wanted);
  const set = isOf(reference, 'ReplicaSet', 'apps', 'extensions') ? found(reference) : undefined;
  if (set !== undefined) {
    const owner = set.controller;
    const deployment =
      owner !== undefined && isOf(owner, 'Deployment', 'apps', 'extensions') ? found(owner) : undefined;
    if (deployment !== undefined) return deployment;
    if (owner?.kind !== 'Deployment') return set;
  }
  if (isOf(reference, 'StatefulSet', 'apps')) {
    const stateful = found(reference);
    if (stateful !== undefined) return stateful;
  }
  return throughSubresource(cluster, namespace, reference);
}

function throughSubresource(cluster: ClusterRecord, namespace: string, reference: ControllerReference) {
  const { apiVersion, kind } = reference;
  const type = resourceTypes(cluster).find(
    (each) => each.kind === kind && (each.group === '' ? each.version : `${each.group}/${each.version}`) === apiVersion,
  );
  if (type === undefined) throw new SyncFailed(`no matches for kind "${kind}" in version "${apiVersion}"`);
  if (scalePath(cluster.kubernetes, type) === undefined)
    throw new SyncFailed(`${qualifiedName(type)} does not implement the scale subresource`);
  return findScaled(cluster, namespace, reference);
}

function findScaled(cluster: ClusterRecord, namespace: string, reference: ControllerReference): Scaled | undefined {
  const { kind, name, uid } = reference;
  const found = writtenDown(cluster, namespace, reference) ?? modelled(cluster, namespace, kind, name);
  return found === undefined || (uid !== undefined && found.key !== uid) ? undefined : found;
}

function modelled(cluster: ClusterRecord, namespace: string, kind: string, name: string): Scaled | undefined {
  const wanted = kind === 'ReplicaSet' ? 'Deployment' : kind;
  const workload = cluster.kubernetes.workloads.find(
    (each) =>
      each.kind === wanted &&
      each.namespace === namespace &&
      name === (kind === 'ReplicaSet' ? `${each.name}-${podTemplateHash(each)}` : each.name),
  );
  if (workload === undefined) return undefined;
  const owner = { apiVersion: 'apps/v1', kind: wanted, name: workload.name };
  return {
    key: uidOf(cluster, { kind, namespace, name }),
    replicas: workload.replicas,
    ...(kind === 'ReplicaSet' ? { controller: owner } : {}),
  };
}

function writtenDown(
  cluster: ClusterRecord,
  namespace: string,
  { apiVersion, kind, name }: ControllerReference,
): Scaled | undefined {
  const group = storageGroup(groupOf({ apiVersion }), kind);
  const object = (cluster.kubernetes.objects ?? []).find(
    (each) =>
      each.kind === kind &&
      each.metadata.name === name &&
      each.metadata.namespace === namespace &&
      storageGroup(groupOf(each), kind) === group,
  );
  if (object === undefined) return undefined;
  const path = scalePath(cluster.kubernetes, { group, version: apiVersion.split('/').at(-1) ?? '', kind });
  const replicas = path === undefined ? undefined : valueAtPath(object, path);
  const controller = controllerOf(object.metadata);
  const { uid = uidOf(cluster, { kind, namespace, name }) } = object.metadata;
  return {
    key: String(uid),
    // The API server writes 1 by default.
    replicas: typeof replicas === 'number' ? replicas : 1,
    ...(controller === undefined ? {} : { controller }),
  };
}

const isOf = (reference: ControllerReference, kind: string, ...groups: readonly string[]): boolean =>
  reference.kind === kind && groups.includes(groupOf(reference));
