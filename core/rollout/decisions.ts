import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import type { DueHook } from '../policy/hook-decision.ts';
import type { Candidates } from './candidates.ts';

/** A rollout as it would be created. Every cluster that its policy selects is in exactly one wave, or in `leftOut` with the reason. */
export interface RolloutPlan {
  readonly rollout: Rollout;
  readonly waves: readonly Wave[];
  readonly members: readonly Member[];
  readonly leftOut: Candidates['leftOut'];
}

/** An item as it was read and as it should be; undefined = it does not exist yet, or is to be removed. */
export interface Change<Item> {
  readonly before: Item | undefined;
  readonly next: Item | undefined;
}

/** What changes in a rollout under way when its policy, the versions or the fleet have changed. Only waves that have not begun change. */
export interface Replan {
  readonly policyRevision: string;
  readonly target: string;
  /** Names of all waves, those that have begun first. */
  readonly waves: readonly string[];
  readonly changedWaves: readonly Change<Wave>[];
  readonly members: readonly Change<Member>[];
  /** What is suspected of the minors to which it takes clusters by now: its first wave may open right after this. */
  readonly carried: Rollout['carried'];
  readonly withinMinor: Rollout['withinMinor'];
  /** What changed, for people. */
  readonly reasons: readonly Reason[];
}

/** What the reconciler will do, as data with its reasons. Decisions are applied conditionally: one does nothing when something moved meanwhile. */
export type Decision =
  | { readonly type: 'create-rollout'; readonly plan: RolloutPlan }
  | {
      readonly type: 'change-rollout';
      readonly rollout: Rollout;
      /** The waves by which the rollout's status was decided. */
      readonly waves: readonly Wave[];
      readonly status: Rollout['status'];
      readonly reasons: readonly Reason[];
    }
  | {
      readonly type: 'change-wave';
      readonly wave: Wave;
      readonly status: Wave['status'];
      readonly reasons: readonly Reason[];
      /** The revision of the policy that decided this; absent where no policy was asked, or none can be read. */
      readonly policyRevision?: string | undefined;
      /** The wave's numbers, counted anew when it opens. */
      readonly limits?: Partial<Wave>;
    }
  /** The numbers of a wave under way follow its policy, and readings of gates and approvals by rule are noted. The status stays. */
  | {
      readonly type: 'adjust-wave';
      readonly wave: Wave;
      readonly changes: Partial<Wave>;
      /** The name of this change in the audit; undefined = no person needs to know of it. */
      readonly event: string | undefined;
      readonly reasons: readonly Reason[];
      readonly policyRevision?: string | undefined;
      /** The waves that the change rests on. */
      readonly seen?: readonly Wave[];
    }
  /** Somebody is asked before a wave opens. */
  | { readonly type: 'ask-hook'; readonly rollout: Rollout; readonly wave: Wave; readonly due: DueHook }
  /** Members that have not started go where the policy puts them now. */
  | { readonly type: 'replan'; readonly rollout: Rollout; readonly changes: Replan }
  /** Members that do not follow the plan in force yet follow it (core/rollout/apply-replan.ts). */
  | { readonly type: 'follow-plan'; readonly rollout: Rollout }
  | {
      readonly type: 'change-member';
      readonly member: Member;
      readonly status: Member['status'];
      readonly reasons: readonly Reason[];
    }
  /** What rollouts of the policy have shown is another than the rollout knows (core/rollout/earlier-rollouts.ts). */
  | { readonly type: 'carry-traits'; readonly rollout: Rollout; readonly carried: Rollout['carried'] }
  /** Nothing of the rollout goes on before a person acts, for these reasons; none = something does again (core/rollout/waits-for-rest.ts). */
  | {
      readonly type: 'tell-rest';
      readonly rollout: Rollout;
      readonly waves: readonly Wave[];
      readonly reasons: readonly Reason[];
    }
  /** A cluster was deleted on its way back: what its wave had proved by it is taken away, and later waves wait for it no more. */
  | { readonly type: 'drop-rollback'; readonly wave: Wave; readonly clusterKey: string }
  /** An upgrade that is parked and whose cluster is gone ends. */
  | { readonly type: 'cancel-upgrade'; readonly upgrade: Upgrade; readonly reasons: readonly Reason[] }
  | {
      readonly type: 'grant-member';
      readonly member: Member;
      readonly from: string;
      readonly to: string;
      readonly upgradeId: string;
      /** The failures of the rollout that were known: one more may make this member a suspect (core/rollout/suspects.ts). */
      readonly failures: number;
    }
  /** A parked upgrade that a person started gets a grant. */
  | { readonly type: 'grant-upgrade'; readonly upgrade: Upgrade }
  /** The execution of a grant is looked after: it is started when there is none, and the grant is freed when it has ended. */
  | { readonly type: 'look-after-grant'; readonly grant: Grant };

/** Why a cluster that waits does not go on, for `explain` and the reports. */
export interface Waiting {
  readonly clusterKey: string;
  readonly rolloutId?: string;
  /** The id of an upgrade that a person started: a cluster may have several that wait, each with its own reasons. */
  readonly upgradeId?: string;
  readonly reasons: readonly Reason[];
  /** When the next look may have another result, as far as is known: a window, the end of a soak. */
  readonly until?: string | undefined;
}

export interface Decided {
  readonly decisions: readonly Decision[];
  readonly waiting: readonly Waiting[];
}
