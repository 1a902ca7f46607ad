import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { allowedFailures, exceedsBudget } from '../policy/wave-room.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { wrongState } from '../queries/refusal.ts';
import { AT_REST } from '../rollout/automatic-rollouts.ts';
import { isSettled, waveEnd } from '../rollout/wave-end.ts';
import { changeAndTell, writeMark } from '../store/change.ts';
import { rolloutChanged, rolloutEntry, waveChanged } from '../store/changes.ts';
import { Rollouts, Waves } from '../store/entities.ts';
import { type Read, replace } from '../store/entity.ts';
import { loadWaves } from '../store/members.ts';
import { rolloutConditions, since } from '../store/with-conditions.ts';
import type { OperatorPorts } from './fleet-switch.ts';

/** No mutating call of it is committed from now on; what runs parks at its next one. */
export function pauseRollout(ports: OperatorPorts, id: string, by: string, reason: string): Promise<Rollout> {
  return switchRollout(ports, id, by, 'RolloutPaused', (rollout) => {
    refuseUnless(rollout, ['Planned', 'Running'], 'pause');
    return { ...rollout, status: 'Paused', reasons: [{ code: 'Paused', message: `${by}: ${reason}` }] };
  });
}

/** Goes on: a paused rollout, or one with a halted wave that its budget has room for again, or whose failures a person has accepted. */
export function resumeRollout(
  ports: OperatorPorts,
  id: string,
  by: string,
  why?: string,
  options: { readonly acceptFailures?: boolean } = {},
): Promise<Rollout> {
  const accept = options.acceptFailures === true;
  const next = (rollout: Rollout, waves: readonly Read<Wave>[]): Rollout => {
    // A wave that was halted when its rollout was aborted must not bring the rollout back.
    refuseUnless(rollout, ['Paused', 'Running', 'Halted'], 'resume');
    const undecided = waves.find((wave) => wave.data.status === 'Undecided');
    const halted = waves.filter((wave) => wave.data.status === 'Halted');
    if (rollout.status !== 'Paused' && halted.length === 0) {
      const said =
        undecided === undefined
          ? `The rollout ${id} is ${rollout.status}, and no wave of it is halted: there is nothing to resume.`
          : `The wave ${undecided.data.name} is undecided: it proves nothing, so an approver has to let it pass: liftlock rollout promote ${id}`;
      throw wrongState(said);
    }
    // All of them open again, so that none may halt again at once.
    const again = accept ? [] : halted.flatMap(({ data }) => haltsAgain(data) ?? []);
    if (again.length > 0) {
      const said = again.join(' ');
      const todo = `Retry its clusters (liftlock retry cluster X), or go on all the same: liftlock rollout resume ${id} --accept-failures`;
      throw wrongState(`${said} ${todo}`);
    }
    return { ...rollout, status: 'Running', endedAt: undefined, reasons: [] };
  };
  return switchRollout(ports, id, by, 'RolloutResumed', next, why, (waves) => reopened(waves, by, accept));
}

/** Nothing new starts and what is parked stays so; what EKS works on finishes. It cannot be taken back. */
export function abortRollout(ports: OperatorPorts, id: string, by: string, reason: string): Promise<Rollout> {
  return switchRollout(ports, id, by, 'RolloutAborted', (rollout) => {
    if (AT_REST.includes(rollout.status)) throw wrongState(`The rollout ${id} is ${rollout.status} already.`);
    return { ...rollout, status: 'Aborted', reasons: [{ code: 'Aborted', message: `${by}: ${reason}` }] };
  });
}

/** Why the next tick would halt the wave again; undefined = it would not. */
function haltsAgain(wave: Wave): string | undefined {
  const said = (why: string) => `The wave ${wave.name} is halted: ${wave.failed} failed and ${why}.`;
  if (exceedsBudget(wave)) return said(`at most ${allowedFailures(wave)} may`);
  return isSettled(wave) && waveEnd(wave).status === 'Halted' ? said('none succeeded') : undefined;
}

interface WaveWrite {
  readonly read: Read<Wave>;
  readonly next: Wave;
}

function refuseUnless(rollout: Rollout, statuses: readonly Rollout['status'][], verb: string): void {
  if (statuses.includes(rollout.status)) return;
  throw wrongState(
    `The rollout ${rollout.id} is ${rollout.status}; only ${statuses.join(' or ')} can be changed by ${verb}.`,
  );
}

function switchRollout(
  ports: OperatorPorts,
  id: string,
  by: string,
  event: string,
  next: (rollout: Rollout, waves: readonly Read<Wave>[]) => Rollout,
  why?: string,
  withWaves: (waves: readonly Read<Wave>[]) => readonly WaveWrite[] = () => [],
): Promise<Rollout> {
  return changeAndTell(ports, async (now) => {
    const read = await findRollout(ports.table, id);
    const waves = await loadWaves(ports.table, id);
    const changed = next(read.data, waves);
    const waveWrites = withWaves(waves);
    const { status, reasons } = changed;
    return {
      // What it means now, as it is written: whoever scripts by conditions would take the order for not heeded.
      result: { ...changed, conditions: since(changed.conditions, rolloutConditions(changed), now) },
      writes: [
        replace(Rollouts, read, changed),
        ...waveWrites.map(({ read: wave, next }) => replace(Waves, wave, next)),
        // What is aborted is tidied by the next full look. What goes on has to be planned anew first: while it was halted nobody looked at it,
        // and another policy may have its later waves now.
        ...(status === 'Paused' ? [] : [await writeMark(ports.table, now)]),
      ],
      record: [rolloutEntry(id, event, by, { from: read.data.status, to: status, reasons, why })],
      events: ([change]) => [
        rolloutChanged(changed, change),
        ...waveWrites.map(({ next: wave }) => waveChanged(wave, change)),
      ],
    };
  });
}

/** Opens halted waves again; who skipped a soak skipped that one alone. How one ends that has settled is decided as for any other, from the failures that a person has accepted. */
function reopened(waves: readonly Read<Wave>[], by: string, accept: boolean): WaveWrite[] {
  const reasons: Reason[] = [{ code: 'Resumed', message: `Resumed by ${by}.` }];
  return waves
    .filter(({ data }) => data.status === 'Halted')
    .map((read) => {
      const acceptedFailures = accept ? read.data.failed : read.data.acceptedFailures;
      return { read, next: { ...read.data, status: 'Open', promotedBy: undefined, acceptedFailures, reasons } };
    });
}
