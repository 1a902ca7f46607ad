import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { isFinish } from '../model/hop.ts';
import { imageRuleOf } from '../model/image-rule.ts';
import { isSame } from '../model/is-same.ts';
import { isLag, lagReason, partsUnknown } from '../model/lag.ts';
import { isForgotten } from '../policy/cluster-labels.ts';
import { countSettled, unlessFailed } from '../protocol/settle-decision.ts';
import { isTried } from '../store/members.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { atRest, leftHalfDone, wasServed } from './automatic-rollouts.ts';
import { type Candidate, candidatesOf, hasPins } from './candidates.ts';
import type { Decision } from './decisions.ts';
import { asksNoLess, besideLaterWave, laterWaveOf, toldOfLaterWaves, withLaterWave } from './later-wave.ts';
import { newest, plannedMember, plannedWave } from './plan-rollout.ts';
import { provedPins } from './proved-pins.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { hasBegun } from './wave-end.ts';
import { wavePlace } from './wave-place.ts';
import { whatChanged } from './what-changed.ts';

/** An item as it was read and as it should be; undefined = it does not exist yet, or is to be removed. */
export interface Change<Item> {
  readonly before: Item | undefined;
  readonly next: Item | undefined;
}

/** What changes in a rollout under way when its policy, the versions or the fleet have changed. Only waves that have not begun change. */
export interface Replan {
  readonly policyRevision: string;
  readonly target: string;
  /** Names of all waves, those that have begun first. */
  readonly waves: readonly string[];
  readonly changedWaves: readonly Change<Wave>[];
  readonly members: readonly Change<Member>[];
  /** What changed, for people. */
  readonly reasons: readonly Reason[];
}

/** Plans rollouts anew; this needs the full look. A paused rollout is planned anew too, so that it shows what it will really do when it goes on. */
export function replans(snapshot: FleetSnapshot, now: Date): Decision[] {
  return [...snapshot.rollouts, ...atRest(snapshot)].flatMap((rollout): Decision[] => {
    // Where the members of this rollout are is known only when they have followed the plan in force.
    if (rollout.following !== undefined) return [{ type: 'follow-plan', rollout }];
    const changes = snapshot.rollouts.includes(rollout) ? replanOf(snapshot, rollout, now) : undefined;
    return changes === undefined ? [] : [{ type: 'replan', rollout, changes }];
  });
}

export function replanOf(snapshot: FleetSnapshot, rollout: Rollout, now: Date): Replan | undefined {
  const waves = snapshot.history?.waves.filter((wave) => wave.rolloutId === rollout.id) ?? [];
  waves.sort((a, b) => a.index - b.index);
  // A retry may open a wave again that ended before it opened: it keeps its plan, and so does every wave up to the last one that has begun.
  const last = waves.findLast(({ status }) => status !== 'Pending');
  // This wave ended before it opened, since none of its clusters could begin when it was its turn.
  if (last !== undefined && !hasBegun(last)) {
    const anew = plannedFrom(snapshot, rollout, waves, last.index, now);
    if (anew !== undefined && goesOn(anew, last)) return anew;
  }
  return plannedFrom(snapshot, rollout, waves, last === undefined ? 0 : last.index + 1, now);
}

/** Whether a wave is the same one in its new plan, and one of its clusters may begin, or nobody is waited for any more. */
function goesOn({ waves, members, changedWaves }: Replan, { index, name, owed }: Wave): boolean {
  const mayBegin = members.some(({ next }) => next?.waveIndex === index && next.status === 'Pending');
  const owesNobody = changedWaves.some(({ next }) => next?.index === index && next.owed === undefined);
  return waves[index] === name && (mayBegin || (owed !== undefined && owesNobody));
}

/**
 * @param waves all waves of the rollout, in their order
 * @param firstFree index of the first wave that is planned anew
 */
