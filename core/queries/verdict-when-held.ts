import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { quarantineReasons } from '../policy/quarantine.ts';
import { nextHopId } from '../rollout/admission.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { goesOnWith } from '../rollout/tried.ts';
import type { ClusterPolicy } from './cluster-policy.ts';
import { type ClusterRollouts, ENDED_WELL, takenUpOnceReleased } from './place-of.ts';
import { outOfHold, somebodyOnce } from './upgrade-plan.ts';
import { hasLeftPlace, refusalsBeside, refusalsIn } from './verdict-of-tried.ts';
import {
  after,
  andResume,
  GONE,
  onceFleetActs,
  refusedByFleet,
  releasedInto,
  retriedIn,
  said,
  type Verdict,
} from './verdict-words.ts';

/** One cluster and what is known of it, as an explanation is asked for it. */
export interface Asked extends ClusterRollouts {
  readonly snapshot: FleetSnapshot;
  readonly cluster: ClusterRecord;
  readonly aim: ClusterPolicy;
  readonly now: Date;
}

/** The verdict of a cluster that is held. A rollback holds its cluster itself, and goes on under any hold. */
export function whileHeld(asked: Asked, upgrade: Upgrade | undefined): Verdict | undefined {
  const { snapshot, cluster, aim, place, ofUpgrade, left, isFinished, now } = asked;
  const { held } = snapshot.controls.get(cluster.clusterKey) ?? {};
  if (held === undefined || isRollback(upgrade)) return undefined;
  const why = reason('Held', `Held since ${held.since}: ${held.reason.message}`);
  // Nobody tries a cluster again that is being deleted.
  const going = quarantineReasons(cluster, now).filter(({ code }) => code === 'Deleting');
  if (going.length > 0) return said(GONE, why, ...going);
  const next = takenUpOnceReleased(place, left);
  if (next !== undefined)
    return onceFleetActs(snapshot, () => said(after(releasedInto(next.rollout, next.wave, cluster.name)), why));
  const isWaited = place?.member !== undefined && !ENDED_WELL.includes(place.member.status);
  // No rollout tries again what no rollout makes, such as a drain.
  const isOther =
    isWaited &&
    held.mutated === true &&
    held.upgradeId !== undefined &&
    nextHopId(place.member, cluster, { clusterKey: cluster.clusterKey, retried: held }) !== held.upgradeId;
  // Where a rollout was aborted, no older rollout takes the cluster up.
  const isLetGo = place?.member !== undefined && place.rollout.status === 'Aborted';
  // A retry tries nobody in a rollout that is through with the cluster, as after a skip.
  const isThrough = !isWaited && place?.member !== undefined && place.rollout.id === ofUpgrade?.id;
  const inRollout = isOther ? undefined : isWaited || isLetGo ? place.rollout : isThrough ? undefined : ofUpgrade;
  const selecting = aim.policy?.metadata.name;
  if (inRollout !== undefined && goesOnWith(inRollout, selecting)) {
    const there = isWaited ? { ...place, member: place.member } : undefined;
    const { reasons, until } = there ? refusalsIn(snapshot, there, now) : refusalsBeside(inRollout, place);
    const refused = refusedByFleet(snapshot);
    // Tried again before that it fails again, after another roll. Of what is whole by now nothing is left to fail.
    const causes = isFinished ? '' : ' removes the cause and';
    // A cluster that has left the place where it would be tried again, for another wave or minor, is never tried there.
    const condition =
      there && hasLeftPlace(snapshot, there, reasons)
        ? `Somebody runs: liftlock release cluster ${cluster.name}; and what takes it up then says: liftlock explain cluster ${cluster.name}`
        : `${somebodyOnce(reasons)}${causes} runs: liftlock retry cluster ${cluster.name} (or release)${andResume(refused) || '.'}`;
    // A stop refuses no retry, but it lets nothing of it begin.
    return said(after(condition, until), why, ...reasons, ...refused);
  }
  const byRollout = inRollout !== undefined && selecting !== undefined && inRollout.policy !== selecting;
  const { refusals, condition } = outOfHold(snapshot, cluster, left, now, byRollout);
  const isDrained = isOther && left?.machine === 'drain-nodes' && goesOnWith(place.rollout, selecting);
  const goesOn = isDrained ? ` ${retriedIn(place.rollout, cluster.name)}` : '';
  return said(after(`${condition}${goesOn}`), why, ...refusals);
}
