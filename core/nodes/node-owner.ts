import type { OtherNodeKind } from '../contracts/items/cluster.ts';
import type { UndoEntry } from '../contracts/items/protocol.ts';
import type { Reason } from '../contracts/step-result.ts';
import type { Scope } from '../ports/eks.ts';
import type { KubeVersion } from '../version/kube-version.ts';

/**
 * What is to be done next, as data: nothing is sent here. `blocked`: the unit cannot be brought there, for this reason. `others`: somebody else
 * changes the unit, so it is looked at later. How a call is repeated, seen and undone follows from its name (core/contracts/mutating-calls.ts).
 */
export type Move<Call> =
  | { readonly type: 'done' | 'blocked' | 'others'; readonly reason: Reason }
  | { readonly type: 'call'; readonly call: Call };

/** How the nodes of a unit are replaced. */
export interface Batch {
  /** How many nodes are down together at most. */
  readonly atOnce: number;
}

/** How the undo of a journal entry ends without a call: the unit is gone, has its own settings again, or has what somebody else has set. */
export type Restored = 'gone' | 'undone' | 'notOurs';

/** The cluster that the unit is in, and the version that it goes to. */
export interface OwnerContext {
  readonly scope: Scope;
  readonly cluster: { readonly name: string; readonly version: string };
  readonly target: KubeVersion;
}

/** The types that one kind of nodes has of its own. */
export interface OwnerTypes {
  /** A unit as it was read: a group, a pool. */
  readonly unit: object;
  /** What a policy or a rollout wants of a unit, beside its version. */
  readonly wanted: object;
  readonly plan: Batch;
  readonly call: object;
  readonly entry: UndoEntry;
  readonly undo: object;
  readonly ports: object;
}

/**
 * Moves nodes of one kind to another version. Everything except `observe` is a pure function of what was observed, so that the step that sends, the
 * scan that foresees and the views for people decide alike (docs/adr/0028). Another kind takes one more folder here that passes test/node-owners.
 */
export interface NodeOwner<T extends OwnerTypes> {
  readonly kind: OtherNodeKind;
  /** @throws what the reads throw; for a unit that does not exist that is the error of EKS or of the API server */
  observe(ports: T['ports'], context: OwnerContext, name: string, wanted: T['wanted']): Promise<T['unit']>;
  /** @param room nodes that may still go down (core/nodes/disruption-ledger.ts) */
  plan(unit: T['unit'], room?: number): T['plan'];
  /** Never moves a unit to an older version than its own. */
  roll(unit: T['unit'], target: KubeVersion): Move<T['call']>;
  /** The reason once a call has succeeded; undefined while that does not show yet. */
  arrived(unit: T['unit'], target: KubeVersion): Reason | undefined;
  /** Moves a unit to the minor before its own, which the control plane is to go back to, and never further. */
  takeBack(unit: T['unit'], minor: KubeVersion): Move<T['call']>;
  /** The undo of what was set on a unit, judged by what is there now. @param unit undefined where it is gone */
  restore(entry: T['entry'], unit: T['unit'] | undefined): { readonly ended: Restored } | { readonly undo: T['undo'] };
}
