import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import type { WaitedFor } from '../contracts/reasons/reason-facts.ts';
import { kindOf, waitsFor } from '../contracts/reasons.ts';
import { type Reason, reason, standingFirst } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { whyNever } from '../policy/never-starts.ts';
import { givesWayFor, ordersOfFleet } from '../protocol/kept-away.ts';
import { leftByAbort, wayToFinish } from '../protocol/left-half-done.ts';
import { fitsNoWindow } from '../protocol/settle-decision.ts';
import { VETOES } from '../protocol/vetoes.ts';
import type { Decision, Waiting } from '../rollout/decisions.ts';
import { laterWaveOf } from '../rollout/later-wave.ts';
import { leavesAt } from '../rollout/left-behind.ts';
import { memberRules, rulesByHand } from '../rollout/member-rules.ts';
import { stalledWaves } from '../rollout/never-starting.ts';
import { earliestOpening, waitsOf } from '../rollout/openings.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { isServed } from '../rollout/tried.ts';
import { turnsAt } from '../rollout/turn-at.ts';
import { waitingForPromotion, wayToResume, whyOutdated } from '../rollout/wave-end.ts';
import { isTried } from '../store/entities.ts';
import type { ClusterPolicy } from './cluster-policy.ts';
import { activeUpgrade, refusalsOf } from './cluster-summary.ts';
import {
  type ClusterRollouts,
  ENDED_WELL,
  goingOn,
  isInBegunWave,
  type MemberPlace,
  type Place,
  type WholeRollout,
} from './place-of.ts';
import { finishing } from './upgrade-plan.ts';
import { atTarget, failedHalfWay, finishNodesFirst, orFinished } from './verdict-at-target.ts';
import { again } from './verdict-of-tried.ts';
import { type Asked, whileHeld } from './verdict-when-held.ts';
import { whileItRuns } from './verdict-while-it-runs.ts';
import { inNextRollout, withoutRollout, withoutTarget } from './verdict-without-rollout.ts';
import { after, halted, onceFleetActs, promoting, refusedByFleet, said, type Verdict } from './verdict-words.ts';

/** Codes that every grant asks for again. */
const REFUSALS: ReadonlySet<string> = new Set(VETOES.flatMap(({ codes }) => codes));
const isLook = ({ code }: Reason): boolean => code === 'ResumesLater';
const NEVER = { at: null, condition: null };
const NEXT_TICK = after('The next tick of the reconciler, within a minute.');
const PLANNED_ANEW = after('The next tick of the reconciler plans its wave anew, within a minute.');

/** A cluster with what stands about it, and what the reconciler answers about it now. */
interface Looked extends Asked {
  readonly upgrade: Upgrade | undefined;
  /** Its place in a rollout that has not ended. */
  readonly going: MemberPlace | undefined;
  readonly decisions: readonly Decision[];
  /** Why it waits, or its upgrade where that has begun: no reason = nothing is in the way. */
  readonly waiting: readonly Reason[];
  readonly elsewhere: readonly Reason[];
  readonly until: string | null | undefined;
  /** Whether its upgrade has not begun yet and has to wait: a rollback that Liftlock begins by itself may have to before it ever runs. */
  readonly hasToWait: boolean;
}

/** What the reconciler would say of one cluster now. The first thing that is in the way decides, as it does there. */
export function verdictOf(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  aim: ClusterPolicy,
  rollouts: ClusterRollouts,
  now: Date,
): Verdict {
  if (cluster.deletedAt !== undefined)
    return said(NEVER, reason('Gone', `The cluster was deleted (seen ${cluster.deletedAt}).`));
  const looked = lookAt({ snapshot, cluster, aim, ...rollouts, now });
  return (
    ofBegun(looked) ??
    whileHeld(looked, looked.upgrade) ??
    ofAborted(looked) ??
    ofParked(looked) ??
    ofUnselected(looked) ??
    ofArrived(looked) ??
    ofRefused(looked) ??
    ofWaiting(looked)
  );
}

