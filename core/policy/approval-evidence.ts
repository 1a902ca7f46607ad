/** What happened in a wave before the one that asks for approval. */
interface EarlierWave {
  readonly name: string;
  /** Of `WAVE_STATUSES`. */
  readonly status: string;
  readonly members: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly blocked: number;
  readonly quarantined: number;
  /** Hours since its last success, gates green throughout; 0 where it has not soaked. */
  readonly soakedHours: number;
}

/**
 * What `approval.autoApproveWhen` may rest on: what was seen, no plans and no clock. Policies are written against it, so fields may be
 * added and never change their meaning (peers.md: Armory's policies broke when their input did).
 */
export interface ApprovalEvidence {
  readonly rollout: { readonly id: string; readonly policy: string; readonly target: string };
  /** The wave that asks; `index` counts from 0. */
  readonly wave: { readonly name: string; readonly index: number };
  readonly earlier: readonly EarlierWave[];
  /** Sums over the earlier waves. */
  readonly succeeded: number;
  readonly failed: number;
  readonly blocked: number;
  /** Findings that would block, in the latest scans of the clusters of the wave that asks; undefined = nobody knows, and what asks for them has no answer. */
  readonly findings: number | undefined;
}
