import { namedError } from '../contracts/errors.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { Refusal } from '../queries/refusal.ts';
import { transactWithAudit } from '../store/audit.ts';
import { Rollouts, rolloutPartition, Waves } from '../store/entities.ts';
import { decode, load, replace, unchanged } from '../store/entity.ts';
import { decideAndWrite } from '../store/retry.ts';
import type { OperatorPorts } from './fleet-switch.ts';

/** Ends the soak of the wave that soaks, its gates included; what the next one asks for still holds. Fails with `WrongState`. */
export function promoteRollout(ports: OperatorPorts, id: string, by: string, reason: string): Promise<Wave> {
  return decideAndWrite(async () => {
    const { table } = ports;
    const rollout = await load(table, Rollouts, id);
    if (rollout === undefined)
      throw namedError('RolloutNotFound', `There is no rollout ${id}. Run: liftlock get rollouts`);
    const waves = (await table.queryPartition(rolloutPartition(id), 'WAVE#')).map((item) => decode(Waves, item));
    const wave = waves.find(({ data }) => data.status === 'Soaking');
    if (wave === undefined) {
      const states = waves.map(({ data }) => `${data.name} is ${data.status}`).join(', ');
      throw new Refusal('WrongState', `No wave of ${id} soaks, so there is nothing to skip: ${states}.`);
    }
    const now = ports.clock.now();
    const next: Wave = { ...wave.data, promotedBy: by };
    const reasons = [{ code: 'Promoted', message: `${by} skipped the soak: ${reason}` }];
    const detail = { wave: wave.data.name, soakedSince: wave.data.lastSuccessAt, reasons };
    const [change] = await transactWithAudit(
      table,
      [replace(Waves, wave, { ...next, reasons }), unchanged(Rollouts, rollout, id)],
      [{ subject: `rollout/${id}`, event: 'WavePromoted', principal: by, detail }],
      now,
    );
    await ports.events.publish([
      {
        type: 'WaveChanged',
        detail: {
          version: 1,
          change,
          rolloutId: id,
          wave: wave.data.name,
          status: wave.data.status,
          about: 'promotion',
          reasons,
        },
      },
    ]);
    return next;
  });
}