function lookAt(asked: Asked): Looked {
  const { snapshot, cluster, place, now } = asked;
  const { clusterKey } = cluster;
  const upgrade = activeUpgrade(snapshot, clusterKey);
  const going = goingOn(place);
  // An upgrade that has begun has the cluster. A rollout, or another start by hand, that waits for the cluster too, waits for other things, which do
  // not count here.
  const isOfIt = ({ rolloutId, upgradeId = upgrade?.id }: Waiting) =>
    upgrade === undefined
      ? going === undefined || rolloutId === going.rollout.id
      : rolloutId === upgrade.rolloutId && upgradeId === upgrade.id;
  const { decisions, waits: all } = waitsOf(snapshot, new Set([clusterKey]), now);
  const waits = all.filter(isOfIt);
  const until = earliestOpening(waits);
  const reasons = waits.flatMap((one) => one.reasons);
  const isOwn = (one: { readonly clusterKey: string }) => one.clusterKey === clusterKey;
  const rolloutId = (upgrade ?? place?.member ?? snapshot.members.find(isOwn))?.rolloutId;
  return {
    ...asked,
    ...{ upgrade, going, decisions, until },
    waiting: [...reasons, ...turnsAt(snapshot)(clusterKey, rolloutId, reasons, until)],
    elsewhere: going === undefined ? [] : waitsElsewhere(snapshot, going, all),
    hasToWait: upgrade?.status === 'Pending' && waits.length > 0,
  };
}

/** The verdict of an upgrade that runs, or begins with the next tick. */
function ofBegun({ snapshot, cluster, upgrade, ofUpgrade, hasToWait }: Looked): Verdict | undefined {
  if (upgrade === undefined || upgrade.status === 'Parked' || hasToWait) return undefined;
  if (upgrade.status === 'Pending')
    return said(NEXT_TICK, reason('Next', 'Nothing is in the way of it: it begins.'), ...upgrade.reasons);
  const { held } = snapshot.controls.get(cluster.clusterKey) ?? {};
  return whileItRuns(upgrade, givesWayFor(upgrade, { ofFleet: ordersOfFleet(snapshot), rollout: ofUpgrade, held }));
}

/** The verdict of an upgrade whose rollout was aborted half-way. */
function ofAborted({ snapshot, cluster, upgrade, ofUpgrade, now }: Looked): Verdict | undefined {
  const aborted = upgrade && leftByAbort(upgrade, ofUpgrade);
  if (aborted === undefined) return undefined;
  const { refusals, somebody } = finishing(snapshot, cluster, upgrade, now);
  return said(after(`${somebody} ${wayToFinish(cluster, upgrade)}`), ...aborted, ...refusals);
}

function ofParked(looked: Looked): Verdict | undefined {
  const { snapshot, cluster, place, ofUpgrade, upgrade, decisions, until, now } = looked;
  if (upgrade === undefined) return undefined;
  const its = ofUpgrade && { rollout: ofUpgrade, waves: wavesOf(snapshot, ofUpgrade, place) };
  const isTold = ({ code }: Reason): boolean =>
    !REFUSALS.has(code) || (code === 'WindowTooShort' && fitsNoWindow(upgrade));
  const parkedFor = upgrade.reasons.filter(isTold);
  if (its?.rollout.status === 'Halted') return halted(snapshot, its, ...parkedFor);
  // What the upgrade parked for may be over, or be passed by a broken glass, by now.
  if (decisions.some((one) => isGrantOf(one, upgrade)))
    return said(NEXT_TICK, reason('Next', 'Nothing is in the way of its upgrade any more: it goes on.'));
  const waiting = [...looked.waiting, ...neverOpen(snapshot, cluster, upgrade, looked.waiting, now)];
  const at = until ?? upcoming(upgrade.resumeAt, now);
  const looksAgain = upgrade.resumeAt !== undefined && waiting.every(isLook);
  // What refused the upgrade when it parked may be gone: where the reconciler asks for it now, the present answer stands in its place.
  const since = waiting.length === 0 ? upgrade.reasons : parkedFor;
  const condition = looksAgain ? 'Liftlock looks again.' : conditionOf(waiting, at, its, since);
  // Present refusals come before what the upgrade parked for: a stop outlasts a pause.
  const refused = waiting.filter((one) => !isLook(one));
  const givenUp = isRollback(upgrade) ? ` To give it up: liftlock release cluster ${cluster.name}` : '';
  return said(after(`${condition}${givenUp}`, at), ...standingFirst([...refused, ...since, ...waiting.filter(isLook)]));
}

function isGrantOf(decision: Decision, { clusterKey, id }: Upgrade): boolean {
  if (decision.type === 'grant-upgrade')
    return decision.upgrade.clusterKey === clusterKey && decision.upgrade.id === id;
  return decision.type === 'grant-member' && decision.member.clusterKey === clusterKey && decision.upgradeId === id;
}

