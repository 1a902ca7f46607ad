import type { LabelSelector } from '../../selector/label-selector.ts';

/**
 * What of a cluster decides whether its nodes can be drained, as plain JSON. Pods of one template share a shape, so that 30,000 pods fit into
 * what a scan puts away between two invocations.
 */
export interface DrainFacts {
  /** Lists that were read to their end, as `group/resource`. */
  read: string[];
  nodes: DrainNode[];
  shapes: Record<string, PodShape>;
  /** Where the budgets were read before them, only those that may hold a node: nearly all of a large cluster may not. */
  pods: DrainPod[];
  budgets: DrainBudget[];
  /** `spec.replicas` by `Deployment/payments/api`, of the controllers that the disruption controller knows by itself. */
  replicas: Record<string, number>;
  /** The Deployment of a ReplicaSet whose name does not tell it, by `namespace/name`. */
  deployments: Record<string, string>;
  /** Whose controllers and namespaces are, where somebody wrote it down: by `Deployment/payments/api` and `Namespace//payments`. */
  owners: Record<string, string>;
  /** Where a claim's volume can be reached from, by `namespace/claim`. */
  volumes: { claims: Record<string, string>; nodes: Record<string, readonly NodeTerm[]> };
  /** Deployments whose rollout somebody has paused, by `namespace/name`. */
  paused: string[];
  /** Namespaces that are being deleted: their pods go by themselves. */
  endingNamespaces: string[];
}

export interface DrainNode {
  readonly name: string;
  /** The managed node group, which EKS rolls. */
  readonly nodegroup?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** The upgrade of Liftlock's own that has cordoned it; absent for anybody else. */
  readonly cordonedBy?: string;
  /** `MemoryPressure`, `DiskPressure`, `PIDPressure`; absent for none. */
  readonly pressures?: readonly string[];
  /** Millicores and bytes; absent where the kubelet says nothing. */
  readonly cpu?: number;
  readonly memory?: number;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

export interface Toleration {
  /** Absent: every key. */
  readonly key?: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  /** Absent: every effect. */
  readonly effect?: string;
}

/** One term of a node selector: all of it must hold. */
export type NodeTerm = readonly NodeRequirement[];

export interface NodeRequirement {
  /** `metadata.name` for a field. */
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** What the pods of one template have in common. */
export interface PodShape {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its owner with `controller: true`; absent for a bare pod. */
  readonly controller?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly graceSeconds: number;
  /** Mirrors of static pods are left alone by every drain. */
  readonly isMirror: boolean;
  /** `nodeSelector`, and `requiredDuringScheduling…` of which one term must hold; empty: any node. */
  readonly terms: readonly NodeTerm[];
  readonly tolerations: readonly Toleration[];
  /** Claims of its volumes. */
  readonly claims: readonly string[];
  readonly cpu: number;
  readonly memory: number;
}

export interface DrainPod {
  readonly name: string;
  /** Key of its shape. */
  readonly shape: string;
  /** Absent while no node has taken it. */
  readonly node?: string;
  readonly phase: string;
  readonly ready: boolean;
  /** RFC 3339; absent where it is Ready, since then it does not matter. */
  readonly createdAt?: string;
  /** RFC 3339: `deletionTimestamp`. */
  readonly terminatingSince?: string;
  readonly finalizers?: readonly string[];
}

export interface DrainBudget {
  readonly namespace: string;
  readonly name: string;
  /** Absent: it matches nothing. */
  readonly selector?: LabelSelector;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly evictsUnhealthy: 'IfHealthyBudget' | 'AlwaysAllow' | 'unknown';
  /** What the disruption controller has written, as long as it is about the present generation. */
  readonly status?: {
    readonly expectedPods: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
    readonly syncFailed: boolean;
  };
  /** Pods that were evicted and not gone yet, and when (RFC 3339). */
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

/** Puts what one page has told to what is known already. */
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
