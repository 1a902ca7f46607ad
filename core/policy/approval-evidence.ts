/** What happened in a wave before the one that asks for approval. */
interface EarlierWave {
  readonly name: string;
  /** One of `WAVE_STATUSES`. */
  readonly status: string;
  readonly members: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly blocked: number;
  readonly quarantined: number;
  /** Hours since the wave's last success with all gates green; 0 where it has not soaked. */
  readonly soakedHours: number;
}

/**
 * What `approval.autoApproveWhen` may use: facts that were seen, no plans and no clock. Policies are written against these fields, so fields may be
 * added and never change their meaning (Armory's policies broke when their input did).
 */
export interface ApprovalEvidence {
  readonly rollout: { readonly id: string; readonly policy: string; readonly target: string };
  /** The wave that asks for approval; `index` counts from 0. */
  readonly wave: { readonly name: string; readonly index: number };
  readonly earlier: readonly EarlierWave[];
  /** Sums over the earlier waves. */
  readonly succeeded: number;
  readonly failed: number;
  readonly blocked: number;
  /**
   * How many findings of the latest scans of the asking wave's clusters would block; undefined = nobody knows, and an expression that uses it has no
   * answer.
   */
  readonly findings: number | undefined;
}