/** The verdict of a cluster that no policy, or none that can be told, selects. */
function ofUnselected(looked: Looked): Verdict | undefined {
  const { snapshot, cluster, aim, place, left, going, waiting, until, now } = looked;
  if (aim.policy !== undefined) return undefined;
  // A member of a wave that has begun stays one, whatever policy selects its cluster now.
  const isFixed = going !== undefined && isInBegunWave(going);
  const isAmbiguous = aim.reasons.some(({ code }) => code === 'AmbiguousPolicy');
  if (isFixed && !isAmbiguous && !isTried(going.member)) return waitsThere(looked, going);
  if (!isAmbiguous && left !== undefined) return failedHalfWay(snapshot, cluster, aim, { left, place }, now);
  const alone = isAmbiguous ? after('Selectors are changed so that one policy alone selects it.') : NEVER;
  const all = [...aim.reasons, ...waiting];
  const when = waiting.length === 0 ? alone : after(conditionOf(all, until ?? null, place), until);
  return said(when, ...all);
}

/** The verdict of a cluster whose control plane is at the target. */
function ofArrived(looked: Looked): Verdict | undefined {
  const { snapshot, cluster, aim, place, left, now } = looked;
  const isMember = snapshot.members.some(({ clusterKey }) => clusterKey === cluster.clusterKey);
  if (aim.policy === undefined || aim.target === undefined || aim.needsWork || isMember) return undefined;
  const rests = atTarget(snapshot, cluster, aim.policy, aim, place, now);
  const tried = triedIn(looked);
  // The rollout is not through with it: it goes on with what is left (nodes, add-ons, checks).
  if (tried !== undefined) {
    const { when, reasons } = orFinished(snapshot, cluster, aim.policy, place, tried, now);
    return said(when, ...rests.reasons, ...reasons);
  }
  return left === undefined ? rests : failedHalfWay(snapshot, cluster, aim, { left, place }, now);
}

const triedIn = ({ snapshot, going, isFinished, now }: Looked): Verdict | undefined =>
  going && isTried(going.member) ? again(snapshot, going, isFinished === true, now) : undefined;

/** The verdict of a cluster that is kept out of every rollout. */
function ofRefused(looked: Looked): Verdict | undefined {
  const { snapshot, cluster, aim, place, left, going, now } = looked;
  const refusals = refusalsOf(snapshot, cluster, aim);
  if (refusals.length === 0) return undefined;
  const unreachable = refusals.every(({ code }) => code === 'Unreachable');
  const condition = unreachable ? 'Liftlock can read the cluster again.' : 'What excludes it is taken away.';
  // The member's wave has begun without it, and does not take it in again.
  if (left === undefined && going?.member.status === 'Excluded' && isInBegunWave(going)) {
    const next =
      aim.target === undefined
        ? withoutTarget(aim)
        : onceFleetActs(snapshot, (acting) => withoutRollout(acting, cluster, aim, place, now));
    return said(after(`${condition} Then: ${next.when.condition}`), ...refusals, ...next.reasons);
  }
  if (left === undefined) return said(after(condition), ...refusals);
  // The conditions above let the next minor begin; a person finishes what is left of the last hop.
  const half = failedHalfWay(snapshot, cluster, aim, { left, place }, now);
  const finishes = `What finishes the hop to ${left.to}: ${(triedIn(looked) ?? half).when.condition}`;
  return said(after(`${condition} ${finishes}`), ...refusals, ...half.reasons);
}

/** The verdict of a cluster that waits in its rollout, or for one. */
function ofWaiting(looked: Looked): Verdict {
  const { snapshot, cluster, aim, place, going, now } = looked;
  // A cluster whose rollout is done with it, for an older target, waits for another rollout, and so does one that was taken out for a reason that is
  // gone. A cluster that a person took out does not.
  const isSkipped = going?.member.status === 'Excluded' && isServed(going.member);
  const isDone = going === undefined || (ENDED_WELL.includes(going.member.status) && !isSkipped);
  // A wave that has begun goes on with its members to the rollout's own target, whatever its policy names by now.
  if (aim.target === undefined && (isDone || !isInBegunWave(going))) return withoutTarget(aim);
  if (isDone) return onceFleetActs(snapshot, (acting) => withoutRollout(acting, cluster, aim, place, now));
  const tried = triedIn(looked);
  return tried === undefined
    ? waitsThere(looked, going)
    : finishNodesFirst(snapshot, cluster, aim.policy, place, tried, now);
}

