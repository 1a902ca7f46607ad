import type { FleetSpec } from '../config/types.ts';
import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Epoch, Grant, Ledger, Upgrade } from '../contracts/items/protocol.ts';
import type { FleetControl, Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { CallWithoutUpdate, MutatingCall } from '../contracts/mutating-calls.ts';
import type { ReasonCode } from '../contracts/reasons.ts';
import type { Reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { glassInForce, passesBreakGlass } from '../policy/break-glass.ts';
import { clusterRefusals } from '../policy/cluster-tags.ts';
import type { HopRules } from '../policy/hop-rules.ts';
import { type WindowAnswer, windowRule } from '../policy/window-rule.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { Asker } from './authority.ts';
import { hasActed, isLastLook } from './hop-before.ts';
import { isUndo } from './undo.ts';

/**
 * When vetoes are asked: before a grant, before the first change of an upgrade, or before every later one; before the grant and the changes of a
 * rollback, which its rollout, a hold, a pin or an exclusion do not stop; and for an undo, which no stop, window, hold or cap stops.
 */
export type Moment = 'grant' | 'first' | 'later' | 'rollback-grant' | 'rollback' | 'undo-grant' | 'undo';

/** What grants and commits rest on. `rollout`, `wave` and `member` are absent for executions started by hand. */
export interface Situation {
  readonly now: Date;
  readonly target: KubeVersion;
  readonly epoch: Epoch | undefined;
  readonly fleet: FleetSpec | undefined;
  readonly control: FleetControl | undefined;
  readonly cluster: ClusterRecord | undefined;
  readonly clusterControl: ClusterControl | undefined;
  readonly grant: Grant | undefined;
  readonly upgrade: Upgrade | undefined;
  /** For a grant and a first change: the upgrades that have to be whole before this one (`hopsBefore`). */
  readonly before?: readonly (Upgrade | undefined)[] | undefined;
  readonly rollout?: Rollout | undefined;
  readonly wave?: Wave | undefined;
  /** Waves before this one: a halted one stops the later ones too. */
  readonly earlier?: readonly Wave[];
  readonly member?: Member | undefined;
  /** The policy's rules for this hop, and the calendars of the cluster's tags; undefined where the cluster or the Fleet is not known. */
  readonly rules?: HopRules | undefined;
  /** The people who applied the policy in force and the Channel that it goes by. */
  readonly policyAppliedBy?: readonly string[] | undefined;
  /** For a grant alone. */
  readonly ledger?: Ledger | undefined;
  /** For a grant: the failures of the rollout that the caller knew of when it decided, and those that are counted now. */
  readonly failures?: { readonly known: number | undefined; readonly now: number } | undefined;
  /** The answer of the calendars, where it was asked already: one answer serves many clusters. */
  readonly window?: WindowAnswer | undefined;
  /** For a commit: the execution that asks, and the cluster's tags as EKS has them now, since the inventory may lag behind. */
  readonly asker?: Asker | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** For a commit: the call that is about to be made. */
  readonly call?: (MutatingCall | CallWithoutUpdate)['name'] | undefined;
}

/** The moment of a grant or a commit of this upgrade: an undo or a rollback is asked fewer vetoes than an upgrade. */
export function momentOf(upgrade: Pick<Upgrade, 'machine'> | undefined, asked: 'grant' | 'first' | 'later'): Moment {
  if (isUndo(upgrade)) return asked === 'grant' ? 'undo-grant' : 'undo';
  if (isRollback(upgrade)) return asked === 'grant' ? 'rollback-grant' : 'rollback';
  return asked;
}

export interface Veto {
  readonly asked: readonly Moment[];
  /** The rule in words, for the documents. */
  readonly rule: string;
  readonly codes: readonly ReasonCode[];
  /** A refusal by this veto ends the list: later vetoes need what it found missing. */
  readonly ends?: true;
  readonly reasons: (situation: Situation, moment: Moment) => readonly Reason[];
}

export const NONE: readonly Reason[] = [];

export const unplacedBy = (rules: HopRules | undefined, asked: (code: Reason['code']) => boolean): readonly Reason[] =>
  (rules?.unplaced ?? NONE).filter(({ code }) => asked(code));

/** The inventory may lag behind EKS, and the tags that the asking step has read may lag behind the inventory: both readings count. */
export function ofCluster({ cluster, fleet, target, tags }: Situation): readonly Reason[] {
  if (cluster === undefined || fleet === undefined) return NONE;
  const reasons = clusterRefusals(cluster, target, fleet);
  if (tags === undefined) return reasons;
  reasons.push(...clusterRefusals({ ...cluster, tags: { ...tags } }, target, fleet));
  return [...new Map(reasons.map((one) => [one.message, one])).values()];
}

/**
 * What the calendars say to an upgrade that begins now or goes on, without what a broken glass lets pass. The last look of a watch changes nothing,
 * so it is not asked; a change after it is.
 */
export function windowReasons(situation: Situation): readonly Reason[] {
  const { rules, window, now, upgrade, grant, clusterControl, wave, call } = situation;
  if (upgrade !== undefined && call === undefined && isLastLook(upgrade)) return NONE;
  if (rules === undefined) return window?.reasons ?? NONE;
  const { reasons } = window ?? windowRule(rules, now, hasActed(upgrade), scanMilliseconds(upgrade, grant));
  if (reasons.length === 0) return reasons;
  const glass = glassInForce(clusterControl, wave, rules.policy?.spec.breakGlass, now);
  return glass === undefined ? reasons : reasons.filter((one) => !passesBreakGlass(one));
}

/**
 * How long the scan under this grant took; 0 where it has not ended, or nothing is scanned. What an earlier attempt left running counts from the grant.
 */
function scanMilliseconds(upgrade: Upgrade | undefined, grant: Grant | undefined): number {
  const { startedAt = '', endedAt = '' } = upgrade?.steps['scan-cluster'] ?? {};
  const isOfGrant = grant?.status === 'open' && endedAt > grant.grantedAt;
  return isOfGrant ? Date.parse(endedAt) - Math.max(Date.parse(startedAt), Date.parse(grant.grantedAt)) : 0;
}
