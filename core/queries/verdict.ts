import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import type { WaitedFor } from '../contracts/reasons/reason-facts.ts';
import { kindOf, waitsFor } from '../contracts/reasons.ts';
import { type Reason, reason, standingFirst } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { whyNever } from '../policy/never-starts.ts';
import { quarantineReasons } from '../policy/quarantine.ts';
import { givesWayFor } from '../protocol/gives-way.ts';
import { ordersOfFleet } from '../protocol/kept-away.ts';
import { leftByAbort, wayToFinish } from '../protocol/left-half-done.ts';
import { haltRefusals } from '../protocol/standing-refusals.ts';
import { VETOES } from '../protocol/vetoes.ts';
import { nextHopId } from '../rollout/admission.ts';
import { AT_REST, goesOnWith, isServed } from '../rollout/automatic-rollouts.ts';
import type { Waiting } from '../rollout/decisions.ts';
import { laterWaveOf } from '../rollout/later-wave.ts';
import { leavesAt } from '../rollout/left-behind.ts';
import { memberRules, rulesByHand } from '../rollout/member-rules.ts';
import { stalledWaves } from '../rollout/never-starting.ts';
import { earliestOpening, waitsOf } from '../rollout/openings.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { turnsAt } from '../rollout/turn-at.ts';
import { hasBegun, waitingForPromotion, wayToResume } from '../rollout/wave-end.ts';
import { isTried } from '../store/members.ts';
import type { ClusterPolicy } from './cluster-policy.ts';
import { activeUpgrade, refusalsOf } from './cluster-summary.ts';
import { type ClusterRollouts, ENDED_WELL, type Place, type WholeRollout } from './place-of.ts';
import { finishing, outOfHold, somebodyOnce } from './upgrade-plan.ts';
import { atTarget, failedHalfWay, orFinished } from './verdict-at-target.ts';
import { again, type MemberPlace, refusalsBeside, refusalsIn } from './verdict-of-tried.ts';
import { whileItRuns } from './verdict-while-it-runs.ts';
import { withoutRollout } from './verdict-without-rollout.ts';
import {
  after,
  andResume,
  onceFleetActs,
  promoting,
  refusedByFleet,
  retriedIn,
  said,
  type Verdict,
} from './verdict-words.ts';

/** Codes that every grant asks for again. */
const REFUSALS: ReadonlySet<string> = new Set(VETOES.flatMap(({ codes }) => codes));
const isLook = ({ code }: Reason): boolean => code === 'ResumesLater';
const NEVER = { at: null, condition: null };
const NEXT_TICK = after('The next tick of the reconciler, within a minute.');

