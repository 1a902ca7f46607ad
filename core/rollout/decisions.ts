import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import type { DueHook } from '../policy/hook-decision.ts';
import type { RolloutPlan } from './plan-rollout.ts';
import type { Replan } from './replan.ts';

/** What the reconciler will do, as data with its reasons. Applying one is conditional: it does nothing when something moved meanwhile. */
export type Decision =
  | { readonly type: 'create-rollout'; readonly plan: RolloutPlan }
  | {
      readonly type: 'change-rollout';
      readonly rollout: Rollout;
      /** Those that say so. */
      readonly waves: readonly Wave[];
      readonly status: Rollout['status'];
      readonly reasons: readonly Reason[];
    }
  | {
      readonly type: 'change-wave';
      readonly wave: Wave;
      readonly status: Wave['status'];
      readonly reasons: readonly Reason[];
      /** Of the policy that says so; absent where none was asked, or none can be read. */
      readonly policyRevision?: string | undefined;
      /** Counted anew when it opens. */
      readonly limits?: Partial<Wave>;
    }
  /** Numbers of a wave that is under way follow its policy; gates and approvals by rule are noted. Its status stays. */
  | {
      readonly type: 'adjust-wave';
      readonly wave: Wave;
      readonly changes: Partial<Wave>;
      /** What the audit calls it; undefined = nothing that a person needs to know. */
      readonly event: string | undefined;
      readonly reasons: readonly Reason[];
      readonly policyRevision?: string | undefined;
      /** Waves that it rests on. */
      readonly seen?: readonly Wave[];
    }
  /** Somebody is asked before a wave opens. */
  | { readonly type: 'ask-hook'; readonly rollout: Rollout; readonly wave: Wave; readonly due: DueHook }
  /** Members that have not started go where the policy puts them now. */
  | { readonly type: 'replan'; readonly rollout: Rollout; readonly changes: Replan }
  /** Members that do not follow the plan in force yet (core/rollout/apply-replan.ts). */
  | { readonly type: 'follow-plan'; readonly rollout: Rollout }
  | {
      readonly type: 'change-member';
      readonly member: Member;
      readonly status: Member['status'];
      readonly reasons: readonly Reason[];
    }
  /** An upgrade that is parked and whose cluster is gone. */
  | { readonly type: 'cancel-upgrade'; readonly upgrade: Upgrade; readonly reasons: readonly Reason[] }
  | {
      readonly type: 'grant-member';
      readonly member: Member;
      readonly from: string;
      readonly to: string;
      readonly upgradeId: string;
      /** Failures of the rollout that were known: one more may make this member a suspect (core/rollout/suspects.ts). */
      readonly failures: number;
    }
  /** A parked upgrade that a person started. */
  | { readonly type: 'grant-upgrade'; readonly upgrade: Upgrade }
  /** Is its execution running? Start it when there is none, free the grant when it has ended. */
  | { readonly type: 'look-after-grant'; readonly grant: Grant };

/** Why something that wants to move does not, for `explain` and the reports. */
export interface Waiting {
  readonly clusterKey: string;
  readonly rolloutId?: string;
  /** Of an upgrade that a person started: a cluster may have several that wait, each for its own. */
  readonly upgradeId?: string;
  readonly reasons: readonly Reason[];
  /** When it will be looked at again with another result, as far as is known: a window, the end of a soak. */
  readonly until?: string | undefined;
}

export interface Decided {
  readonly decisions: readonly Decision[];
  readonly waiting: readonly Waiting[];
}
