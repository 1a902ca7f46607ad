import type { Reason } from '../../core/contracts/step-result.ts';
import type { ClusterBlocker } from '../../core/queries/cluster-blockers.ts';
import type { WaveCounts } from './wave-counts.ts';

/** The sum of the four is the fleet (simulation.md, What comes out). */
export type Bucket = 'upgraded' | 'failed' | 'held' | 'excluded';

/** Times are RFC 3339 UTC, in virtual time. */
export interface StepReport {
  readonly hop: string;
  readonly step: string;
  readonly status: string;
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  readonly reasons: readonly Reason[];
}

export interface ClusterReport {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Version at the start of the run. */
  readonly from: string;
  /** Version at its end. */
  readonly version: string;
  readonly target: string | undefined;
  readonly bucket: Bucket;
  readonly status: string;
  readonly held: boolean;
  readonly hops: readonly string[];
  /** Why it is not at its target, or what was not verified. */
  readonly reasons: readonly Reason[];
  /** What lets a parked cluster continue, as in `liftlock explain`, because it cannot be retried. */
  readonly goesOn?: string | null | undefined;
  /** Everything that keeps it from its target, each with its cause, its owner and its repair where they are known; empty at the target. */
  readonly blockers: readonly ClusterBlocker[];
  /** Its place in the newest rollout that has it. */
  readonly place: { readonly rollout: string; readonly wave: string } | undefined;
  readonly steps: readonly StepReport[];
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  /** Seven days after the control plane was observed at its version; node groups and add-ons go back before it. */
  readonly rollbackWindowEndsAt: string | undefined;
  readonly managedBy: readonly string[];
}

export interface TimeSpan {
  readonly from: string;
  readonly to: string;
}

/** A wave with the results of its members, and the times when it was open, soaked, or could begin nothing. */
export interface WaveReport extends WaveCounts {
  readonly name: string;
  readonly status: string;
  readonly members: number;
  readonly open: readonly TimeSpan[];
  readonly soaks: readonly TimeSpan[];
  /** The times when its calendars were closed, also by freezes. */
  readonly closed: readonly TimeSpan[];
  readonly freezes: readonly (TimeSpan & { readonly what: string })[];
}

export interface RunReport {
  readonly apiVersion: 'liftlock/v1alpha1';
  readonly kind: 'RunReport';
  readonly startedAt: string;
  readonly endedAt: string;
  /** False when something was still moving at the end of the simulated time. */
  readonly rested: boolean;
  readonly totals: Readonly<Record<Bucket, number>>;
  readonly clusters: readonly ClusterReport[];
  readonly rollouts: readonly {
    readonly id: string;
    readonly policy: string;
    readonly target: string;
    readonly status: string;
    /** The command that has a halted rollout go on. */
    readonly resume?: string | undefined;
    readonly waves: readonly WaveReport[];
  }[];
  readonly unreadableAccounts: readonly {
    readonly account: string;
    readonly region: string;
    readonly status: string;
    readonly reason: string;
  }[];
  /** Violated invariants of the run; each is a fault of Liftlock. */
  readonly violations: readonly string[];
  /** Every cluster that did not reach its target has a reason. */
  readonly explained: boolean;
  /** What the state machines would have cost on AWS (facts: serverless.md §1.2). */
  readonly cost: { readonly stateTransitions: number; readonly dollars: number };
  /** Assumptions about what the folder did not say. */
  readonly statements: readonly string[];
  /** What to do next, most useful first. */
  readonly next: readonly string[];
}