function plannedFrom(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  waves: readonly Wave[],
  firstFree: number,
  now: Date,
): Replan | undefined {
  const { history } = snapshot;
  const applied = snapshot.policies.get(rollout.policy);
  if (history === undefined || applied === undefined || snapshot.fleet === undefined) return undefined;
  const members = history.members.filter((member) => member.rolloutId === rollout.id);
  const begun = waves.slice(0, firstFree);
  if (waves.length > 0 && firstFree === waves.length) return undefined;
  const { policy } = applied;
  const taken = new Set(begun.map((wave) => wave.name));
  const specs = policy.spec.waves.filter((spec) => !taken.has(spec.name));
  const kept = new Set(members.filter((member) => member.waveIndex < firstFree).map((member) => member.clusterKey));
  // A cluster that is being worked on is not moved, nor one that has to be looked at anew: nobody knows yet where it belongs.
  const forgotten = members.filter(({ clusterKey }) => isForgotten(snapshot.clusters.get(clusterKey)));
  const busy = new Set([...snapshot.grants, ...forgotten].map(({ clusterKey }) => clusterKey));
  const wanted = wantedMembers(snapshot, rollout, policy, {
    now,
    firstFree,
    kept: new Set([...kept, ...busy]),
    members,
    served: history.served,
    specs,
  });
  const before = members.filter((member) => member.waveIndex >= firstFree);
  const waveTaking = ({ clusterKey }: Member): WaveSpec | undefined => {
    const cluster = snapshot.clusters.get(clusterKey);
    return cluster && policy.spec.waves[wavePlace(snapshot, policy, cluster).index];
  };
  // A member that no plan moves stays in its wave, whatever index that wave has by now, or goes to the wave that takes its cluster. Where its wave is
  // gone, a failure counts in the next wave, where the cluster begins no more; a member that has not failed, and that nobody works on, is left to a
  // later rollout.
  const followed = (found: Member): Member[] => {
    if (specs.length === 0) return [found];
    const { isStray, ...member } = found;
    const own = specs.findIndex(({ name }) => name === waves[member.waveIndex]?.name);
    if (own >= 0 && isStray !== true) return [{ ...member, waveIndex: firstFree + own }];
    const home = specs.findIndex(({ name }) => name === waveTaking(member)?.name);
    if (home >= 0) return [{ ...member, waveIndex: firstFree + home }];
    const place = { waveIndex: firstFree + Math.max(0, own), isStray: true as const };
    if (member.failedBefore === true) return [{ ...member, ...place, status: 'Failed', reasons: [UNSELECTED] }];
    const stays = isTried(member) || isSkipped(member) || busy.has(member.clusterKey);
    return stays ? [{ ...member, ...place }] : [];
  };
  // Somebody else has brought the control plane to its target, and nodes and add-ons are still to follow. The member stays only while there is a wave
  // that has not begun, since otherwise nobody's rules would hold for it.
  const arrived = before.filter(
    ({ clusterKey, from, to }) => !isFinish({ from, to }) && wanted.behind.get(clusterKey) === to && specs.length > 0,
  );
  // Its nodes go by no fewer approvals than those of the wave that takes its cluster by now.
  const mayStay = (member: Member): boolean => {
    const own = waveTaking(member);
    const into = specs.find(({ name }) => name === waves[member.waveIndex]?.name);
    return own === undefined || into === undefined || asksNoLess(into, own);
  };
  // A success that a person brought about counts for the soak, whichever wave the member is in by now.
  const wasIn = new Map(before.map(({ clusterKey, waveIndex }) => [clusterKey, waves[waveIndex]]));
  const lastSuccess = (own: readonly Member[]): string | undefined =>
    own
      .filter(({ status }) => status === 'Succeeded')
      .flatMap(({ clusterKey }) => wasIn.get(clusterKey)?.lastSuccessAt ?? [])
      .sort()
      .at(-1);
  const stay = new Set([...arrived.filter(mayStay).map(({ clusterKey }) => clusterKey), ...busy]);
  // A cluster that failed half-way by hand counts as failed, whether this plan or the member's next look comes first (member-progress.ts).
  const seen = before.map((member) =>
    hasFailedByHand(snapshot, member) ? { ...member, failedBefore: true as const } : member,
  );
  const next = merged(seen, wanted.members, { stay, busy, hasProof: firstFree > 0 }, followed);
  const names = [...begun.map((wave) => wave.name), ...specs.map((spec) => spec.name)];
  const surplus = waves.slice(names.length);
  const changedWaves = [
    ...specs.map((spec, offset) => {
      const at = { rolloutId: rollout.id, index: firstFree + offset };
      const own = next.filter((member) => member.waveIndex === at.index);
      const before = waves.find(({ name }) => name === spec.name);
      const planned = {
        ...plannedWave(snapshot, policy, at, spec, own),
        ...given({ lastSuccessAt: lastSuccess(own) }),
      };
      return keepWords(before, planned, own);
    }),
    ...surplus.map((wave) => emptied(wave, next)),
  ]
    .map((wave) => ({ before: waves[wave.index], next: wave }))
    .filter(differs);
  const byKey = new Map(before.map((member) => [keyOf(member), member]));
  const put = next.map((member) => ({ before: byKey.get(keyOf(member)), next: member })).filter(differs);
  const stays = new Set(next.map(keyOf));
  const removed = before.filter((member) => !stays.has(keyOf(member)));
  if (changedWaves.length + put.length + removed.length === 0 && applied.revision === rollout.policyRevision)
    return undefined;
  const target = begun.length > 0 ? rollout.target : newestTarget(next, rollout.target);
  return {
    policyRevision: applied.revision,
    target,
    waves: [...names, ...surplus.map((wave) => wave.name)],
    changedWaves,
    members: [...removed.map((member) => ({ before: member, next: undefined })), ...put],
    reasons: [
      ...whatChanged(before, next, removed, { target, revision: applied.revision, rollout }),
      ...toldOfLaterWaves(before, next, names),
    ],
  };
}

