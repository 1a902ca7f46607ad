import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { type AnyCode, waitsFor } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import { isRollback } from '../model/hop.ts';
import { unreadablePolicy } from '../policy/policy-of.ts';
import { queueOf } from './rollback.ts';
import { mayExtendSupport } from './rollback-view.ts';
import { type Moment, NONE, ofCluster, unplacedBy, type Veto, windowReasons } from './situation.ts';

export const ROLLBACKS: readonly Moment[] = ['rollback-grant', 'rollback'];
const STOP_ROLLBACKS: readonly AnyCode[] = ['Gone', 'NotInFleet', 'Unreachable'];

/** Why a rollback that has changed nothing does not begin any more; empty while EKS still takes its cluster back. */
export function tooLate({ reversibleUntil, mutated, from }: Upgrade, now: Date): readonly Reason[] {
  if (reversibleUntil === undefined || mutated || now < new Date(reversibleUntil)) return NONE;
  return [reason('TooLate', `EKS took the control plane back from ${from} until ${reversibleUntil}.`)];
}

/**
 * Why a rollback that its calendars refuse waits for a person instead: EKS does not take its cluster back any more when the calendars let it begin.
 * Empty where they let it begin in time. `opensAt`: the first opening into which the rollback fits; null = none is known.
 */
export function opensTooLate(
  refusals: readonly Reason[],
  { name }: Pick<ClusterRecord, 'name'>,
  reversibleUntil: string,
  opensAt: Date | null,
): readonly Reason[] {
  const isShut = refusals.some(({ code }) => waitsFor(code) === 'window');
  if (!isShut || (opensAt !== null && opensAt < new Date(reversibleUntil))) return NONE;
  const before = opensAt === null ? '' : ` before ${opensAt.toISOString()}`;
  const said = `EKS takes it back until ${reversibleUntil}, and of the openings of its calendars it fits into none${before}: liftlock break-glass cluster ${name} --reason WHY lets it go on before that.`;
  return [reason('TooLate', said)];
}

/** Vetoes that only rollbacks are asked, and the veto that keeps upgrades and rollbacks to their own direction. */
export const ROLLBACK_VETOES: readonly Veto[] = [
  {
    // A person may take a cluster back for the very reason that a pin, a tag or a hold is there, so only these three refuse a rollback.
    asked: ROLLBACKS,
    rule: 'of a rollback: the cluster lives, is in the Fleet and can be reached',
    codes: ['Gone', 'NotInFleet', 'Unreachable'],
    reasons: (situation) => ofCluster(situation).filter(({ code }) => STOP_ROLLBACKS.includes(code)),
  },
  {
    // The steps of a rollback park for the same reasons: without this veto the grant would be given and given back for ever.
    asked: ROLLBACKS,
    rule: 'of a rollback: one policy alone selects the cluster, or none, and this version can read it: it may want windows, and says how nodes are rolled',
    codes: ['PolicyNotConfigured', 'AmbiguousPolicy', 'PolicyError'],
    reasons: ({ rules }) =>
      rules?.unreadable === true
        ? [unreadablePolicy(undefined)]
        : unplacedBy(rules, (code) => code === 'AmbiguousPolicy' || code === 'PolicyError'),
  },
  {
    // A rollback that has changed something goes on: from then on only EKS refuses it.
    asked: ['rollback-grant'],
    rule: 'of a rollback that has changed nothing yet: EKS takes the control plane back still, as far as Liftlock has seen its upgrade end',
    codes: ['TooLate'],
    reasons: ({ upgrade, now }) => (upgrade === undefined ? NONE : tooLate(upgrade, now)),
  },
  {
    asked: ['rollback-grant'],
    rule: 'of a rollback that Liftlock has begun by itself: no other cluster of its wave is on its way back',
    codes: ['RollbackTurn'],
    reasons: ({ wave, upgrade, cluster }) => {
      const other = upgrade === undefined || queueOf(upgrade) === undefined ? undefined : wave?.rollingBack;
      if (other === undefined || other === cluster?.clusterKey) return NONE;
      return [reason('RollbackTurn', `${clusterNameOf(other)} of its wave goes back first.`)];
    },
  },
  {
    asked: ROLLBACKS,
    rule: 'of a rollback whose policy says `rollback.windows: obey`: the calendars are open, or a person has broken the glass for its cluster; what was begun goes on until they close',
    codes: ['WindowClosed', 'Frozen', 'WindowTooShort', 'WindowClosing', 'NoCalendar', 'CalendarInvalid'],
    // A rollback belongs to no wave, so an order that breaks the glass for a wave does not cover it.
    reasons: (situation) =>
      situation.rules?.policy?.spec.rollback.windows === 'obey'
        ? windowReasons({ ...situation, wave: undefined })
        : NONE,
  },
  {
    asked: ['first', 'later', 'rollback'],
    rule: 'a rollback takes the control plane back and never up, anything else never back',
    codes: ['OtherDirection'],
    reasons: ({ call, upgrade }) => {
      const isBack = isRollback(upgrade);
      const isWrong = isBack
        ? call === 'UpdateClusterVersion'
        : call === 'RollbackClusterVersion' || call === 'ExtendSupport';
      if (!isWrong || upgrade === undefined) return NONE;
      return [
        reason('OtherDirection', `The upgrade ${upgrade.id} goes to ${upgrade.to}, and ${call} leads away from it.`),
      ];
    },
  },
];

/** This veto guards the one change of a rollback that costs money: the permission that a step has read in the policy may have been withdrawn since. */
export const EXTENSION_VETO: Veto = {
  asked: ['rollback'],
  rule: 'of the support type: the policy in force, or the person who asked for the rollback, lets it be set',
  codes: ['NeedsExtendedSupport'],
  reasons: ({ call, rules, upgrade, cluster }) => {
    if (call !== 'ExtendSupport' || mayExtendSupport(rules?.policy?.spec, upgrade)) return NONE;
    const said = `Nobody lets the support type of ${cluster?.name ?? 'it'} be set to EXTENDED any more, which costs money: neither its policy (rollback.extendSupport) nor whoever asked for the rollback (--extend-support).`;
    return [reason('NeedsExtendedSupport', said)];
  },
};
