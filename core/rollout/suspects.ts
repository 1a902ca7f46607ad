import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { staysAtMinor } from '../model/hop.ts';
import { quarantineReasons } from '../policy/quarantine.ts';
import { type Trait, traitsOf } from '../policy/traits.ts';
import { takesTo } from './earlier-rollouts.ts';
import { type Fingerprint, fingerprintsOf, suspicion } from './fingerprint.ts';
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
  const filled = members.filter(({ clusterKey }) => isFilled(snapshot.clusters.get(clusterKey)));
  const toCome = filled.filter(({ status, inFlight }) => status !== 'Running' && !inFlight);
  // A member that is tried again still counts with its former traits: its own upgrade took away the version that it shared with the clusters that are
  // still to come.
  const has = (member: Member, trait: Trait): boolean =>
    traits(member).includes(trait) || member.traits?.includes(trait) === true;
  const suspicions = prints.map((print) => {
    const { minor, isWithin = false } = print;
    // What was taken back from a minor matters only to those that are taken there, and not to one that a person has brought there meanwhile.
    const isMeant = (member: Member) => {
      const from = snapshot.clusters.get(member.clusterKey)?.version ?? member.from;
      if (minor === undefined) return staysAtMinor(member) === isWithin;
      return takesTo(minor, member) && takesTo(minor, { ...member, from });
    };
    // How a member has ended that lacks a trait proves nothing of a minor that it has not got to, so it counts like those that are still to come.
    const others = (minor === undefined ? toCome : filled).filter(isMeant);
    const lacked = print.traits.filter((trait) => others.some((member) => !has(member, trait)));
    const suspected = { ...print, traits: toldApart(print, lacked, rollout) };
    // Whoever was taken back itself is what the others wait for, and goes again at the word of the person who has looked at it.
    const isKept = (member: Member) => isMeant(member) && (minor === undefined || member.wentBackBefore !== true);
    return (member: Member) => (isKept(member) ? suspicion(suspected, rollout.id, traits(member)) : undefined);
  });
  return (member) =>
    member.inFlight ? undefined : suspicions.map((suspicionOf) => suspicionOf(member)).find((one) => one !== undefined);
}

/**
 * A trait that every cluster has explains no failure, so only traits count that some cluster lacks: one that succeeded, or one of the rollout that is
 * still to come. Where all share all of it with clusters that were taken back, and nobody has got there, nothing speaks for the minor: nobody goes
 * before a person has released something.
 */
function toldApart(
  { traits, successes, minor }: Fingerprint,
  lacked: readonly Trait[],
  { releasedTraits = [] }: Rollout,
): readonly Trait[] {
  if (successes > 0) return traits;
  return minor !== undefined && lacked.length === 0 && releasedTraits.length === 0 ? traits : lacked;
}
