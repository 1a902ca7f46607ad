import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { remembered } from '../model/remembered.ts';
import { quarantineReasons } from '../policy/quarantine.ts';
import { type Trait, traitsOf } from '../policy/traits.ts';
import { fingerprintOf, suspicion } from './fingerprint.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** Why a member is set aside for what it shares with those that failed; undefined = it is not. */
export type SuspicionOf = (member: Member) => Reason | undefined;

const NOBODY: SuspicionOf = () => undefined;

/** Looks at the failures of one rollout once for a tick. What begins is asked; what was begun goes on. */
export function suspects(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  waves: readonly Wave[],
  members: readonly Member[],
  now: Date,
): SuspicionOf {
  const print = fingerprintOf(rollout, waves);
  if (print.traits.length === 0) return NOBODY;
  const traits = (member: Member): readonly Trait[] => {
    const cluster = snapshot.clusters.get(member.clusterKey);
    // What it was tried with before is what it is judged by: its own upgrade has brought it some of those that failed.
    if (member.failedBefore === true && member.traits !== undefined) return member.traits;
    return cluster === undefined ? [] : traitsOf(cluster);
  };
  // One that is new is still being filled: what it lacks yet explains nothing.
  const isFilled = (cluster: ClusterRecord | undefined) => !cluster || quarantineReasons(cluster, now).length === 0;
  const toCome = members.filter(
    ({ status, inFlight, clusterKey }) =>
      status !== 'Running' && !inFlight && isFilled(snapshot.clusters.get(clusterKey)),
  );
  // One that is tried again has what it had then: its own upgrade took away the version that it shares with those to come.
  const has = (member: Member, trait: Trait): boolean =>
    traits(member).includes(trait) || member.traits?.includes(trait) === true;
  const isCommon = remembered((trait: Trait) => toCome.every((member) => has(member, trait)));
  return (member) => (member.inFlight ? undefined : suspicion(print, rollout.id, traits(member), isCommon));
}