function waitsThere(looked: Looked, there: MemberPlace): Verdict {
  const { snapshot, waiting, elsewhere, until, now } = looked;
  const reasons = [...waiting, ...stalled(snapshot, there, now), ...elsewhere];
  const at = until ?? upcoming(there.member.resumeAt, now);
  return inNextRollout(looked, there, reasons) ?? inRollout(snapshot, there, reasons, at);
}

/**
 * An upgrade that a person has started, or a rollback, waits for a person where its calendars never open. One that has begun does not need an opening
 * as long as all of it.
 */
function neverOpen(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  { rolloutId, mutated }: Upgrade,
  waiting: readonly Reason[],
  now: Date,
): Reason[] {
  const isShut = waiting.some(({ code }) => waitsFor(code) === 'window');
  if (rolloutId !== undefined || !isShut || waiting.some(({ code }) => code === 'TooLate')) return [];
  const { rules } = rulesByHand(snapshot, cluster, memberRules(snapshot, now));
  const why = whyNever(mutated ? { ...rules, estimateMilliseconds: 0 } : rules, now);
  if (why === undefined) return [];
  const said = `As things are it never ${mutated ? 'goes on' : 'begins'}: ${why} Change the calendars; or liftlock break-glass cluster ${cluster.name} --reason WHY passes them.`;
  return [reason('NeverStarts', said)];
}

/** The members that the cluster's wave waits for and that never start, the cluster itself included. */
function stalled(snapshot: FleetSnapshot, { rollout, waves, member }: MemberPlace, now: Date): Reason[] {
  const own = snapshot.members.filter(({ rolloutId }) => rolloutId === rollout.id);
  return stalledWaves(snapshot, rollout, waves, own, now).flatMap(({ wave, members, staysShut, reason: why }) => {
    // What is under way on its own cluster the member is told already.
    const isOwn = staysShut
      ? wave.index === member.waveIndex
      : why.code !== 'UpgradeUnderWay' && members.some(({ clusterKey }) => clusterKey === member.clusterKey);
    return wave.index < member.waveIndex || isOwn ? why : [];
  });
}

/** The other rollouts that the cluster waits in. Each of them can let it begin, so what stands in the way there matters only there. */
function waitsElsewhere(
  snapshot: FleetSnapshot,
  { rollout, member }: MemberPlace,
  waits: readonly Waiting[],
): Reason[] {
  const { clusterKey } = member;
  const others = snapshot.rollouts.filter(
    ({ id }) =>
      id !== rollout.id && snapshot.members.some((one) => one.clusterKey === clusterKey && one.rolloutId === id),
  );
  return others.map(({ id, policy }) => {
    const there = waits.filter(({ rolloutId }) => rolloutId === id).flatMap(({ reasons }) => reasons);
    const why = [...new Set(there.map(({ message }) => message))].join(' ');
    const text = `It waits in the rollout ${id} of ${policy} as well, and goes with the one that lets it begin first.`;
    return reason('InRollout', why === '' ? text : `${text} There: ${why}`);
  });
}

function inRollout(
  snapshot: FleetSnapshot,
  place: MemberPlace,
  waiting: readonly Reason[],
  at: string | null,
): Verdict {
  const { rollout, waves, member } = place;
  // No rollout takes a cluster that a person took out by itself for that target, but one that a person creates does.
  const promoted = waitingForPromotion(waves);
  const ends = promoted === undefined ? `The rollout ${rollout.id} ends` : promoting(promoted, rollout);
  const takes = `${ends}, and then somebody runs: liftlock rollout create ${rollout.policy}; or another version becomes the target.`;
  if (member.status === 'Excluded') return said(isServed(member) ? after(takes) : NEVER, ...member.reasons);
  const told = laterWaveOf(member);
  if (rollout.status === 'Halted') return halted(snapshot, place, ...told);
  const wave = waves.find(({ index }) => index === member.waveIndex);
  const outdated = wave && whyOutdated(rollout, waves, wave, snapshot.policies.get(rollout.policy));
  if (outdated !== undefined) return said(PLANNED_ANEW, outdated, ...refusedByFleet(snapshot), ...told);
  if (waiting.every(({ code }) => code === 'InRollout')) {
    const next = reason('Next', `It is next in the rollout ${rollout.id}.`);
    return said(NEXT_TICK, next, ...waiting, ...told);
  }
  const undecided = promoted !== undefined && promoted.index < member.waveIndex ? promoted : undefined;
  const others = waiting.some(({ code }) => code !== 'EarlierWave') ? ', and the other reasons above are gone' : '';
  const left = wave && leavesAt(snapshot.policies.get(rollout.policy)?.policy, wave);
  const isLeft = at !== null && at === left?.toISOString() && waiting.some(({ code }) => code === 'NeverStarts');
  const condition =
    undecided !== undefined
      ? `${promoting(undecided, rollout)}${others}`
      : isLeft
        ? `At that instant its wave leaves it behind (cannotStart of the policy ${rollout.policy}), unless it has begun: it begins within a minute of a change by which its calendars are open together.`
        : conditionOf(waiting, at, place);
  return said(after(condition, at), ...waiting, ...told);
}

