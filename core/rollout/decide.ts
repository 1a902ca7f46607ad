import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { isAwaited } from '../policy/cluster-tags.ts';
import { hasActed } from '../protocol/hop-before.ts';
import { queueOf } from '../protocol/rollback.ts';
import { opensTooLate, tooLate } from '../protocol/rollback-vetoes.ts';
import { fleetRefusals } from '../protocol/standing-refusals.ts';
import { isUndo } from '../protocol/undo.ts';
import { Upgrades } from '../store/entities.ts';
import { type Admission, admit, askToBegin } from './admission.ts';
import { automaticRollouts, restingDecisions } from './automatic-rollouts.ts';
import type { Decided, Decision, Waiting } from './decisions.ts';
import { carryTraits } from './earlier-rollouts.ts';
import { overtaken } from './member-progress.ts';
import { memberRules, rulesByHand } from './member-rules.ts';
import { replans } from './replan.ts';
import { unready } from './require-ready.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { atRest } from './tried.ts';
import type { Answer } from './waiting.ts';
import { tellRest } from './waits-for-rest.ts';
import { waveDecisions } from './wave-progress.ts';

/** What every decider looks at, and what those before it have left of the caps. */
type Look = Omit<Admission, 'rollout'>;

type Decider = (look: Look) => { readonly decisions: readonly Decision[]; readonly waiting?: readonly Waiting[] };

/** In their order: what runs is looked after first, and what a rollout leaves of the caps is for those that a person started. */
const DECIDERS: readonly Decider[] = [
  ({ snapshot }) => ({ decisions: snapshot.grants.map((grant) => ({ type: 'look-after-grant', grant })) }),
  rolloutsUnderWay,
  ({ snapshot, index }) => ({
    decisions: atRest(snapshot).flatMap((rollout) =>
      restingDecisions(snapshot, rollout, index.waves.get(rollout.id) ?? [], index),
    ),
  }),
  ({ snapshot, now }) => ({ decisions: replans(snapshot, now) }),
  ({ snapshot }) => ({ decisions: carryTraits(snapshot) }),
  parkedByHand,
  ({ snapshot, now }) => ({
    decisions: automaticRollouts(snapshot, now).map((plan) => ({ type: 'create-rollout', plan })),
  }),
];

/**
 * The reconciler: what to do now, and why what waits is waiting. Pure and level-triggered: it depends on what is, never on what event
 * woke it. Linear in the number of members.
 */
export function decide(snapshot: FleetSnapshot, now: Date): Decided {
  const look: Look = {
    snapshot,
    now,
    room: { ledger: snapshot.ledger },
    index: {
      waves: Map.groupBy(snapshot.waves, ({ rolloutId }) => rolloutId),
      members: Map.groupBy(snapshot.members, ({ rolloutId }) => rolloutId),
      grants: new Map(snapshot.grants.map((grant) => [grant.clusterKey, grant])),
      upgrades: Map.groupBy(snapshot.upgrades, ({ clusterKey }) => clusterKey),
    },
    rulesOf: memberRules(snapshot, now),
  };
  const decided = together(DECIDERS.map((decider) => decider(look)));
  const forgotten = snapshot.members.filter(({ clusterKey }) =>
    isAwaited(snapshot.clusters.get(clusterKey), snapshot.fleet),
  );
  const replanned = decided.decisions.flatMap((one) => (one.type === 'replan' ? [one.rollout.id] : []));
  const planned = new Set([...replanned, ...forgotten.map(({ rolloutId }) => rolloutId)]);
  const undone = new Set(
    decided.decisions.flatMap((one) =>
      one.type === 'grant-upgrade' && isUndo(one.upgrade) ? [one.upgrade.clusterKey] : [],
    ),
  );
  return {
    ...decided,
    decisions: decided.decisions.filter((one) => {
      // What was left on a cluster is taken back before anything else has its grant.
      if (one.type === 'grant-member') return !undone.has(one.member.clusterKey);
      if (one.type === 'grant-upgrade') return isUndo(one.upgrade) || !undone.has(one.upgrade.clusterKey);
      return !beginsWave(one) || (snapshot.fleet !== undefined && !planned.has(one.wave.rolloutId));
    }),
  };
}

/** Of a rollout that has to be planned anew nothing begins before it is, whoever is in the way of that; nor while nobody could plan it. */
export const beginsWave = (decision: Decision): decision is Extract<Decision, { type: 'change-wave' | 'ask-hook' }> =>
  decision.type === 'ask-hook' || (decision.type === 'change-wave' && decision.wave.status === 'Pending');

const together = (decided: readonly ReturnType<Decider>[]): Decided => ({
  decisions: decided.flatMap(({ decisions }) => decisions),
  waiting: decided.flatMap(({ waiting = [] }) => waiting),
});

