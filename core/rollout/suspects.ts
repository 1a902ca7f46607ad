import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { remembered } from '../model/remembered.ts';
import { quarantineReasons } from '../policy/quarantine.ts';
import { type Trait, traitsOf } from '../policy/traits.ts';
import { takesTo } from './earlier-rollouts.ts';
import { fingerprintsOf, isSetAsideFor, suspicion } from './fingerprint.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** Why a member is set aside for what it shares with members that failed; undefined = it is not set aside. */
export type SuspicionOf = (member: Member) => Reason | undefined;

const NOBODY: SuspicionOf = () => undefined;

/** Looks at the failures of one rollout once for a tick. Only members that have not begun can be set aside; what was begun goes on. */
export function suspects(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  waves: readonly Wave[],
  members: readonly Member[],
  now: Date,
): SuspicionOf {
  const prints = fingerprintsOf(rollout, waves);
  if (prints.length === 0) return NOBODY;
  const traits = (member: Member): readonly Trait[] => {
    const cluster = snapshot.clusters.get(member.clusterKey);
    // A member that is tried again is judged by the traits that it was tried with: its own upgrade has given it some of the traits of the clusters
    // that failed.
    if (member.failedBefore === true && member.traits !== undefined) return member.traits;
    return cluster === undefined ? [] : traitsOf(cluster);
  };
  // A new cluster is still being filled: what it lacks so far explains nothing.
  const isFilled = (cluster: ClusterRecord | undefined) => !cluster || quarantineReasons(cluster, now).length === 0;
  const toCome = members.filter(
    ({ status, inFlight, clusterKey }) =>
      status !== 'Running' && !inFlight && isFilled(snapshot.clusters.get(clusterKey)),
  );
  // A member that is tried again still counts with its former traits: its own upgrade took away the version that it shared with the clusters that are
  // still to come.
  const has = (member: Member, trait: Trait): boolean =>
    traits(member).includes(trait) || member.traits?.includes(trait) === true;
  const suspicions = prints.map((print) => {
    // What was taken back from a minor matters only to those that are taken there, and not to one that a person has brought there meanwhile.
    const isMeant = (member: Member) => {
      const from = snapshot.clusters.get(member.clusterKey)?.version ?? member.from;
      const { minor } = print;
      return minor === undefined || (takesTo(minor, member) && takesTo(minor, { ...member, from }));
    };
    const meant = toCome.filter(isMeant);
    // Whoever was set aside was so beside somebody who lacked the trait. How that one has ended proves nothing of the minor, so it holds on.
    const isToldApart = (trait: Trait) => print.minor !== undefined && meant.some((one) => isSetAsideFor(trait, one));
    const isCommon = remembered((trait: Trait) => !isToldApart(trait) && meant.every((member) => has(member, trait)));
    // Whoever was taken back itself is what the others wait for, and goes again at the word of the person who has looked at it.
    const isKept = (member: Member) => isMeant(member) && (print.minor === undefined || member.wentBackBefore !== true);
    return (member: Member) => (isKept(member) ? suspicion(print, rollout.id, traits(member), isCommon) : undefined);
  });
  return (member) =>
    member.inFlight ? undefined : suspicions.map((suspicionOf) => suspicionOf(member)).find((one) => one !== undefined);
}
