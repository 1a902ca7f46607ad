import type { Moment } from './check-history.ts';

/** A person's word on one wave, as the audit has it on the record of its rollout. */
export interface ApprovalOnRecord {
  readonly type: 'approved' | 'rejected';
  readonly rolloutId: string;
  readonly waveIndex: number;
  /** The wave's plan hash that it is bound to. */
  readonly hash: string;
  readonly principal: string;
  /** By which Liftlock approved it. */
  readonly rule: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

interface Detail {
  readonly index?: number;
  readonly planHash?: string;
  readonly principal?: string;
  readonly changes?: { readonly approvals?: readonly { readonly planHash: string; readonly comment?: string }[] };
}

const EVENTS = { WaveApproved: 'approved', WaveRejected: 'rejected' } as const;

/** The approval that an audit item records; undefined for all other items. The one place that knows how approvals are recorded. */
export function approvalAt({ item, at }: Moment): ApprovalOnRecord | undefined {
  const type = EVENTS[item.event as keyof typeof EVENTS];
  if (type === undefined || !item.subject.startsWith('rollout/')) return undefined;
  const { index, planHash, principal = item.principal, changes } = item.detail as Detail;
  if (index === undefined) return undefined;
  const rolloutId = item.subject.slice('rollout/'.length);
  // A person's word is the detail itself; one that a rule gives is among what the reconciler has changed.
  const given = changes?.approvals?.at(-1);
  const hash = planHash ?? given?.planHash ?? '';
  return { type, rolloutId, waveIndex: index, hash, principal, rule: given?.comment, at };
}
