import type { LabelSelector } from '../../selector/label-selector.ts';

/**
 * The facts of a cluster that decide whether its nodes can be drained, as plain JSON. Pods of one template share a shape, so that 30,000 pods fit
 * into what a scan saves between two invocations.
 */
export interface DrainFacts {
  /** Lists that were read to their end, as `group/resource`. */
  read: string[];
  nodes: DrainNode[];
  shapes: Record<string, PodShape>;
  /** All pods, or only those that may block a drain where the budgets were read before the pods. In a large cluster those are few. */
  pods: DrainPod[];
  budgets: DrainBudget[];
  /** `spec.replicas` by `Deployment/payments/api`, for the controllers that the disruption controller supports itself. */
  replicas: Record<string, number>;
  /** The Deployment of a ReplicaSet whose name does not contain it, by `namespace/name`. */
  deployments: Record<string, string>;
  /** The recorded owners of controllers and namespaces, by `Deployment/payments/api` and `Namespace//payments`. */
  owners: Record<string, string>;
  /** The nodes that can reach the volume of a claim, by `namespace/claim`. */
  volumes: { claims: Record<string, string>; nodes: Record<string, readonly NodeTerm[]> };
  /** Deployments whose rollout is paused, by `namespace/name`. */
  paused: string[];
  /** Namespaces that are being deleted: Kubernetes deletes their pods. */
  endingNamespaces: string[];
}

export interface DrainNode {
  readonly name: string;
  /** The managed node group, which EKS replaces. */
  readonly nodegroup?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** The upgrade by Liftlock that has cordoned the node; absent when Liftlock has not. */
  readonly cordonedBy?: string;
  /** `MemoryPressure`, `DiskPressure` or `PIDPressure`; absent when there is none. */
  readonly pressures?: readonly string[];
  /** Millicores and bytes; absent where the kubelet reports none. */
  readonly cpu?: number;
  readonly memory?: number;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

export interface Toleration {
  /** Absent for every key. */
  readonly key?: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  /** Absent for every effect. */
  readonly effect?: string;
}

/** One term of a node selector: all of its requirements must hold. */
export type NodeTerm = readonly NodeRequirement[];

export interface NodeRequirement {
  /** `metadata.name` for a field. */
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** The properties that the pods of one template share. */
export interface PodShape {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its owner with `controller: true`; absent for a bare pod. */
  readonly controller?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly graceSeconds: number;
  /** A drain leaves the mirrors of static pods alone. */
  readonly isMirror: boolean;
  /** `nodeSelector` and `requiredDuringScheduling…`, of which one term must hold; an empty list allows any node. */
  readonly terms: readonly NodeTerm[];
  readonly tolerations: readonly Toleration[];
  /** Claims of its volumes. */
  readonly claims: readonly string[];
  readonly cpu: number;
  readonly memory: number;
}

export interface DrainPod {
  readonly name: string;
  /** The key of its shape. */
  readonly shape: string;
  /** Absent while the pod is not scheduled. */
  readonly node?: string;
  readonly phase: string;
  readonly ready: boolean;
  /** RFC 3339; absent where the pod is Ready, since then it does not matter. */
  readonly createdAt?: string;
  /** RFC 3339: `deletionTimestamp`. */
  readonly terminatingSince?: string;
  readonly finalizers?: readonly string[];
}

export interface DrainBudget {
  readonly namespace: string;
  readonly name: string;
  /** Absent for a budget that matches no pod. */
  readonly selector?: LabelSelector;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly evictsUnhealthy: 'IfHealthyBudget' | 'AlwaysAllow' | 'unknown';
  /** The status that the disruption controller has written; absent when it is about an older generation. */
  readonly status?: {
    readonly expectedPods: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
    readonly syncFailed: boolean;
  };
  /** Evicted pods that still exist, with the time of the eviction (RFC 3339). */
  readonly disrupted?: Readonly<Record<string, string>>;
  readonly owner?: string;
  readonly cause?: string;
}

export const noDrainFacts = (): DrainFacts => ({
  read: [],
  nodes: [],
  shapes: {},
  pods: [],
  budgets: [],
  replicas: {},
  deployments: {},
  owners: {},
  volumes: { claims: {}, nodes: {} },
  paused: [],
  endingNamespaces: [],
});

/** Adds the facts of one page to the known ones. */
export function addDrainFacts(known: DrainFacts, more: DrainFacts): void {
  known.read.push(...more.read);
  for (const node of more.nodes) known.nodes.push(node);
  Object.assign(known.shapes, more.shapes);
  for (const pod of more.pods) known.pods.push(pod);
  known.budgets.push(...more.budgets);
  Object.assign(known.replicas, more.replicas);
  Object.assign(known.deployments, more.deployments);
  Object.assign(known.owners, more.owners);
  Object.assign(known.volumes.claims, more.volumes.claims);
  Object.assign(known.volumes.nodes, more.volumes.nodes);
  known.paused.push(...more.paused);
  known.endingNamespaces.push(...more.endingNamespaces);
}
