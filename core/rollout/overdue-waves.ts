import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { approvalRefusals } from '../policy/approvals.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { PASSED_WAVES } from '../protocol/granting-waves.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { BEFORE_BEGINNING, waveInTurn } from './wave-end.ts';

/** After this time people have had a weekend to approve. */
const APPROVAL_HOURS = 72;
/** After this time people have seen what the gate reads, if they watch it. */
const GATES_HOURS = 6;

/** Counts of what waits for people for longer than it should; an alarm rings for each count. */
export interface Overdue {
  /** Waves whose turn it is and that lack an approval. */
  readonly approvals: number;
  /** Waves that soak with a gate that is not green. */
  readonly gates: number;
  /** Rollouts that are halted, of each policy only the newest one; known on a full look alone. */
  readonly halted?: number;
}

export const NOTHING_OVERDUE: Overdue = { approvals: 0, gates: 0 };

export function overdueWaves(snapshot: FleetSnapshot, now: Date): Overdue {
  const running = snapshot.rollouts.filter(({ status }) => status === 'Running');
  const next = running.map((rollout) => ({ rollout, ...turnOf(snapshot, rollout) }));
  const halted =
    snapshot.history === undefined
      ? {}
      : { halted: newestOfPolicies(snapshot.history.rollouts).filter(({ status }) => status === 'Halted').length };
  return {
    approvals: next.filter(({ rollout, wave, since }) => missesApproval(snapshot, rollout, wave, since, now)).length,
    gates: next.filter(({ wave }) => wave !== undefined && isNotGreen(wave, now)).length,
    ...halted,
  };
}

/** The first wave that has not passed, and since when it is its turn. */
function turnOf({ waves }: FleetSnapshot, { id, createdAt }: Rollout): { wave: Wave | undefined; since: string } {
  const own = waves.filter(({ rolloutId }) => rolloutId === id);
  const ends = own.filter(({ status }) => PASSED_WAVES.includes(status)).map(({ endedAt }) => endedAt ?? createdAt);
  return { wave: waveInTurn(own), since: [createdAt, ...ends].reduce((latest, at) => (at > latest ? at : latest)) };
}

function missesApproval(
  { policies }: FleetSnapshot,
  { policy: name, createdBy: rolloutCreatedBy }: Rollout,
  wave: Wave | undefined,
  since: string,
  now: Date,
): boolean {
  // An approval may expire while an open wave waits for its window.
  if (wave === undefined || !BEFORE_BEGINNING.includes(wave.status) || hoursSince(since, now) < APPROVAL_HOURS)
    return false;
  const applied = policies.get(name);
  const spec = waveNamed(applied?.policy, wave.name);
  return approvalRefusals(spec, wave, { policyAppliedBy: applied?.appliedBy, rolloutCreatedBy }, now).length > 0;
}

function isNotGreen({ status, gates, lastSuccessAt = '', conditions = [] }: Wave, now: Date): boolean {
  if (status !== 'Soaking' || gates === undefined || gates.readings.every((one) => one.status === 'green'))
    return false;
  const changed = conditions.find(({ type }) => type === 'GatesGreen')?.lastTransitionTime ?? gates.checkedAt;
  return hoursSince(changed > lastSuccessAt ? changed : lastSuccessAt, now) >= GATES_HOURS;
}

/** The newest rollout of each policy: an older one was given up when a newer one was made. */
function newestOfPolicies(rollouts: readonly Rollout[]): Rollout[] {
  const newest = new Map<string, Rollout>();
  for (const rollout of rollouts)
    if (rollout.createdAt >= (newest.get(rollout.policy)?.createdAt ?? '')) newest.set(rollout.policy, rollout);
  return [...newest.values()];
}

const hoursSince = (at: string, now: Date): number => (now.getTime() - Date.parse(at)) / 3_600_000;
