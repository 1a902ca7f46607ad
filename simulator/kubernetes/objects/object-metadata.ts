import { hash } from 'node:crypto';
import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';

/** `metadata` of an object; `resourceVersion` is added where revisions are counted (server/object-history.ts). */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly generateName?: string;
  readonly creationTimestamp: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly object[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly deletionTimestamp?: string;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: true;
  readonly blockOwnerDeletion: true;
}

/** Any object of the API as in a list: without `apiVersion` and `kind`. */
export interface KubernetesObject {
  readonly metadata: ObjectMeta;
  readonly spec?: object;
  readonly status?: object;
}

export interface Identity {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Distinguishes an object from an earlier one of the same name. */
  readonly incarnation?: number | undefined;
}

/** The same for the same object of the same cluster, and another one after it was created again. */
export function uidOf(cluster: ClusterRecord, { kind, namespace = '', name, incarnation = 0 }: Identity): string {
  const text = [cluster.arn, cluster.createdAt, kind, namespace, name, incarnation].join('|');
  const digits = hash('sha256', text, 'hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}

/** All controllers of the model (Deployments, ReplicaSets, StatefulSets, DaemonSets) are of apps/v1. */
export function controllerReference(cluster: ClusterRecord, identity: Identity): readonly [OwnerReference] {
  const uid = uidOf(cluster, identity);
  const apiVersion = 'apps/v1';
  return [{ apiVersion, kind: identity.kind, name: identity.name, uid, controller: true, blockOwnerDeletion: true }];
}

/** Each object has several times, and most are equal to those of others. */
const timestamps = new Map<number, string>();
const MOST_REMEMBERED = 10_000;

/** `2026-11-20T08:00:00Z`: seconds, as `metav1.Time` is written. */
export function timestamp(milliseconds: number): string {
  const known = timestamps.get(milliseconds);
  if (known !== undefined) return known;
  const text = `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
  if (timestamps.size >= MOST_REMEMBERED) timestamps.clear();
  timestamps.set(milliseconds, text);
  return text;
}

/** Members that the API leaves out while they are zero. */
export function withoutZeros<T extends Readonly<Record<string, number>>>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)) as Partial<T>;
}
