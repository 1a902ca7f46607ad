import { AT_REST, type Rollout } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { Refusal } from '../queries/refusal.ts';
import { failedWith, suspectedTraits } from '../rollout/fingerprint.ts';
import { changeAndTell, writeMark } from '../store/change.ts';
import { rolloutChanged, rolloutEntry } from '../store/changes.ts';
import { Rollouts } from '../store/entities.ts';
import { replace } from '../store/entity.ts';
import { loadWaves } from '../store/members.ts';
import { type Told, toldRollout } from '../store/with-conditions.ts';
import type { OperatorPorts } from './fleet-switch.ts';

/** Clears traits of suspicion, all of them or none: clusters that were set aside for these traits go on at the next tick. Fails with `WrongState`. */
export function releaseTraits(
  ports: OperatorPorts,
  id: string,
  asked: readonly string[],
  by: string,
  why: string,
): Promise<Told<Rollout>> {
  return changeAndTell(ports, async (now) => {
    const { table } = ports;
    const rollout = await findRollout(table, id);
    const waves = (await loadWaves(table, id)).map(({ data }) => data);
    // Later rollouts suspect what a cluster had that was taken back in this one, also where this one did not: another had failed without it.
    const failed = AT_REST.includes(rollout.data.status) ? failedWith(waves).keys() : [];
    const traits = [...new Set([...suspectedTraits(rollout.data, waves), ...failed])].sort();
    const other = asked.find((trait) => !traits.includes(trait));
    if (other !== undefined) {
      const list = traits.length === 0 ? 'none is' : `${traits.join(', ')} ${traits.length === 1 ? 'is' : 'are'}`;
      throw new Refusal('WrongState', `${other.slice(0, 200)} is not suspected in the rollout ${id}; ${list}.`, {
        traits,
      });
    }
    const releasedTraits = [...new Set([...(rollout.data.releasedTraits ?? []), ...asked])];
    const next: Rollout = { ...rollout.data, releasedTraits };
    const reasons = [reason('TraitReleased', `${by} cleared ${asked.join(', ')} of suspicion: ${why}`)];
    return {
      result: toldRollout(next, now),
      // Clusters of later waves are let in by the next full look.
      writes: [replace(Rollouts, rollout, next), await writeMark(table, now)],
      record: [rolloutEntry(id, 'TraitReleased', by, { traits: asked, why })],
      events: ([change]) => [rolloutChanged({ ...next, reasons }, change, 'traits')],
    };
  });
}
