import type { Rollout } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { Refusal } from '../queries/refusal.ts';
import { fingerprintOf } from '../rollout/fingerprint.ts';
import { changeAndTell } from '../store/change.ts';
import { rolloutChanged, rolloutEntry } from '../store/changes.ts';
import { Rollouts } from '../store/entities.ts';
import { replace } from '../store/entity.ts';
import { loadWaves } from '../store/members.ts';
import type { OperatorPorts } from './fleet-switch.ts';

/** Clears a trait of suspicion: clusters that were set aside for it go on at the next tick. Fails with `WrongState`. */
export function releaseTrait(
  ports: OperatorPorts,
  id: string,
  trait: string,
  by: string,
  why: string,
): Promise<Rollout> {
  return changeAndTell(ports, async () => {
    const { table } = ports;
    const rollout = await findRollout(table, id);
    const waves = (await loadWaves(table, id)).map(({ data }) => data);
    const { traits } = fingerprintOf(rollout.data, waves);
    if (!traits.includes(trait)) {
      const list = traits.length === 0 ? 'none is' : `${traits.join(', ')} ${traits.length === 1 ? 'is' : 'are'}`;
      throw new Refusal('WrongState', `${trait.slice(0, 200)} is not suspected in the rollout ${id}; ${list}.`, {
        traits,
      });
    }
    const next: Rollout = { ...rollout.data, releasedTraits: [...(rollout.data.releasedTraits ?? []), trait] };
    const reasons = [reason('TraitReleased', `${by} cleared ${trait} of suspicion: ${why}`)];
    return {
      result: next,
      writes: [replace(Rollouts, rollout, next)],
      record: [rolloutEntry(id, 'TraitReleased', by, { trait, why })],
      events: ([change]) => [rolloutChanged({ ...next, reasons }, change, 'traits')],
    };
  });
}