/** Waves and members of each rollout that has not ended. */
function rolloutsUnderWay({ snapshot, now, room, index, rulesOf }: Look): Decided {
  const decided = snapshot.rollouts.map((rollout) => {
    const [waves, members] = [index.waves.get(rollout.id) ?? [], index.members.get(rollout.id) ?? []];
    const applied = snapshot.policies.get(rollout.policy);
    const admitted = admit({ snapshot, rollout, room, now, index, rulesOf });
    const ofWaves = waveDecisions({
      rollout,
      waves,
      members: asDecided(members, admitted.decisions),
      policy: applied?.policy,
      isUnreadable: snapshot.unreadablePolicies.some(({ name }) => name === rollout.policy),
      policyRevision: applied?.revision,
      policyAppliedBy: applied?.appliedBy,
      learned: snapshot.learned,
      actsIn: ({ rolloutId, index: at }) =>
        snapshot.upgrades.some(
          (one) => one.rolloutId === rolloutId && one.waveIndex === at && one.status === 'Running' && hasActed(one),
        ),
      standsStill: snapshot.fleet === undefined || fleetRefusals(snapshot.fleet, snapshot.control).length > 0,
      unready: (wave, spec, own) => unready(snapshot, spec, { rollout, waves, wave }, own, now),
      readings: (wave) => snapshot.gateReadings.get(`${wave.rolloutId}/${wave.index}`),
      now,
    });
    return {
      decisions: [
        ...waves.flatMap((wave) => withoutGone(snapshot, wave)),
        ...ofWaves.filter(isDecidedNow(admitted.decisions)),
        // What is decided of members now is counted by the next tick.
        ...(admitted.decisions.length > 0 ? [] : tellRest(rollout, waves, members)),
        ...admitted.decisions,
      ],
      waiting: admitted.waiting,
    };
  });
  return together(decided);
}

/**
 * The members with those set aside that this tick sets aside: no wave opens for them, least of all for new clusters alone, since it would take in
 * none of those that come while it waits.
 */
function asDecided(members: readonly Member[], decisions: readonly Decision[]): readonly Member[] {
  const aside = new Map(
    decisions.flatMap((one) =>
      one.type === 'change-member' && one.status === 'Quarantined' ? [[one.member, one]] : [],
    ),
  );
  if (aside.size === 0) return members;
  return members.map((member) => {
    const { status, reasons } = aside.get(member) ?? member;
    return { ...member, status, reasons: [...reasons] };
  });
}

/**
 * Nobody goes on with the rollback of a cluster that is deleted, nor lets it go: what waited for that goes on. A rollback that has not ended ends first,
 * since only its end tells whether anything had gone back.
 */
function withoutGone({ clusters, upgrades }: FleetSnapshot, wave: Wave): Decision[] {
  const isLeft = (key: string): boolean =>
    clusters.get(key)?.deletedAt !== undefined &&
    !upgrades.some((one) => one.clusterKey === key && isRollback(one) && Upgrades.active(one));
  return (wave.goingBack ?? []).filter(isLeft).map((clusterKey) => ({ type: 'drop-rollback', wave, clusterKey }));
}

/** A wave does not end in the tick that lets members of it in again: by the next one they are counted. */
function isDecidedNow(ofMembers: readonly Decision[]): (ofWaves: Decision) => boolean {
  const letIn = new Set(
    ofMembers.flatMap((one) => {
      if (one.type !== 'change-member' && one.type !== 'grant-member') return [];
      const isLetIn = one.type === 'grant-member' || one.status === 'Pending' || one.status === 'Parked';
      return isLetIn && one.member.status === 'Quarantined' ? [one.member.waveIndex] : [];
    }),
  );
  return (decision) => decision.type !== 'change-wave' || !letIn.has(decision.wave.index);
}

/** Upgrades that a person asked for and that wait go on when nothing is in the way any more. */
function parkedByHand({ snapshot, room, index, rulesOf, now }: Look): Decided {
  const decisions: Decision[] = [];
  const waiting: Waiting[] = [];
  for (const upgrade of snapshot.upgrades) {
    const waits = upgrade.status === 'Parked' || upgrade.status === 'Pending';
    if (!waits || upgrade.rolloutId !== undefined) continue;
    const cluster = snapshot.clusters.get(upgrade.clusterKey);
    // Alarms that were silenced for a cluster outlive it: who undoes that looks itself.
    if (cluster === undefined || (cluster.deletedAt !== undefined && !isUndo(upgrade))) {
      decisions.push({
        type: 'cancel-upgrade',
        upgrade,
        reasons: [reason('Gone', 'The cluster does not exist any more.')],
      });
      continue;
    }
    const past = overtaken(upgrade, cluster);
    if (past !== undefined) {
      decisions.push(past);
      continue;
    }
    const over = tooLate(upgrade, now);
    if (over.length > 0) {
      decisions.push({ type: 'cancel-upgrade', upgrade, reasons: over });
      continue;
    }
    if (upgrade.resumeAt !== undefined && new Date(upgrade.resumeAt) > now) continue;
    const { rolloutId, waveIndex } = queueOf(upgrade) ?? {};
    const wave = index.waves.get(rolloutId ?? '')?.find((one) => one.index === waveIndex);
    const asked = { upgrade, wave, ...rulesByHand(snapshot, cluster, rulesOf, hasActed(upgrade)) };
    const begins = askToBegin({ snapshot, room, index, now }, cluster, upgrade, asked);
    const answer = inTime(upgrade, cluster, begins, asked.window.startsAt ?? null, now);
    if (answer.reasons.length === 0) decisions.push({ type: 'grant-upgrade', upgrade });
    else waiting.push({ clusterKey: upgrade.clusterKey, upgradeId: upgrade.id, ...answer });
  }
  return { decisions, waiting };
}

/** A rollback whose calendars do not open before EKS takes its cluster back no more waits for a person, and not for them; so does what waits past that half-way. */
function inTime({ reversibleUntil }: Upgrade, cluster: ClusterRecord, answer: Answer, opensAt: Date | null, now: Date) {
  const { reasons } = answer;
  if (reversibleUntil === undefined || reasons.length === 0) return answer;
  if (new Date(reversibleUntil) <= now) {
    const over = `EKS took its control plane back until ${reversibleUntil}, and does so no more: liftlock release cluster ${cluster.name} ends this rollback.`;
    return { reasons: [...reasons, reason('TooLate', over)] };
  }
  const late = opensTooLate(reasons, cluster, reversibleUntil, opensAt);
  return late.length === 0 ? answer : { reasons: [...reasons, ...late] };
}