const keyOf = (member: Pick<Member, 'waveIndex' | 'clusterKey'>): string => `${member.waveIndex} ${member.clusterKey}`;
const differs = ({ before, next }: Change<object>): boolean => !isSame(before, next);

interface Place {
  readonly now: Date;
  readonly firstFree: number;
  /** Members of waves that have begun, which stay there whatever policy selects them now, and clusters whose grant somebody holds. */
  readonly kept: ReadonlySet<string>;
  /** All members of the rollout. */
  readonly members: readonly Member[];
  /** What rollouts have tried already. */
  readonly served: ReadonlySet<string>;
  /** The waves that have not begun. */
  readonly specs: readonly WaveSpec[];
}

/**
 * The members that the waves which have not begun would have. A wave that has begun takes no cluster in: people have agreed to its plan, or it has
 * proved something.
 */
function wantedMembers(snapshot: FleetSnapshot, rollout: Rollout, policy: UpgradePolicy, place: Place): Wanted {
  const { firstFree, kept, specs, now } = place;
  const ofRollout = new Set(place.members.map(({ clusterKey }) => clusterKey));
  // There is one try for each cluster and target, as when a rollout begins by itself (automatic-rollouts.ts).
  const served = rollout.createdBy === LIFTLOCK ? place.served : undefined;
  const left = leftHalfDone(snapshot);
  const proved = firstFree === 0 ? undefined : provedPins(snapshot, place.members);
  const { byWave, leftOut } = candidatesOf(snapshot, rollout.policy, now, {
    finish: rollout.finish,
    pins: (cluster, wanted, target) =>
      proved === undefined || ofRollout.has(cluster.clusterKey) ? wanted : proved(cluster, wanted, target),
    skip: (candidate) =>
      !ofRollout.has(candidate.cluster.clusterKey) &&
      served !== undefined &&
      (wasServed(served, rollout.policy, candidate) || left.has(candidate.cluster.clusterKey)),
  });
  // The first waves have proved their target, in each Region: a newer version is for the next rollout.
  const ceilings = firstFree === 0 ? undefined : ceilingsOf(snapshot, rollout, place.members);
  const staying = new Set(place.members.filter(isFinish).map(({ clusterKey, to }) => `${clusterKey} ${to}`));
  const aimed = ({ target, ...candidate }: Candidate): Candidate[] => {
    const { cluster } = candidate;
    const current = KubeVersion.parse(cluster.version);
    if (current.equals(target)) return [{ ...candidate, target }];
    const aim = lower(target, ceilings?.(cluster));
    // A cluster still gets what was planned for it at its own minor, where the first waves have had it; the newer minor is for the next rollout.
    return current.isOlderThan(aim) || staying.has(`${cluster.clusterKey} ${aim}`)
      ? [{ ...candidate, target: aim }]
      : [];
  };
  const members = specs.flatMap((into, offset) =>
    policy.spec.waves
      .flatMap((own, index) => {
        const isTaken = specs[Math.max(0, specs.indexOf(own))] === into && asksNoLess(into, own);
        const free = (byWave.get(index) ?? []).filter(({ cluster }) => isTaken && !kept.has(cluster.clusterKey));
        return free.flatMap(aimed).map((candidate) => ({ own, candidate }));
      })
      .map(({ own, candidate }, position) =>
        withLaterWave(plannedMember(rollout.id, firstFree + offset, position, candidate), own.name, into.name),
      ),
  );
  // Where EKS runs an image that the policy names, only the nodes tell what they run.
  const isUnseen = ({ otherNodes, nodegroups }: ClusterRecord): boolean =>
    otherNodes === undefined && nodegroups.some((group) => imageRuleOf(policy.spec.nodes, group) !== undefined);
  const mayBeBehind = (cluster: ClusterRecord): boolean =>
    (lagReason(cluster, policy.spec) ?? partsUnknown(cluster)) !== undefined || isUnseen(cluster);
  const isThere = ({ reason: why }: (typeof leftOut)[number]): boolean => isLag(why) || IS_THERE.includes(why.code);
  // Where its policy takes a cluster further by now, that is for the next rollout.
  const going = [...byWave.values()].flat().map(({ cluster }) => cluster);
  const behind = [...leftOut.filter(isThere), ...going].flatMap(
    ({ clusterKey }) => snapshot.clusters.get(clusterKey) ?? [],
  );
  return {
    members,
    behind: new Map(behind.filter(mayBeBehind).map(({ clusterKey, version }) => [clusterKey, version])),
  };
}

