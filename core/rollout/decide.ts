import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { grantRefusals } from '../protocol/grant-decision.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { admit, hopBeforeOf, type MemberIndex, type Room } from './admission.ts';
import { automaticRollouts } from './automatic-rollouts.ts';
import type { Decided, Decision, Waiting } from './decisions.ts';
import { memberRules } from './member-rules.ts';
import { policyMatch } from './policy-matches.ts';
import { replans } from './replan.ts';
import { atRest, restingDecisions } from './resting-rollouts.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { waveDecisions } from './wave-progress.ts';

/**
 * The reconciler: what to do now, and why what waits is waiting. Pure and level-triggered: it depends on what is, never on what event
 * woke it. Linear in the number of members.
 */
export function decide(snapshot: FleetSnapshot, now: Date): Decided {
  const decisions: Decision[] = snapshot.grants.map((grant) => ({ type: 'look-after-grant', grant }));
  const waiting: Waiting[] = [];
  const room: Room = { ledger: snapshot.ledger };
  const wavesOf = groupBy(snapshot.waves, (wave: Wave) => wave.rolloutId);
  const index: MemberIndex = {
    waves: wavesOf,
    members: groupBy(snapshot.members, (member: Member) => member.rolloutId),
    grants: new Map(snapshot.grants.map((grant: Grant) => [grant.clusterKey, grant])),
    upgrades: groupBy(snapshot.upgrades, (upgrade: Upgrade) => upgrade.clusterKey),
  };
  const rulesOf = memberRules(snapshot, now);
  for (const rollout of snapshot.rollouts) {
    const applied = snapshot.policies.get(rollout.policy);
    decisions.push(
      ...waveDecisions({
        rollout,
        waves: wavesOf.get(rollout.id) ?? [],
        members: index.members.get(rollout.id) ?? [],
        policy: applied?.policy,
        policyAppliedBy: applied?.appliedBy,
        learned: snapshot.learned,
        readings: (wave) => snapshot.gateReadings.get(`${wave.rolloutId}/${wave.index}`),
        now,
      }),
    );
    const admitted = admit({ snapshot, rollout, room, now, index, rulesOf });
    decisions.push(...admitted.decisions);
    waiting.push(...admitted.waiting);
  }
  for (const rollout of atRest(snapshot))
    decisions.push(...restingDecisions(snapshot, rollout, wavesOf.get(rollout.id) ?? [], index));
  decisions.push(...replans(snapshot, now));
  const parked = parkedByHand(snapshot, room, index, rulesOf, now);
  decisions.push(...parked.decisions);
  waiting.push(...parked.waiting);
  for (const plan of automaticRollouts(snapshot, now)) decisions.push({ type: 'create-rollout', plan });
  return { decisions, waiting };
}

/** Upgrades that a person asked for and that wait go on when nothing is in the way any more. */
function parkedByHand(
  snapshot: FleetSnapshot,
  room: Room,
  index: MemberIndex,
  rulesOf: ReturnType<typeof memberRules>,
  now: Date,
): { decisions: Decision[]; waiting: Waiting[] } {
  const decisions: Decision[] = [];
  const waiting: Waiting[] = [];
  for (const upgrade of snapshot.upgrades) {
    const waits = upgrade.status === 'Parked' || upgrade.status === 'Pending';
    if (!waits || upgrade.rolloutId !== undefined) continue;
    const cluster = snapshot.clusters.get(upgrade.clusterKey);
    if (cluster === undefined || cluster.deletedAt !== undefined) {
      decisions.push({
        type: 'cancel-upgrade',
        upgrade,
        reasons: [reason('Gone', 'The cluster does not exist any more.')],
      });
      continue;
    }
    if (upgrade.resumeAt !== undefined && new Date(upgrade.resumeAt) > now) continue;
    const match = policyMatch(snapshot, cluster);
    const { rules, window } = rulesOf(
      match.type === 'one' ? match.policy.metadata.name : undefined,
      cluster,
      undefined,
    );
    const answer = window(upgrade.mutated);
    const refused = grantRefusals(
      {
        rules,
        window: answer,
        now,
        epoch: snapshot.epoch,
        fleet: snapshot.fleet,
        control: snapshot.control,
        cluster,
        clusterControl: snapshot.controls.get(upgrade.clusterKey),
        grant: index.grants.get(upgrade.clusterKey),
        ledger: room.ledger,
        upgrade,
        before: hopBeforeOf(index, upgrade.clusterKey, upgrade),
      },
      KubeVersion.parse(upgrade.to),
    );
    if (refused.length === 0) decisions.push({ type: 'grant-upgrade', upgrade });
    else {
      const until = answer.startsAt?.toISOString();
      waiting.push({ clusterKey: upgrade.clusterKey, reasons: refused, ...(until === undefined ? {} : { until }) });
    }
  }
  return { decisions, waiting };
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
