import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
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
import { AT_REST } from './automatic-rollouts.ts';
import { lowerTarget, nextHop } from './cluster-target.ts';
import type { Decision } from './decisions.ts';
import { besideLaterWave, laterWaveOf } from './later-wave.ts';
import { policyMatch } from './policy-matches.ts';
import type { FleetSnapshot } from './snapshot.ts';
import type { SuspicionOf } from './suspects.ts';

/**
 * What became of a member that is not running, without anything being started: its cluster is gone, was taken out by a tag, is held by a
 * person's doing, or went past the target by itself. Undefined = it is still to be upgraded. `standing`: see `standingReasons`.
 */
export function memberChange(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  member: Member,
  upgrade: Upgrade | undefined,
  standing: readonly Reason[],
  wave?: Wave,
): Decision | undefined {
  // Without a Fleet that this version can read, nobody knows which tags count: nothing is decided about anybody.
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
  // What was begun is finished or waits for a person; between two hops, and before the first change, nothing is half-done.
  const begun = parked?.mutated === true;
  const cluster = snapshot.clusters.get(member.clusterKey);
  if (rollout.status === 'Aborted') {
    if (begun) return overtaken(parked, cluster);
    return takeOut(
      reason('RolloutAborted', `The rollout ${rollout.id} was aborted before it was done with this cluster.`),
    );
  }
  const holds = holdRefusals(snapshot.controls.get(member.clusterKey));
  // What failed half-done counts, whoever asked for it, and also when it is deleted then (semantics.md, Failure budget).
  const hasFailed = snapshot.controls.get(member.clusterKey)?.held?.mutated === true;
  if (cluster === undefined || cluster.deletedAt !== undefined) {
    const gone = reason('Gone', `The cluster ${member.name} does not exist any more.`);
    // What is tried by hand after its rollout has ended is none of that one's.
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
  // Nobody waits for who has neither a wave any more nor one to come back to: a later rollout takes it up where the policy does.
  const isLeft = wave !== undefined && PASSED_WAVES.includes(wave.status) && !member.inFlight;
  const closing = standing.filter(({ code }) => kindOf(code) === 'closing' || (isLeft && code === 'NoWave'));
  // Its last hop has succeeded, and that was the last one.
  const hasArrived = parked === undefined && member.reasons[0]?.code === 'NextHop' && member.from === cluster.version;
  if (hasArrived && closing.some(({ code }) => code === 'LowerTarget')) return change('Succeeded', ...closing);
  if (closing.length > 0) return takeOut(...closing);
  // Between two hops nothing is half-done: who has no wave any more gives its place back.
  if (member.inFlight && !standing.some(({ code }) => code === 'NoWave')) return undefined;
  // A parked one too, whose upgrade has changed nothing: its wave would wait for ever where only a person can clear it.
  if (member.status === 'Pending' || member.status === 'Parked')
    return change('Quarantined', ...standing, ...laterWaveOf(member));
  // One that is set aside already says the newest reason.
  return member.status === 'Quarantined' && isOther(besideLaterWave(member), standing)
    ? change('Quarantined', ...standing, ...laterWaveOf(member))
    : undefined;
}

/** What nobody goes on with ends once the control plane is past it: no hop leads there any more, and what is behind is told of the cluster. */
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

/** One that is set aside for a few hours, since its cluster is new. */
export function comesByItself(member: Member): boolean {
  const reasons = besideLaterWave(member);
  const isNew = reasons.length > 0 && reasons.every(({ code }) => code === 'Creating' || code === 'RecentlyCreated');
  return member.status === 'Quarantined' && isNew;
}

/**
 * A member against which nothing stands any more is waited for again while its wave is under way: that neither passes nor proves anything
 * without it; one whose turn it is, and that waits for it, opens. None where it was not set aside, or by a foreign update, which ends by itself.
 */
export function letIn(
  member: Member,
  wave: Wave | undefined,
  upgrade: Upgrade | undefined,
  standing: readonly Reason[],
  isInTurn: boolean,
): Decision[] {
  if (member.status !== 'Quarantined' || standing.length > 0) return [];
  const waits = wave?.status === 'Pending' && isInTurn && comesByItself(member);
  if (wave?.status !== 'Open' && wave?.status !== 'Undecided' && !waits) return [];
  if (besideLaterWave(member).some(({ code }) => code === 'ForeignUpdate')) return [];
  const status = upgrade?.status === 'Parked' ? 'Parked' : 'Pending';
  return [{ type: 'change-member', member, status, reasons: laterWaveOf(member) }];
}

/**
 * What stands against a member as its cluster is, whatever its calendars say: tags, unreachable, new, going, suspected (design.md,
 * quarantine), or that its policy has no wave for it any more, does not select it alone, or goes to an older version than its next hop. It sets aside, or takes out, whoever has not begun.
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
    // Whose Channel nobody can read waits as it is: what it was to go to is known.
    ...(lower?.code === 'LowerTarget' ? [lower] : []),
  ];
}

/**
 * Several policies select it, so that its windows and approvals may be those of another one. A look that has not read all policies knows what the last full one
 * has found: whatever changes that has the next one read all of them.
 */
function ambiguity(snapshot: FleetSnapshot, cluster: ClusterRecord, member: Member): readonly Reason[] {
  if (snapshot.history === undefined) return member.reasons.filter(({ code }) => code === 'AmbiguousPolicy');
  const match = policyMatch(snapshot, cluster);
  return match.type === 'ambiguous' ? [ambiguousPolicy(match.names)] : [];
}

const isOther = (before: readonly Reason[], after: readonly Reason[]): boolean =>
  before.map(({ code }) => code).join() !== after.map(({ code }) => code).join();
