import { namedError } from '../contracts/errors.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { isHalfDone } from '../protocol/hop-before.ts';
import { COUNTED } from '../protocol/settle-decision.ts';
import { type Refusal, wrongState } from '../queries/refusal.ts';
import { AT_REST } from '../rollout/automatic-rollouts.ts';
import { changeAndTell, writeMark } from '../store/change.ts';
import { auditEntry, memberChanged, rolloutEntry } from '../store/changes.ts';
import { ClusterControls, Clusters, Grants, Members, Rollouts, Upgrades, Waves } from '../store/entities.ts';
import { load, loadKind, replace, unchanged } from '../store/entity.ts';
import type { OperatorPorts } from './fleet-switch.ts';

/** While members follow another plan their waves count them already where they will be. */
export const busyReplanning = ({ id }: Rollout): Refusal =>
  wrongState(`The rollout ${id} is being planned anew, which takes a minute at most. Try again then.`);

const WAITS: readonly Member['status'][] = ['Pending', 'Running', 'Parked', 'Quarantined', 'Blocked'];

/**
 * Takes a cluster out of the rollout that it waits in; another target finds it again. What was begun cannot be skipped: it is half done.
 * Fails with `ClusterNotFound` or `WrongState`.
 */
export function skipCluster(ports: OperatorPorts, clusterKey: string, by: string, reason: string): Promise<Member> {
  return changeAndTell(ports, async (now) => {
    const { table } = ports;
    const cluster = await load(table, Clusters, clusterKey);
    if (cluster === undefined)
      throw namedError('ClusterNotFound', `The inventory has no cluster ${clusterKey}. Run: liftlock get clusters`);
    const grant = await load(table, Grants, clusterKey);
    const found = (await loadKind(table, Members)).filter((member) => member.clusterKey === clusterKey);
    for (const { rolloutId, waveIndex } of found) {
      const rollout = await load(table, Rollouts, rolloutId);
      const member = await load(table, Members, rolloutId, waveIndex, clusterKey);
      const wave = await load(table, Waves, rolloutId, waveIndex);
      const isOver = rollout === undefined || AT_REST.includes(rollout.data.status);
      if (isOver || member === undefined || wave === undefined || !WAITS.includes(member.data.status)) continue;
      const { status: waits, inFlight, failedBefore, upgradeId = '' } = member.data;
      const begun = await load(table, Upgrades, clusterKey, upgradeId);
      const upgrade = begun?.data;
      const control = await load(table, ClusterControls, clusterKey);
      // What a person has begun and what failed half-way counts in the rollout as soon as that is looked at.
      const isLeft = (upgrade !== undefined && isHalfDone(upgrade)) || control?.data.held?.mutated === true;
      const isHeld = grant !== undefined && grant.data.status !== 'free';
      if (waits === 'Running' || inFlight || isHeld || failedBefore === true || isLeft) {
        throw wrongState(
          `${cluster.data.name} was begun in the rollout ${rolloutId}, so it cannot be skipped: it would stay half done.`,
        );
      }
      if (rollout.data.following !== undefined) throw busyReplanning(rollout.data);
      // Once it is open such a wave is Undecided; before, it would be skipped whole, and the next one begin unproved.
      const { name, status, members, excluded } = wave.data;
      const isLast = status === 'Pending' && members - excluded <= 1 && waveIndex < rollout.data.waves.length - 1;
      if (isLast) {
        const said = `${cluster.data.name} is the last cluster of the wave ${name} of ${rolloutId}, which without it would prove nothing to the waves after it.`;
        throw wrongState(`${said} Keep it out by its tags or by the policy, or abort the rollout.`);
      }
      const reasons: Reason[] = [{ code: 'Skipped', message: `${by} took it out of this rollout: ${reason}` }];
      const next: Member = { ...member.data, status: 'Excluded', resumeAt: undefined, reasons };
      const counted = { ...wave.data, excluded: wave.data.excluded + 1 };
      const counter = COUNTED[member.data.status as keyof typeof COUNTED];
      if (counter !== undefined) counted[counter] -= 1;
      // What was parked before its first change is at its end with it: nothing that it waits for matters any more.
      const isParked = upgrade?.status === 'Parked' && upgrade.rolloutId === rolloutId;
      const canceled = { status: 'Canceled', resumeAt: undefined, endedAt: now.toISOString(), reasons } as const;
      const ended = begun !== undefined && isParked ? [replace(Upgrades, begun, { ...begun.data, ...canceled })] : [];
      return {
        result: next,
        writes: [
          replace(Members, member, next),
          replace(Waves, wave, counted),
          ...ended,
          unchanged(Grants, grant, clusterKey),
          unchanged(ClusterControls, control, clusterKey),
          unchanged(Rollouts, rollout, rolloutId),
          // The plan of a wave that has not begun is another one without it: nobody is to approve the old one for long.
          await writeMark(table, now),
        ],
        record: [
          rolloutEntry(rolloutId, 'MemberSkipped', by, { clusterKey, reasons }),
          ...ended.map(() => auditEntry(clusterKey, 'UpgradeCanceled', by, { upgradeId, reasons })),
        ],
        events: ([change]) => [memberChanged(next, wave.data, change)],
      };
    }
    throw wrongState(`${cluster.data.name} waits in no rollout, so there is nothing to skip.`);
  });
}
