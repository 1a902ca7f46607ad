import type { BreakGlass } from '../contracts/items/break-glass.ts';
import type { ReadinessHistory } from '../contracts/items/readiness-history.ts';
import type { Member } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import type { ClusterBlocker } from './cluster-blockers.ts';
import type { ClusterDetail } from './cluster-detail.ts';
import type { ReadinessView } from './cluster-readiness.ts';
import type { ClusterSummary } from './cluster-summary.ts';
import type { ScanView } from './scan-history.ts';
import type { UpgradeView } from './upgrade-view.ts';

/** Why a cluster is or is not upgrading, and when it will. */
export interface Explanation
  extends Pick<ClusterSummary, 'version' | 'state' | 'wave' | 'target' | 'support'>,
    Pick<ClusterDetail, 'rollback' | 'managedBy' | 'tagEffects' | 'silences' | 'warnings'> {
  readonly cluster: string;
  readonly clusterKey: string;
  /** Never empty. */
  readonly reasons: readonly Reason[];
  readonly when: {
    /** Null when no instant is known. */
    readonly at: string | null;
    /** What must happen before, as a sentence; null when nothing will by itself. */
    readonly condition: string | null;
  };
  readonly policy: { readonly name: string; readonly trigger: string; readonly verification: string } | null;
  /** Names of Calendars that must all be open; empty = always; null = a policy that may select it cannot be read. */
  readonly calendars: readonly string[] | null;
  /** Why this policy, this wave and these calendars, in the order in which labels, expressions and tags decide. */
  readonly placement: readonly Reason[];
  /** The minors still to pass through, one hop each. */
  readonly hops: readonly string[];
  /** Until when EKS would take the next hop back, or why not, and what it asks for that; empty without a hop. */
  readonly reversal: readonly Reason[];
  readonly rollout: {
    readonly id: string;
    readonly status: string;
    readonly wave: string;
    readonly waveStatus: string;
    readonly memberStatus: string;
    /** From where to where it goes, and to which releases of images and versions of add-ons. */
    readonly goal: Pick<Member, 'from' | 'to' | 'status' | 'releases' | 'addons'>;
    /** Its place in the order of its wave, of how many, and how many of them go at once. */
    readonly position: number;
    readonly of: number;
    readonly atOnce: number;
  } | null;
  readonly upgrade: UpgradeView | null;
  /** What the smoke check of the last hop has compared, and of which: of a rollback the hop that it takes back, since what got worse got so in that. */
  readonly compared: (NonNullable<UpgradeView['comparison']> & { readonly id: string }) | null;
  /** The last report; an upgrade's own scan runs right before its hop. */
  readonly scan: Pick<ScanView, 'scannedAt' | 'target' | 'verdict' | 'errors' | 'warnings' | 'gaps'> | null;
  /** Why the step that scans for an upgrade was blocked, where nobody has scanned since; a report that passes is then not the answer. */
  readonly scanBlocked: { readonly at: string; readonly reason: Reason } | null;
  /** What the step that scans for an upgrade said where it passed and left no report, as at the target, and nobody has scanned since. */
  readonly scanLooked: { readonly at: string; readonly reason: Reason } | null;
  /** What is known today to stop the hops that it waits for, whatever it waits for now: the inventory and the last scans. Empty while one runs. */
  readonly foreseen: readonly Reason[];
  /** What the last upgrade ended for, where it did without success and is not past: all that its scan found, each with its owner and repair. */
  readonly stoppedBy: readonly ClusterBlocker[];
  /** Whether it may go one minor up, by what is known today. */
  readonly readiness: ReadinessView;
  /** Since when it is so and by what it is stopped, as hourly looks have found it; null before the first. */
  readonly readinessHistory: ReadinessHistory | null;
  readonly held: { readonly reason: Reason; readonly since: string } | null;
  /** By whose order its windows and freezes are passed over now. */
  readonly breakGlass: BreakGlass | null;
}

/** The part of an explanation that a verdict gives. */
export type Verdict = Pick<Explanation, 'reasons' | 'when'>;
