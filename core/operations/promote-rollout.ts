import type { Grant } from '../contracts/items/protocol.ts';
import { AT_REST, type Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import { goesBack } from '../policy/wave-room.ts';
import { isGivenUp } from '../policy/wave-soak.ts';
import { isUndo } from '../protocol/undo.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { wrongState } from '../queries/refusal.ts';
import { isLeftUndecided, waveAskedBeforeNext } from '../rollout/wave-end.ts';
import { changeAndTell, rolloutEntry, waveChanged } from '../store/change.ts';
import { Grants, loadMembers, loadWaves, Rollouts, Waves } from '../store/entities.ts';
import { loadAll, replace, unchanged } from '../store/entity.ts';
import { type Told, toldWave } from '../store/with-conditions.ts';
import type { OperatorPorts } from './fleet-switch.ts';

/**
 * A person's word that stands for a wave's proof. It ends the soak of a soaking wave, its gates included; or lets an Undecided wave pass (one that
 * has proved something soaks all the same); or lets the next wave begin whatever the gates of a passed wave say. What the next wave asks for still
 * holds. Fails with `WrongState`, also while a cluster of the wave, or of a wave before it, goes back.
 */
export function promoteRollout(ports: OperatorPorts, id: string, by: string, reason: string): Promise<Told<Wave>> {
  return changeAndTell(ports, async (now) => {
    const { table } = ports;
    const rollout = await findRollout(table, id);
    if (AT_REST.includes(rollout.data.status))
      throw wrongState(`The rollout ${id} is ${rollout.data.status}: nothing waits for its waves any more.`);
    const waves = await loadWaves(table, id);
    const shut = waveAskedBeforeNext(waves.map(({ data }) => data));
    const first =
      waves.find(({ data }) => ['Soaking', 'Undecided'].includes(data.status)) ??
      waves.find(({ data }) => data.index === shut?.index);
    const upTo = first === undefined ? [] : waves.slice(0, waves.indexOf(first) + 1);
    const back = goesBack(upTo.map(({ data }) => data));
    // The promotion would take effect when the rollback has ended, whatever the cluster turns out to be then: the person cannot have seen that yet.
    if (back !== undefined)
      throw wrongState(
        `${back.message}. Look at what it comes to, and then, where the wave is to pass all the same: liftlock rollout promote ${id}`,
      );
    const isDue = ({ data }: (typeof waves)[number]) => data.status === 'Soaking' || isLeftUndecided(data);
    const keepsNextShut = ({ data }: (typeof waves)[number]) =>
      data.index === shut?.index && data.gates?.readings.some(({ status }) => status !== 'green') === true;
    const wave = waves.find(isDue) ?? waves.find(keepsNextShut);
    if (wave === undefined) {
      const states = waves
        .map(({ data }) => `${data.name} is ${data.status}${data.inFlight > 0 ? `, ${data.inFlight} in flight` : ''}`)
        .join(', ');
      throw wrongState(`No wave of ${id} soaks or is undecided, so there is nothing to promote: ${states}.`);
    }
    const isUndecided = wave.data.status === 'Undecided';
    const [running] = isUndecided ? await grantsIn(table, wave.data) : [];
    if (running !== undefined)
      throw wrongState(
        `${clusterNameOf(running.clusterKey)} of the wave ${wave.data.name} is being upgraded (${running.upgradeId}), and what becomes of it is not known yet. Try again when it has ended.`,
      );
    const what = isUndecided
      ? 'let it pass although it was undecided'
      : isDue(wave)
        ? 'skipped the soak'
        : 'lets the next wave begin whatever its gates say';
    const reasons: Reason[] = [{ code: 'Promoted', message: `${by} ${what}: ${reason}` }];
    const next: Wave = {
      ...wave.data,
      reasons: isDue(wave) ? reasons : [...wave.data.reasons, ...reasons],
      ...(isUndecided ? { status: passed(wave.data) } : {}),
      ...(isUndecided && !isGivenUp(wave.data) ? {} : { promotedBy: by }),
    };
    const { name, lastSuccessAt } = wave.data;
    const detail = isUndecided
      ? { wave: name, from: 'Undecided', to: next.status, reasons }
      : { wave: name, soakedSince: lastSuccessAt, reasons };
    return {
      result: toldWave(next, now),
      writes: [
        replace(Waves, wave, next),
        unchanged(Rollouts, rollout, id),
        // The checks make sure that no rollback was asked for in an earlier wave meanwhile.
        ...upTo.flatMap((one) => (one === wave ? [] : [unchanged(Waves, one, id, one.data.index)])),
      ],
      record: [rolloutEntry(id, isUndecided ? 'WavePassed' : 'WavePromoted', by, detail)],
      events: ([change]) => [waveChanged(next, change, 'promotion')],
    };
  });
}

/** Grants of a wave's clusters that are held. Upgrades that a person has begun are in no counter of the wave, so the counters do not tell. */
async function grantsIn(table: OperatorPorts['table'], { rolloutId, index }: Wave): Promise<Grant[]> {
  const own = (await loadMembers(table, rolloutId)).filter(({ waveIndex }) => waveIndex === index);
  const keys = own.map(({ clusterKey }) => Grants.key(clusterKey));
  return (await loadAll(table, Grants, keys)).filter((grant) => grant.status !== 'free' && !isUndo(grant));
}

function passed({ lastSuccessAt, failed }: Wave): Wave['status'] {
  if (lastSuccessAt !== undefined) return 'Soaking';
  return failed > 0 ? 'CompletedWithFailures' : 'Completed';
}
