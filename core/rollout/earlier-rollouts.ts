import { AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import { isFinish } from '../model/hop.ts';
import { isSame } from '../model/is-same.ts';
import { some } from '../model/words.ts';
import type { Decision } from './decisions.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { FleetSnapshot } from './snapshot.ts';

type History = NonNullable<FleetSnapshot['history']>;

/** Whether the member counts as failed since its cluster went back to the minor before, whoever took it back. */
export const wentBack = ({ status, reasons }: Pick<Member, 'status' | 'reasons'>): boolean =>
  status === 'Failed' && reasons.some(({ code }) => code === 'RolledBack');

/** The other rollouts of the policy to this minor, which have ended. */
export const earlierOf = (
  rollouts: readonly Rollout[],
  { id, policy, target }: Pick<Rollout, 'id' | 'policy' | 'target'>,
): Rollout[] =>
  rollouts.filter(
    (one) => one.id !== id && one.policy === policy && one.target === target && AT_REST.includes(one.status),
  );

/**
 * What a rollout knows from earlier ones of its policy to the same minor, where a cluster of theirs went back: the failures and successes of all of
 * them together, as if they had been one rollout (docs/rollbacks.md). What becomes of nodes and add-ons inside the minor tells nothing of the way
 * there. Undefined: nothing is suspected.
 */
export function carriedInto(
  history: Pick<History, 'rollouts' | 'waves' | 'wentBack' | 'tookUp'> | undefined,
  rollout: Pick<Rollout, 'id' | 'policy' | 'target'>,
): Rollout['carried'] {
  const earlier = earlierOf(history?.rollouts ?? [], rollout).filter(({ id }) => history?.tookUp?.has(id) !== false);
  const rollouts = earlier.map(({ id }) => id).filter((id) => history?.wentBack?.has(id) === true);
  if (rollouts.length === 0) return undefined;
  const ids = new Set(earlier.map(({ id }) => id));
  const waves = history?.waves.filter(({ rolloutId }) => ids.has(rolloutId)) ?? [];
  const releasedTraits = earlier.flatMap((one) => one.releasedTraits ?? []);
  const { failures, successes, traits } = fingerprintOf({ releasedTraits }, waves);
  return traits.length === 0 ? undefined : { failures, successes, traits: [...traits], rollouts: rollouts.sort() };
}

/** Why a rollout suspects something before anything has failed in it, for people. */
export const carriedReason = (carried: Rollout['carried']): Reason =>
  reason(
    'TraitsCarried',
    carried === undefined
      ? 'Nothing is suspected any more for what earlier rollouts to this minor have shown.'
      : `Clusters of ${some(carried.rollouts, 3)} were taken back from this minor. Suspected since: ${some(carried.traits, 10)}.`,
  );

/** Rollouts under way learn of clusters of earlier ones that have gone back since they were planned, and of traits that were cleared there. */
export function carryTraits({ history, rollouts }: FleetSnapshot): Decision[] {
  if (history?.wentBack === undefined) return [];
  return rollouts.flatMap((rollout): Decision[] => {
    const carried = carriedInto(history, rollout);
    return isSame(carried, rollout.carried) ? [] : [{ type: 'carry-traits', rollout, carried }];
  });
}

/**
 * The clusters that are on their way back in earlier rollouts of the policy to this minor, or have stopped half-way: what they lack to go on with
 * that minor is not known before they are back. Deleted ones do not count.
 */
export function stillGoingBack(
  { rollouts, waves }: { readonly rollouts: readonly Rollout[]; readonly waves: readonly Wave[] },
  rollout: Pick<Rollout, 'id' | 'policy' | 'target'>,
  clusters: FleetSnapshot['clusters'],
): string[] {
  const ids = new Set(earlierOf(rollouts, rollout).map(({ id }) => id));
  return waves
    .filter(({ rolloutId }) => ids.has(rolloutId))
    .flatMap(({ goingBack = [] }) => goingBack)
    .filter((key) => clusters.get(key)?.deletedAt === undefined);
}

/** Whether a rollout of these members takes any to its minor. One that only finishes nodes and add-ons inside it does not. */
export const takesThere = (members: readonly Member[]): boolean =>
  members.some((member) => member.status !== 'Excluded' && !isFinish(member));

/** That a rollout which a person creates now knows nothing yet of clusters that are on their way back; none begins by itself meanwhile. */
export function goesBackBefore(
  { history, clusters }: FleetSnapshot,
  { rollout, members }: { readonly rollout: Rollout; readonly members: readonly Member[] },
): Reason[] {
  const [first, ...others] =
    history === undefined || !takesThere(members) ? [] : stillGoingBack(history, rollout, clusters).map(clusterNameOf);
  if (first === undefined) return [];
  const are = others.length === 0 ? 'is' : 'are';
  const said = `${some([first, ...others], 5)} ${are} being taken back from ${rollout.target}: what shares its trait is set aside only once that has ended, so no rollout begins by itself before: liftlock explain cluster ${first}`;
  return [reason('GoesBack', said)];
}
