import type { OtherNodeKind } from '../contracts/items/cluster.ts';
import type { UndoEntry } from '../contracts/items/protocol.ts';
import type { Reason } from '../contracts/step-result.ts';
import type { Scope } from '../ports/eks.ts';
import type { KubeVersion } from '../version/kube-version.ts';

/**
 * What is to be done next, as data: nothing is sent here. `blocked`: it cannot be brought there, because. `others`: somebody else changes it, and it is
 * looked at later. How a call is repeated, seen and undone is said of its name (core/contracts/mutating-calls.ts).
 */
export type Move<Call> =
  | { readonly type: 'done' | 'blocked' | 'others'; readonly reason: Reason }
  | { readonly type: 'call'; readonly call: Call };

/** How the nodes of a unit are replaced. */
export interface Batch {
  /** Nodes that are down together at most. */
  readonly atOnce: number;
}

/** How an undo of a journal entry ends without a call: the unit is gone, has its own again, or has what somebody else has set. */
export type Restored = 'gone' | 'undone' | 'notOurs';

/** Where the cluster is, and where it goes. */
export interface OwnerContext {
  readonly scope: Scope;
  readonly cluster: { readonly name: string; readonly version: string };
  readonly target: KubeVersion;
}

/** What one kind of nodes has of its own. */
export interface OwnerTypes {
  /** As it was read: a group, a pool. */
  readonly unit: object;
  /** What a policy, or a rollout, wants of a unit beside its version. */
  readonly wanted: object;
  readonly plan: Batch;
  readonly call: object;
  readonly entry: UndoEntry;
  readonly undo: object;
  readonly ports: object;
}

/**
 * Whoever moves nodes of one kind to another version. All but `observe` is pure over what was observed, so that the step which sends, the scan which
 * foresees and whoever tells people decide alike (docs/adr/0028). One more kind is one more folder here that passes test/node-owners.
 */
export interface NodeOwner<T extends OwnerTypes> {
  readonly kind: OtherNodeKind;
  /** @throws what the reads throw; a unit that is not there is EKS's or the API server's own error */
  observe(ports: T['ports'], context: OwnerContext, name: string, wanted: T['wanted']): Promise<T['unit']>;
  /** @param room nodes that may still go down (core/nodes/disruption-ledger.ts) */
  plan(unit: T['unit'], room?: number): T['plan'];
  /** Never to an older version than its own. */
  roll(unit: T['unit'], target: KubeVersion): Move<T['call']>;
  /** Once its call has ended well; undefined while that does not show. */
  arrived(unit: T['unit'], target: KubeVersion): Reason | undefined;
  /** To the minor before its own, which the control plane is to go back to; never further. */
  takeBack(unit: T['unit'], minor: KubeVersion): Move<T['call']>;
  /** The undo of what was set on it, by what is there now. @param unit undefined where it is gone */
  restore(entry: T['entry'], unit: T['unit'] | undefined): { readonly ended: Restored } | { readonly undo: T['undo'] };
}
