import type { ErrorCode, UpdateParam, UpdateType } from '@aws-sdk/client-eks';

/** One update of a control plane, node group or add-on, with its true times, which the API does not return. */
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
  /** Only a rollback on Auto Mode has a node phase, in which alone it can be cancelled (facts: eks.md §3.5). */
  phase?: 'nodes' | 'control-plane';
  /** The timeout of the node phase. */
  nodePhaseEndsAt?: number;
  /** The call that started it, for idempotency; absent for AWS's own updates and for those of a dump. */
  request?: { operation: string; input: Record<string, unknown> };
  /** The call that cancelled it, for idempotency. */
  cancelRequest?: Record<string, unknown>;
  /** The principal, or `eks.amazonaws.com` for AWS's own updates. */
  principal: string;
  /** The failure of an accepted update, decided at its acceptance. */
  plannedFailure?: { errorCode: ErrorCode; errorMessage: string };
}
