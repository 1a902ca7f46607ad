import type { Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { wrongState } from '../queries/refusal.ts';
import { AT_REST } from '../rollout/automatic-rollouts.ts';
import { isGivenUp } from '../rollout/wave-soak.ts';
import { changeAndTell } from '../store/change.ts';
import { rolloutEntry, waveChanged } from '../store/changes.ts';
import { Rollouts, Waves } from '../store/entities.ts';
import { replace, unchanged } from '../store/entity.ts';
import { loadWaves } from '../store/members.ts';
import type { OperatorPorts } from './fleet-switch.ts';

/**
 * A person's word in the place of a wave's proof: ends the soak of the one that soaks, its gates included, or lets one pass that is Undecided;
 * what has proved something soaks all the same. What the next one asks for still holds. Fails with `WrongState`.
 */
export function promoteRollout(ports: OperatorPorts, id: string, by: string, reason: string): Promise<Wave> {
  return changeAndTell(ports, async () => {
    const { table } = ports;
    const rollout = await findRollout(table, id);
    if (AT_REST.includes(rollout.data.status))
      throw wrongState(`The rollout ${id} is ${rollout.data.status}: nothing waits for its waves any more.`);
    const waves = await loadWaves(table, id);
    const wave = waves.find(({ data }) => data.status === 'Soaking' || data.status === 'Undecided');
    if (wave === undefined) {
      const states = waves.map(({ data }) => `${data.name} is ${data.status}`).join(', ');
      throw wrongState(`No wave of ${id} soaks or is undecided, so there is nothing to promote: ${states}.`);
    }
    const isUndecided = wave.data.status === 'Undecided';
    const what = isUndecided ? 'let it pass although it proves nothing' : 'skipped the soak';
    const reasons: Reason[] = [{ code: 'Promoted', message: `${by} ${what}: ${reason}` }];
    const next: Wave = {
      ...wave.data,
      reasons,
      ...(isUndecided ? { status: passed(wave.data) } : {}),
      ...(isUndecided && !isGivenUp(wave.data) ? {} : { promotedBy: by }),
    };
    const { name, lastSuccessAt } = wave.data;
    const detail = isUndecided
      ? { wave: name, from: 'Undecided', to: next.status, reasons }
      : { wave: name, soakedSince: lastSuccessAt, reasons };
    return {
      result: next,
      writes: [replace(Waves, wave, next), unchanged(Rollouts, rollout, id)],
      record: [rolloutEntry(id, isUndecided ? 'WavePassed' : 'WavePromoted', by, detail)],
      events: ([change]) => [waveChanged(next, change, 'promotion')],
    };
  });
}

function passed({ lastSuccessAt, failed }: Wave): Wave['status'] {
  if (lastSuccessAt !== undefined) return 'Soaking';
  return failed > 0 ? 'CompletedWithFailures' : 'Completed';
}
