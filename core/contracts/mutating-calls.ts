import type { UpdateAddonInput, UpdateClusterVersionInput, UpdateNodegroupVersionInput } from '../ports/eks.ts';
import type { MUTATING_FUNCTIONS } from './names.ts';

/**
 * The committed list of calls that change something outside Liftlock's own tables (protocol.md, Entities). Nothing mutates but
 * the mutator (`core/protocol/mutate.ts`), and it takes only this list. The right-hand side is the IAM action of the call.
 * AssumeRole, StartInsightsRefresh and dry runs are not mutations.
 */
export const MUTATING_CALLS = {
  UpdateClusterVersion: 'eks:UpdateClusterVersion',
  UpdateNodegroupVersion: 'eks:UpdateNodegroupVersion',
  UpdateAddon: 'eks:UpdateAddon',
} as const;
export type MutatingCallName = keyof typeof MUTATING_CALLS;

/** The one function that makes each of them; the spoke role lets no other session do it. */
export const MUTATORS: Readonly<Record<MutatingCallName, (typeof MUTATING_FUNCTIONS)[number]>> = {
  UpdateClusterVersion: 'upgrade-control-plane',
  UpdateNodegroupVersion: 'roll-node-group',
  UpdateAddon: 'update-addons',
};

/** One mutating call as data: it is stored in the intent before it is sent, and a repeat sends the stored one. */
export type MutatingCall =
  | { readonly name: 'UpdateClusterVersion'; readonly input: UpdateClusterVersionInput }
  | { readonly name: 'UpdateNodegroupVersion'; readonly input: UpdateNodegroupVersionInput }
  | { readonly name: 'UpdateAddon'; readonly input: UpdateAddonInput };

/** `update.type` that EKS gives the update which a call starts. A lower version would be a `VersionRollback`: never ours here. */
export const UPDATE_TYPE: Readonly<Record<MutatingCallName, string>> = {
  UpdateClusterVersion: 'VersionUpdate',
  UpdateNodegroupVersion: 'VersionUpdate',
  UpdateAddon: 'AddonUpdate',
};

/** Seconds that a mutating function may take (protocol.md). */
export const CALL_SECONDS = 25;
/** Seconds after a commit in which its call may still arrive: `CALL_SECONDS` and clock skew (protocol.md, *grace*). */
export const GRACE_SECONDS = 40;
/** Seconds after its grace in which ListUpdates may not show yet what a call has started. */
export const LIST_LAG_SECONDS = 120;