/** Why the policy leaves out a cluster that has arrived, beside that it says what is behind there. */
const IS_THERE: readonly string[] = ['AtTarget', 'Pinned', 'PatchesUnknown'];

interface Wanted {
  readonly members: readonly Member[];
  /** The versions of clusters whose nodes or add-ons are behind, or nobody knows whether they are. */
  readonly behind: ReadonlyMap<string, string>;
}

/**
 * The highest version a cluster may be planned for: a member's own target, and for other clusters the newest target that the rollout has in their
 * Region.
 */
function ceilingsOf({ clusters }: FleetSnapshot, { target }: Rollout, members: readonly Member[]) {
  const own = new Map(members.map(({ clusterKey, to }) => [clusterKey, to]));
  const inRegion = Map.groupBy(members, ({ clusterKey }) => clusters.get(clusterKey)?.region);
  return ({ clusterKey, region }: ClusterRecord): KubeVersion =>
    KubeVersion.parse(own.get(clusterKey) ?? newestTarget(inRegion.get(region) ?? [], target));
}

const lower = (target: KubeVersion, ceiling: KubeVersion | undefined): KubeVersion =>
  ceiling?.isOlderThan(target) === true ? ceiling : target;

const isPlannedAnew = ({ status }: Member): boolean =>
  status === 'Pending' || status === 'Excluded' || status === 'Quarantined';
const hasFailedByHand = ({ controls }: FleetSnapshot, { clusterKey, status }: Member): boolean =>
  (status === 'Pending' || status === 'Quarantined') && controls.get(clusterKey)?.held?.mutated === true;
const isSkipped = ({ reasons }: Member): boolean => reasons.some(({ code }) => code === 'Skipped');

const UNSELECTED = reason('TakenOut', 'It failed, and no wave that has still to begin takes it any more.');

/**
 * Joins the members of before with those of the new plan. A member keeps what it has lived through: only waiting members are moved, let in or left
 * out.
 */
