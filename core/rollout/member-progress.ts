import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { kindOf } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { clusterRefusals } from '../policy/cluster-tags.ts';
import { ambiguousPolicy } from '../policy/policy-of.ts';
import { quarantineReasons } from '../policy/quarantine.ts';
import { givenUp, rulingWave } from '../policy/wave-of.ts';
import { PASSED_WAVES } from '../protocol/granting-waves.ts';
import { holdRefusals } from '../protocol/standing-refusals.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { lowerTarget, nextHop } from './cluster-target.ts';
import type { Decision } from './decisions.ts';
import { besideLaterWave, laterWaveOf } from './later-wave.ts';
import { type FleetSnapshot, policyMatch } from './snapshot.ts';
import type { SuspicionOf } from './suspects.ts';

/**
 * What becomes of a member that is not running, without anything being started: its cluster is gone, was taken out by a tag, is held after something
 * that a person did, or somebody has taken it past the target. Undefined = it is still to be upgraded. `standing`: see `standingReasons`.
 */
export function memberChange(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  member: Member,
  upgrade: Upgrade | undefined,
  standing: readonly Reason[],
  wave?: Wave,
): Decision | undefined {
  // Without a Fleet that this version can read, nobody knows which tags count, so nothing is decided about any member.
  if (snapshot.fleet === undefined) return undefined;
  const change = (status: Member['status'], ...reasons: Reason[]): Decision => ({
    type: 'change-member',
    member,
    status,
    reasons,
  });
  const parked = upgrade?.status === 'Parked' ? upgrade : undefined;
  const takeOut = (...reasons: Reason[]): Decision =>
    parked === undefined ? change('Excluded', ...reasons) : { type: 'cancel-upgrade', upgrade: parked, reasons };
  // An upgrade that has changed its cluster is finished or waits for a person; between two hops, and before the first change, nothing is half done.
  const begun = parked?.mutated === true;
  const cluster = snapshot.clusters.get(member.clusterKey);
  if (rollout.status === 'Aborted') {
    if (begun) return overtaken(parked, cluster);
    return takeOut(
      reason('RolloutAborted', `The rollout ${rollout.id} was aborted before it was done with this cluster.`),
    );
  }
  const holds = holdRefusals(snapshot.controls.get(member.clusterKey));
  // A cluster that somebody's upgrade left half done counts as failed, also when it is deleted afterwards (semantics.md, Failure budget).
  const hasFailed = snapshot.controls.get(member.clusterKey)?.held?.mutated === true;
  if (cluster === undefined || cluster.deletedAt !== undefined) {
    const gone = reason('Gone', `The cluster ${member.name} does not exist any more.`);
    // What a person tries by hand after the rollout has ended does not count in that rollout.
    return hasFailed && !begun && !AT_REST.includes(rollout.status) ? change('Failed', ...holds, gone) : takeOut(gone);
  }
  if (begun) return undefined;
  if (holds.length > 0) return change(hasFailed ? 'Failed' : 'Blocked', ...holds);
  const target = KubeVersion.parse(member.to);
  if (target.isOlderThan(KubeVersion.parse(cluster.version))) {
    const said = `The cluster is at ${cluster.version} already, beyond ${member.to}; Liftlock never goes down.`;
    return takeOut(reason('BeyondTarget', said));
  }
  if (standing.length === 0) return undefined;
  // A wave that has passed does not wait for a member that has neither a wave nor one to come back to: a later rollout takes its cluster up where the
  // policy selects it.
  const isLeft = wave !== undefined && PASSED_WAVES.includes(wave.status) && !member.inFlight;
  const closing = standing.filter(({ code }) => kindOf(code) === 'closing' || (isLeft && code === 'NoWave'));
  if (closing.length > 0) return takeOut(...closing);
  // Between two hops nothing is half done, so a member that has no wave any more gives its place back.
  if (member.inFlight && !standing.some(({ code }) => code === 'NoWave')) return undefined;
  // A parked member is set aside too where its upgrade has changed nothing: otherwise its wave would wait for ever for what only a person can clear.
  if (member.status === 'Pending' || member.status === 'Parked')
    return change('Quarantined', ...standing, ...laterWaveOf(member));
  // A member that is set aside already only has its reasons brought up to date.
  return member.status === 'Quarantined' && isOther(besideLaterWave(member), standing)
    ? change('Quarantined', ...standing, ...laterWaveOf(member))
    : undefined;
}

/**
 * An upgrade that nobody goes on with ends once the control plane is past it: no hop leads to its version any more, and what is behind is told of the
 * cluster.
 */
