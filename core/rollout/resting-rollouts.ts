import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { type MemberIndex, upgradeOf } from './admission.ts';
import type { Decision } from './decisions.ts';
import { memberChange } from './member-progress.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { isSettled, waveEnd } from './wave-end.ts';

const WAITING: readonly Wave['status'][] = ['Open', 'Undecided', 'Soaking'];

/** Rollouts that are not under way, which only the full look sees: aborted, halted and completed ones. */
export function atRest(snapshot: FleetSnapshot): Rollout[] {
  const underWay = new Set(snapshot.rollouts.map((rollout) => rollout.id));
  return (snapshot.history?.rollouts ?? []).filter((rollout) => !underWay.has(rollout.id));
}

/**
 * What is left to tidy in a rollout that starts nothing any more: members whose cluster is gone, and in an aborted one those whose turn
 * will not come and waves that nobody will open.
 */
export function restingDecisions(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  waves: readonly Wave[],
  index: MemberIndex,
): Decision[] {
  const aborted = rollout.status === 'Aborted';
  const decisions: Decision[] = [];
  for (const member of index.members.get(rollout.id) ?? []) {
    const gone = snapshot.clusters.get(member.clusterKey)?.deletedAt !== undefined;
    const change =
      member.status === 'Running' || !(aborted || gone)
        ? undefined
        : memberChange(snapshot, rollout, member, upgradeOf(index, member), []);
    if (change !== undefined) decisions.push(change);
  }
  if (!aborted) return decisions;
  const left = reason('RolloutAborted', `The rollout ${rollout.id} was aborted.`);
  for (const wave of waves) {
    if (wave.status === 'Pending') decisions.push({ type: 'change-wave', wave, status: 'Skipped', reasons: [left] });
    if (!WAITING.includes(wave.status) || !isSettled(wave)) continue;
    const { status } = waveEnd(wave);
    // It waits for nobody any more: no soak, and no person.
    decisions.push({ type: 'change-wave', wave, status: status === 'Undecided' ? 'Skipped' : status, reasons: [left] });
  }
  return decisions;
}