const wavesOf = (snapshot: FleetSnapshot, { id }: Rollout, place: Place | undefined): readonly Wave[] =>
  place?.rollout.id === id ? place.waves : snapshot.waves.filter(({ rolloutId }) => rolloutId === id);

/** What other clusters wait for as well, in the order in which it comes. */
const COMES: Readonly<Record<WaitedFor, string>> = {
  turn: 'its wave is open',
  place: 'its wave has a place for it',
  cap: 'there is room under the cap',
  window: 'its calendars are open',
};

const GATE = 'the gates of the wave before it are green, and its wave is open';
const TAG = 'its tag is changed, which is seen within the hour';

/** Reasons that a person lifts, or the next look at the cluster. */
const liftedIn = (its: WholeRollout | undefined): Partial<Record<string, string>> => ({
  FleetStopped: 'somebody runs liftlock fleet resume',
  ObserveMode: 'the Fleet is applied with mode: act',
  NotInFleet: 'the Fleet names its account and Region again',
  ...{ Excluded: TAG, BadTag: TAG, Pinned: TAG },
  AmbiguousPolicy: 'selectors are changed so that one policy alone selects it',
  InventoryIncomplete: 'it was looked at anew, within the hour',
  Creating: 'it is there and six hours old',
  ...{ GateRed: GATE, GateUnknown: GATE, GatesUnknown: GATE },
  ...(its && { RolloutPaused: `somebody runs ${wayToResume(its.rollout, its.waves)}` }),
});

/**
 * The sentence of what must happen first. The instant at which a window opens, or a step looks again, is not when the upgrade goes on where something
 * else is in the way as well. `since`: what the upgrade parked for, which nobody checks before it goes on.
 */
function conditionOf(
  waiting: readonly Reason[],
  at: string | null,
  its: WholeRollout | undefined,
  since: readonly Reason[] = [],
): string {
  const lifted = liftedIn(its);
  const stands = waiting.filter(({ code }) => kindOf(code) !== 'told');
  if (at !== null && stands.some(({ code }) => kindOf(code) === 'lasting'))
    return 'Not sooner, and only when somebody has done what the reasons above ask for.';
  const known = [
    ...Object.entries(lifted).filter(([order]) => stands.some(({ code }) => code === order)),
    ...Object.entries(COMES).filter(([what]) => stands.some(({ code }) => waitsFor(code) === what)),
  ];
  // Reasons that end by themselves have ended by then.
  const stays = stands.filter((one) => !isLook(one) && (at === null || kindOf(one.code) !== 'timed'));
  const hasOthers = stays.some(({ code }) => waitsFor(code) === undefined && !(code in lifted));
  const every = known.length === 0 ? 'every reason above is gone' : 'what else stands above is gone';
  const parts = [...new Set(known.map(([, comes]) => comes)), ...(hasOthers || known.length === 0 ? [every] : [])];
  const looks = known.length > 0 && since.some(({ code }) => kindOf(code) !== 'told');
  const then = looks ? '; then Liftlock looks anew at what it parked for' : '';
  const text = `${[parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter((part) => part !== '').join(', and ')}${then}`;
  if (at !== null && stands.some(({ code }) => kindOf(code) !== 'timed')) return `Not sooner, and only when ${text}.`;
  return `Once ${text}.`;
}

const upcoming = (at: string | undefined, now: Date): string | null =>
  at !== undefined && new Date(at) > now ? at : null;
