import type { Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { Refusal } from '../queries/refusal.ts';
import { changeAndTell } from '../store/change.ts';
import { Rollouts, Waves } from '../store/entities.ts';
import { replace, unchanged } from '../store/entity.ts';
import { loadWaves } from '../store/members.ts';
import type { OperatorPorts } from './fleet-switch.ts';

/** Ends the soak of the wave that soaks, its gates included; what the next one asks for still holds. Fails with `WrongState`. */
export function promoteRollout(ports: OperatorPorts, id: string, by: string, reason: string): Promise<Wave> {
  return changeAndTell(ports, async () => {
    const { table } = ports;
    const rollout = await findRollout(table, id);
    const waves = await loadWaves(table, id);
    const wave = waves.find(({ data }) => data.status === 'Soaking');
    if (wave === undefined) {
      const states = waves.map(({ data }) => `${data.name} is ${data.status}`).join(', ');
      throw new Refusal('WrongState', `No wave of ${id} soaks, so there is nothing to skip: ${states}.`);
    }
    const next: Wave = { ...wave.data, promotedBy: by };
    const reasons: Reason[] = [{ code: 'Promoted', message: `${by} skipped the soak: ${reason}` }];
    const detail = { wave: wave.data.name, soakedSince: wave.data.lastSuccessAt, reasons };
    const { name, status } = wave.data;
    return {
      result: next,
      writes: [replace(Waves, wave, { ...next, reasons }), unchanged(Rollouts, rollout, id)],
      record: [{ subject: `rollout/${id}`, event: 'WavePromoted', principal: by, detail }],
      events: ([change]) => [
        {
          type: 'WaveChanged',
          detail: { version: 1, change, rolloutId: id, wave: name, status, about: 'promotion', reasons },
        },
      ],
    };
  });
}