export function overtaken(parked: Upgrade, cluster: ClusterRecord | undefined): Decision | undefined {
  const { machine, to, from } = parked;
  if (isRollback(parked) && cluster !== undefined && cluster.deletedAt === undefined) {
    if ([from, to].includes(cluster.version)) return undefined;
    const said = `The cluster is at ${cluster.version} by now: nothing leads back from ${from} to ${to} any more.`;
    return { type: 'cancel-upgrade', upgrade: parked, reasons: [reason('BeyondTarget', said)] };
  }
  if (machine !== 'upgrade-cluster' || cluster === undefined || cluster.deletedAt !== undefined) return undefined;
  if (!KubeVersion.parse(to).isOlderThan(KubeVersion.parse(cluster.version))) return undefined;
  const said = `The cluster is at ${cluster.version} by now, beyond ${to}: what was left of this upgrade is nobody's any more. What is behind says: liftlock explain cluster ${cluster.name}.`;
  return { type: 'cancel-upgrade', upgrade: parked, reasons: [reason('BeyondTarget', said)] };
}

/** Whether a member is set aside for a few hours because its cluster is new. */
export function comesByItself(member: Member): boolean {
  const reasons = besideLaterWave(member);
  const isNew = reasons.length > 0 && reasons.every(({ code }) => code === 'Creating' || code === 'RecentlyCreated');
  return member.status === 'Quarantined' && isNew;
}

/**
 * Lets a member go on waiting that nothing stands against any more. A wave that has not opened counts it when it opens, and one that is under way
 * waits for it; where its wave has passed it goes as a straggler. Empty where the member was not set aside, or was set aside by a foreign update,
 * which ends by itself.
 */
export function letIn(
  member: Member,
  wave: Wave | undefined,
  upgrade: Upgrade | undefined,
  standing: readonly Reason[],
): Decision[] {
  if (member.status !== 'Quarantined' || standing.length > 0 || wave === undefined) return [];
  if (besideLaterWave(member).some(({ code }) => code === 'ForeignUpdate')) return [];
  const status = upgrade?.status === 'Parked' ? 'Parked' : 'Pending';
  return [{ type: 'change-member', member, status, reasons: laterWaveOf(member) }];
}

/**
 * What stands against a member because of its cluster, whatever its calendars say: tags, the cluster is unreachable, new, being deleted or suspected;
 * its policy has no wave for it any more, does not select it alone, or goes to an older version than its next hop. A member that has not begun is set
 * aside or taken out for these reasons.
 */
export function standingReasons(
  snapshot: FleetSnapshot,
  { policy }: Rollout,
  wave: Wave | undefined,
  member: Member,
  suspicionOf: SuspicionOf,
  now: Date,
): readonly Reason[] {
  const cluster = snapshot.clusters.get(member.clusterKey);
  if (cluster === undefined || snapshot.fleet === undefined) return [];
  const { fleet } = snapshot;
  const { tagPrefix } = fleet;
  const refusals = clusterRefusals(cluster, KubeVersion.parse(member.to), fleet, snapshot.calendars);
  const suspected = suspicionOf(member);
  const applied = snapshot.policies.get(policy)?.policy;
  // Members of a wave that has not begun are planned anew instead.
  const hasBegun = applied !== undefined && wave !== undefined && wave.status !== 'Pending';
  const unplaced = hasBegun ? rulingWave(applied, cluster, wave.name, tagPrefix).unplaced : [];
  const homeless = member.isStray === true ? [givenUp(policy)] : unplaced;
  const [current, to] = [KubeVersion.parse(cluster.version), KubeVersion.parse(member.to)];
  const next =
    hasBegun && current.isOlderThan(to) ? nextHop(KubeVersion.parse(member.from), current, to).to : undefined;
  const lower = next && lowerTarget(snapshot, policy, cluster, next, now);
  return [
    ...refusals,
    ...quarantineReasons(cluster, now),
    ...(suspected === undefined ? [] : [suspected]),
    ...homeless,
    ...(hasBegun ? ambiguity(snapshot, cluster, member) : []),
    // A member whose policy names a Channel that nobody can read waits as it is, since the version it was planned for is known.
    ...(lower?.code === 'LowerTarget' ? [lower] : []),
  ];
}

/**
 * Several policies select the cluster, so its windows and approvals may be those of another policy. A look that has not read all policies repeats
 * what the last full look has found: every change that matters here has the next look read all of them.
 */
function ambiguity(snapshot: FleetSnapshot, cluster: ClusterRecord, member: Member): readonly Reason[] {
  if (snapshot.history === undefined) return member.reasons.filter(({ code }) => code === 'AmbiguousPolicy');
  const match = policyMatch(snapshot, cluster);
  return match.type === 'ambiguous' ? [ambiguousPolicy(match.names)] : [];
}

const isOther = (before: readonly Reason[], after: readonly Reason[]): boolean =>
  before.map(({ code }) => code).join() !== after.map(({ code }) => code).join();