/** What the reconciler would say of one cluster now. The first thing that is in the way decides, as it does there. */
export function verdictOf(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  aim: ClusterPolicy,
  { place, ofUpgrade, left, isFinished = false }: ClusterRollouts,
  now: Date,
): Verdict {
  if (cluster.deletedAt !== undefined)
    return said(NEVER, reason('Gone', `The cluster was deleted (seen ${cluster.deletedAt}).`));
  const isOwn = ({ clusterKey }: { readonly clusterKey: string }) => clusterKey === cluster.clusterKey;
  const upgrade = activeUpgrade(snapshot, cluster.clusterKey);
  // An upgrade that has begun has the cluster. A rollout, or another start by hand, that waits for the cluster too, waits for other things, which do
  // not count here.
  const going = goingOn(place);
  const isOfIt = ({ rolloutId, upgradeId = upgrade?.id }: Waiting) =>
    upgrade === undefined
      ? going === undefined || rolloutId === going.rollout.id
      : rolloutId === upgrade.rolloutId && upgradeId === upgrade.id;
  const { decisions, waits: all } = waitsOf(snapshot, new Set([cluster.clusterKey]), now);
  const waits = all.filter(isOfIt);
  const until = earliestOpening(waits);
  const asked = waits.flatMap(({ reasons }) => reasons);
  const rolloutId = (upgrade ?? place?.member ?? snapshot.members.find(isOwn))?.rolloutId;
  const waiting = [...asked, ...turnsAt(snapshot)(cluster.clusterKey, rolloutId, asked, until)];
  const elsewhere = going === undefined ? [] : waitsElsewhere(snapshot, going, all);
  const held = snapshot.controls.get(cluster.clusterKey)?.held;
  // A rollback that Liftlock begins by itself may have to wait before it ever runs.
  const hasToWait = upgrade?.status === 'Pending' && waits.length > 0;
  if (upgrade?.status === 'Pending' && !hasToWait)
    return said(NEXT_TICK, reason('Next', 'Nothing is in the way of it: it begins.'), ...upgrade.reasons);
  if (upgrade !== undefined && upgrade.status !== 'Parked' && !hasToWait)
    return whileItRuns(upgrade, givesWayFor(upgrade, { ofFleet: ordersOfFleet(snapshot), rollout: ofUpgrade, held }));
  // A rollback holds its cluster itself, and goes on under any hold.
  if (held !== undefined && !isRollback(upgrade)) {
    const isWaited = place?.member !== undefined && !ENDED_WELL.includes(place.member.status);
    // No rollout tries again what no rollout makes, such as a drain.
    const isOther =
      isWaited &&
      held.mutated === true &&
      held.upgradeId !== undefined &&
      nextHopId(place.member, cluster, { clusterKey: cluster.clusterKey, retried: held }) !== held.upgradeId;
    // Where a rollout was aborted, no older rollout takes the cluster up.
    const isLetGo = place?.member !== undefined && place.rollout.status === 'Aborted';
    const inRollout = isOther ? undefined : isWaited || isLetGo ? place.rollout : ofUpgrade;
    const selecting = aim.policy?.metadata.name;
    const triedAgain = inRollout !== undefined && goesOnWith(inRollout, selecting);
    const why = reason('Held', `Held since ${held.since}: ${held.reason.message}`);
    // Nobody tries a cluster again that is being deleted.
    const going = quarantineReasons(cluster, now).filter(({ code }) => code === 'Deleting');
    if (going.length > 0) return said(after('It is gone: then nothing is left to be done for it.'), why, ...going);
    if (triedAgain) {
      const { reasons, until } = isWaited
        ? refusalsIn(snapshot, { ...place, member: place.member }, now)
        : refusalsBeside(inRollout, place);
      const refused = refusedByFleet(snapshot);
      // Tried again before that it fails again, after another roll. Of what is whole by now nothing is left to fail.
      const causes = isFinished ? '' : ' removes the cause and';
      const condition = `${somebodyOnce(reasons)}${causes} runs: liftlock retry cluster ${cluster.name} (or release)${andResume(refused) || '.'}`;
      // A stop refuses no retry, but it lets nothing of it begin.
      return said(after(condition, until), why, ...reasons, ...refused);
    }
    const byRollout = inRollout !== undefined && selecting !== undefined && inRollout.policy !== selecting;
    const { refusals, condition } = outOfHold(snapshot, cluster, left, now, byRollout);
    const isDrained = isOther && left?.machine === 'drain-nodes' && goesOnWith(place.rollout, selecting);
    const goesOn = isDrained ? ` ${retriedIn(place.rollout, cluster.name)}` : '';
    return said(after(`${condition}${goesOn}`), why, ...refusals);
  }
  const aborted = upgrade && leftByAbort(upgrade, ofUpgrade);
  if (aborted !== undefined) {
    const { refusals, somebody } = finishing(snapshot, cluster, upgrade, now);
    return said(after(`${somebody} ${wayToFinish(cluster, upgrade)}`), ...aborted, ...refusals);
  }
  if (upgrade !== undefined) {
    const its = ofUpgrade && { rollout: ofUpgrade, waves: wavesOf(snapshot, ofUpgrade, place) };
    const parkedFor = upgrade.reasons.filter(({ code }) => !REFUSALS.has(code));
    if (its?.rollout.status === 'Halted') return halted(snapshot, its, ...parkedFor);
    // What the upgrade parked for may be over, or be passed by a broken glass, by now.
    const granted = decisions.flatMap((one) =>
      one.type === 'grant-member'
        ? { ...one.member, id: one.upgradeId }
        : one.type === 'grant-upgrade'
          ? one.upgrade
          : [],
    );
    if (granted.some((one) => isOwn(one) && one.id === upgrade.id))
      return said(NEXT_TICK, reason('Next', 'Nothing is in the way of its upgrade any more: it goes on.'));
    waiting.push(...neverOpen(snapshot, cluster, upgrade, waiting, now));
    const at = until ?? upcoming(upgrade.resumeAt, now);
    const looksAgain = upgrade.resumeAt !== undefined && waiting.every(isLook);
    // What refused the upgrade when it parked may be gone: where the reconciler asks for it now, the present answer stands in its place.
    const since = waiting.length === 0 ? upgrade.reasons : parkedFor;
    const condition = looksAgain ? 'Liftlock looks again.' : conditionOf(waiting, at, its, since);
    // Present refusals come before what the upgrade parked for: a stop outlasts a pause.
    const refused = waiting.filter((one) => !isLook(one));
    return said(after(condition, at), ...standingFirst([...refused, ...since, ...waiting.filter(isLook)]));
  }
  const waitsThere = (there: MemberPlace) =>
    inRollout(
      snapshot,
      there,
      [...waiting, ...stalled(snapshot, there, now), ...elsewhere],
      until ?? upcoming(there.member.resumeAt, now),
    );
  if (aim.policy === undefined) {
    // A member of a wave that has begun stays one, whatever policy selects its cluster now.
    const isFixed = going !== undefined && isInBegunWave(going);
    const isAmbiguous = aim.reasons.some(({ code }) => code === 'AmbiguousPolicy');
    if (isFixed && !isAmbiguous && !isTried(going.member)) return waitsThere(going);
    if (!isAmbiguous && left !== undefined) return failedHalfWay(snapshot, cluster, aim, { left, place }, now);
    const alone = isAmbiguous ? after('Selectors are changed so that one policy alone selects it.') : NEVER;
    const when = waiting.length === 0 ? alone : after(conditionOf(waiting, until ?? null, place), until);
    return said(when, ...aim.reasons, ...waiting);
  }
  // The control plane is at the target, but the rollout is not through: it goes on with what is left (nodes, add-ons, checks).
  const tried = going && isTried(going.member) ? again(snapshot, going, isFinished, now) : undefined;
  if (aim.target !== undefined && !aim.needsWork && !snapshot.members.some(isOwn)) {
    const rests = atTarget(snapshot, cluster, aim.policy, aim, place, now);
    if (tried !== undefined) {
      const { when, reasons } = orFinished(snapshot, cluster, aim.policy, place, tried, now);
      return said(when, ...rests.reasons, ...reasons);
    }
    return left === undefined ? rests : failedHalfWay(snapshot, cluster, aim, { left, place }, now);
  }
  const refusals = refusalsOf(snapshot, cluster, aim);
  if (refusals.length > 0) {
    const unreachable = refusals.every(({ code }) => code === 'Unreachable');
    const condition = unreachable ? 'Liftlock can read the cluster again.' : 'What excludes it is taken away.';
    // The member's wave has begun without it, and does not take it in again.
    if (left === undefined && going?.member.status === 'Excluded' && isInBegunWave(going)) {
      const next = onceFleetActs(snapshot, (acting) => withoutRollout(acting, cluster, aim, place, now));
      return said(after(`${condition} Then: ${next.when.condition}`), ...refusals, ...next.reasons);
    }
    if (left === undefined) return said(after(condition), ...refusals);
    // The conditions above let the next minor begin; a person finishes what is left of the last hop.
    const half = failedHalfWay(snapshot, cluster, aim, { left, place }, now);
    const finishes = `What finishes the hop to ${left.to}: ${(tried ?? half).when.condition}`;
    return said(after(`${condition} ${finishes}`), ...refusals, ...half.reasons);
  }
  if (aim.target === undefined) return said(after('The target is offered there.'), ...aim.reasons);
  // A cluster whose rollout is done with it, for an older target, waits for another rollout, and so does one that was taken out for a reason that is
  // gone. A cluster that a person took out does not.
  const isSkipped = going?.member.status === 'Excluded' && isServed(going.member);
  return going === undefined || (ENDED_WELL.includes(going.member.status) && !isSkipped)
    ? onceFleetActs(snapshot, (acting) => withoutRollout(acting, cluster, aim, place, now))
    : isTried(going.member)
      ? again(snapshot, going, isFinished, now)
      : waitsThere(going);
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

const isInBegunWave = ({ waves, member }: MemberPlace): boolean =>
  waves.some((wave) => wave.index === member.waveIndex && hasBegun(wave));

/** The cluster's place as a member of a rollout that has not ended. */
export function goingOn(place: Place | undefined): MemberPlace | undefined {
  if (place?.member === undefined || AT_REST.includes(place.rollout.status)) return undefined;
  return { ...place, member: place.member };
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
  if (waiting.every(({ code }) => code === 'InRollout')) {
    const next = reason('Next', `It is next in the rollout ${rollout.id}.`);
    return said(NEXT_TICK, next, ...waiting, ...told);
  }
  const undecided = promoted !== undefined && promoted.index < member.waveIndex ? promoted : undefined;
  const others = waiting.some(({ code }) => code !== 'EarlierWave') ? ', and the other reasons above are gone' : '';
  const wave = waves.find(({ index }) => index === member.waveIndex);
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

/**
 * The reconciler does not look at a halted rollout until a person has it go on, so earlier reasons say nothing any more; a stop of the fleet outlasts
 * the halt.
 */
function halted(snapshot: FleetSnapshot, { rollout, waves }: WholeRollout, ...told: readonly Reason[]): Verdict {
  const refused = refusedByFleet(snapshot);
  const condition = `Somebody has looked at what failed and runs: ${wayToResume(rollout, waves)}${andResume(refused)}`;
  return said(after(condition), ...haltRefusals(rollout), ...refused, ...told);
}

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
