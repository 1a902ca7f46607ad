import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { kindOf } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { idOfKey } from '../model/cluster-key.ts';
import { isSame } from '../model/is-same.ts';
import { some } from '../model/words.ts';
import type { Ports } from '../ports/ports.ts';
import { changeOnce, NOTHING, rolloutChanged, rolloutEntry } from '../store/change.ts';
import { Members, Rollouts } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import type { Decision } from './decisions.ts';
import { stillSeen } from './rest-on-waves.ts';
import { waveInTurn } from './wave-end.ts';

/** The members for which a rollout waits whose waves have all passed; none where it does not. */
function restOf({ status }: Rollout, waves: readonly Wave[], members: readonly Member[]): Member[] {
  if (status !== 'Running' || waveInTurn(waves) !== undefined) return [];
  return members.filter((one) => Members.active(one));
}

/** That all waves of a rollout have passed and it waits for members that are set aside or still on their way. */
export function waitsForRest(rollout: Rollout, waves: readonly Wave[], members: readonly Member[]): Reason[] {
  const rest = restOf(rollout, waves, members);
  const [first] = rest;
  if (first === undefined) return [];
  const told = rest.map(({ name, status, reasons: [why] }) => `${name} (${why?.code ?? status})`);
  const said = `Its waves have passed, and it ends once all that is left of them has ended or was taken out: ${some(told, 5)}. Until then no other rollout of its policy begins. What that takes says: liftlock explain cluster ${idOfKey(first.clusterKey)}`;
  return [reason('Unsettled', said)];
}

/** A rollout of which nothing goes on any more before a person acts says so once, as long as it does: every member that is left is set aside for what does not end by itself. */
export function tellRest(rollout: Rollout, waves: readonly Wave[], members: readonly Member[]): Decision[] {
  const rest = restOf(rollout, waves, members);
  const isStuck = ({ status, reasons }: Member): boolean =>
    status === 'Quarantined' &&
    reasons.some(({ code }) => kindOf(code) === 'lasting') &&
    reasons.every(({ code }) => code !== 'Deleting');
  const waits = rest.length > 0 && rest.every(isStuck);
  // A paused rollout is looked at when it goes on.
  if (rollout.status !== 'Running' || waits === (rollout.waitsSince !== undefined)) return [];
  return [{ type: 'tell-rest', rollout, waves, reasons: waits ? waitsForRest(rollout, waves, members) : [] }];
}

/** Notes that the rollout waits for a person, where it still does, or does no more. */
export async function applyRest(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  { rollout: decided, waves: seen, reasons }: Extract<Decision, { type: 'tell-rest' }>,
): Promise<void> {
  await changeOnce(ports, async (at) => {
    const read = await load(ports.table, Rollouts, decided.id);
    if (read === undefined || !isSame(read.data, decided)) return NOTHING;
    // A retry opens a wave again and does not change the rollout's item.
    const waves = await stillSeen(ports, decided.id, seen);
    if (waves === undefined) return NOTHING;
    const waits = reasons.length > 0;
    const next: Rollout = { ...read.data, waitsSince: waits ? at.toISOString() : undefined };
    return {
      ...NOTHING,
      writes: [replace(Rollouts, read, next), ...waves],
      record: [rolloutEntry(decided.id, waits ? 'RolloutWaits' : 'RolloutGoesOn', LIFTLOCK, { reasons })],
      events: ([change]) => (waits ? [rolloutChanged({ ...next, reasons: [...reasons] }, change, 'rest')] : []),
    };
  });
}
