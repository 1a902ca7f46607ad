import type { ErrorCode, UpdateParam, UpdateType } from '@aws-sdk/client-eks';

/** One update of a control plane, node group or add-on, with its true times, which the API does not tell. */
export interface UpdateRecord {
  id: string;
  type: UpdateType;
  status: 'InProgress' | 'Failed' | 'Cancelled' | 'Successful';
  params: UpdateParam[];
  createdAt: number;
  /** Absent while in progress. */
  endedAt?: number;
  errors: { errorCode: ErrorCode; errorMessage: string; resourceIds: string[] }[];
  cancellation?: { status: 'InProgress' | 'Failed' | 'Successful'; reason?: string };
  /** Absent for an update of the control plane. */
  nodegroupName?: string;
  addonName?: string;
  toVersion?: string;
  /** Only a rollback on Auto Mode has a node phase, and only there it can be cancelled (facts: eks.md §3.5). */
  phase?: 'nodes' | 'control-plane';
  /** When the node phase gives up. */
  nodePhaseEndsAt?: number;
  /** The call that started it, for idempotency; absent for what AWS does by itself and for what a dump tells. */
  request?: { operation: string; input: Record<string, unknown> };
  /** The call that cancelled it, for idempotency. */
  cancelRequest?: Record<string, unknown>;
  /** Who asked: a principal, or `eks.amazonaws.com` for what AWS does by itself. */
  principal: string;
  /** How an accepted update will end badly, decided when it was accepted. */
  plannedFailure?: { errorCode: ErrorCode; errorMessage: string };
}
