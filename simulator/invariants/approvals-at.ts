import type { Moment } from './judge.ts';

/** A person's word on one wave, as the audit has it on the record of its rollout. */
export interface ApprovalOnRecord {
  readonly type: 'approved' | 'rejected' | 'voided';
  readonly rolloutId: string;
  readonly waveIndex: number;
  /** The wave's plan hash that it is bound to. */
  readonly hash: string;
  readonly principal: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

const EVENTS = { WaveApproved: 'approved', WaveRejected: 'rejected', ApprovalVoided: 'voided' } as const;

/** The approval that an audit item records; undefined for all other items. The one place that knows how approvals are recorded. */
export function approvalAt({ item, at }: Moment): ApprovalOnRecord | undefined {
  const type = EVENTS[item.event as keyof typeof EVENTS];
  if (type === undefined || !item.subject.startsWith('rollout/')) return undefined;
  const { waveIndex, hash, by } = item.detail as { waveIndex?: number; hash?: string; by?: string };
  if (waveIndex === undefined) return undefined;
  const rolloutId = item.subject.slice('rollout/'.length);
  return { type, rolloutId, waveIndex, hash: hash ?? '', principal: by ?? item.principal, at };
}