function merged(
  before: readonly Member[],
  wanted: readonly Member[],
  {
    stay,
    busy,
    hasProof,
  }: { readonly stay: ReadonlySet<string>; readonly busy: ReadonlySet<string>; readonly hasProof: boolean },
  followed: (member: Member) => Member[],
): Member[] {
  const known = new Map(before.map((member) => [member.clusterKey, member]));
  const next = wanted.flatMap((member): Member[] => {
    const found = known.get(member.clusterKey);
    if (found === undefined) return [member];
    if (!isPlannedAnew(found)) return [];
    known.delete(member.clusterKey);
    const { isStray: _, ...old } = found;
    const { waveIndex, position } = member;
    if (isSkipped(old)) return [{ ...old, waveIndex, position }];
    const setAside = old.status === 'Quarantined' && member.status === 'Pending';
    const { status, reasons } = setAside
      ? { status: old.status, reasons: [...besideLaterWave(old), ...laterWaveOf(member)] }
      : member;
    return [
      {
        ...{ ...old, waveIndex, position, from: member.from, to: member.to },
        // Newer images and add-ons than those that the first waves have proved are for the next rollout. A hop is planned for its minor, so the
        // weekly newer release does not make it another plan.
        ...((hasProof || !isFinish(member)) && hasPins(old) && old.to === member.to
          ? {}
          : { releases: member.releases, addons: member.addons }),
        ...{ status: unlessFailed(old, status), reasons },
      },
    ];
  });
  // A member that has ended or was begun is kept, whatever selects its cluster by now; so is the fact that a person skipped it, or that it failed
  // before a retry.
  const rest = [...known.values()].flatMap((member): Member[] => {
    if (stay.has(member.clusterKey) || !isPlannedAnew(member) || isSkipped(member)) return followed(member);
    return member.failedBefore === true ? followed({ ...member, status: 'Failed', reasons: [UNSELECTED] }) : [];
  });
  // These members go after those that were just given a place, and no place stays empty.
  const last = new Map<number, number>();
  return [...next, ...rest].map((member) => {
    // A member that is being worked on keeps its place: a plan that only gave it another one would have to wait for it.
    if (busy.has(member.clusterKey)) return member;
    const position = (last.get(member.waveIndex) ?? 0) + 1;
    last.set(member.waveIndex, position);
    return { ...member, position };
  });
}

/**
 * Keeps what people and hooks have said of a wave, and the wave's number, where the plan is the same. Where it is another plan, the words are kept
 * for the record and are void for good: a person who took an approval back in between must not find it in force again when the plan returns to what
 * it was.
 */
function keepWords(before: Wave | undefined, wave: Wave, own: readonly Member[]): Wave {
  const { approvals, conditions, plan, breakGlass, traits, hooks, reasons } = before ?? {};
  const { acceptedFailures, goingBack, automaticRollbacks, rollingBack } = before ?? {};
  const isSamePlan = before?.planHash === wave.planHash;
  const words = isSamePlan ? approvals : approvals?.map((word) => ({ ...word, isVoid: true as const }));
  const glass = isSamePlan ? breakGlass : breakGlass && { ...breakGlass, planHash: undefined };
  const { hooks: _, ...planned } = wave;
  const asked = isSamePlan ? given({ hooks, reasons }) : {};
  // A wave that had begun, and has not opened since a retry or a halt, may have clusters that go back, and failures that a person has accepted.
  const isOwn = (key: string | undefined): boolean => own.some(({ clusterKey }) => clusterKey === key);
  const ownOf = (keys: readonly string[] | undefined): string[] | undefined =>
    keys?.some(isOwn) === true ? keys.filter(isOwn) : undefined;
  const stood = {
    ...{ acceptedFailures, goingBack: ownOf(goingBack), automaticRollbacks: ownOf(automaticRollbacks) },
    rollingBack: isOwn(rollingBack) ? rollingBack : undefined,
  };
  return {
    ...planned,
    ...given({ plan, approvals: words, breakGlass: glass, conditions, traits, ...stood }),
    ...asked,
  };
}

/**
 * A wave that the policy has no more, with no members but those that no plan leaves out. Nobody could agree to a plan of it, so everything that was
 * said of it is void when it comes back.
 */
function emptied(wave: Wave, planned: readonly Member[]): Wave {
  const own = planned.filter(({ waveIndex }) => waveIndex === wave.index);
  const counts = countSettled(own);
  const needWork = own.length - counts.excluded - counts.quarantined;
  const { breakGlass, ...before } = wave;
  const { planHash, owed, strays, ...emptiedWave } = { ...before, members: own.length, needWork, ...counts };
  return keepWords(before, emptiedWave, own);
}

const newestTarget = (members: readonly Member[], otherwise: string): string =>
  newest(members.filter(({ status }) => status !== 'Excluded').map(({ to }) => KubeVersion.parse(to)))?.toString() ??
  otherwise;
