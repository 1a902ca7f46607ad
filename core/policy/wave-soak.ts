import { clockText } from '../calendar/local-text.ts';
import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { Wave as WaveSpec } from '../config/types.ts';
import type { GateReading, GateState } from '../contracts/items/gate.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { gateName } from './gate-answer.ts';
import { goesBack } from './wave-room.ts';

/** A reading counts for so long (semantics.md, Soak). */
const FRESH_MILLISECONDS = 5 * 60_000;

/** Until when a reading counts, in milliseconds since 1970. */
export const freshUntil = ({ checkedAt }: Pick<GateState, 'checkedAt'>): number =>
  Date.parse(checkedAt) + FRESH_MILLISECONDS;

type Spec = Pick<WaveSpec, 'soak' | 'gates'>;

/** Whether a wave is watched at all before the next one begins. Of one that nobody can read any more it is not known. */
export const isWatched = (spec: Spec | undefined): boolean =>
  spec === undefined || spec.soak !== undefined || spec.gates.length > 0;

interface Soak {
  readonly isOver: boolean;
  /** When it will be over if every gate stays green; undefined while a gate is not. */
  readonly until: Date | undefined;
  readonly reasons: readonly Reason[];
}

/** Whether the policy had no rules for it when this was looked at last: nobody knows how long it would soak. */
export const isGivenUp = ({ reasons }: Wave): boolean => reasons.some(({ code }) => code === 'NoWave');

/**
 * Where the soak of a settled wave stands. It begins at the observed end of the last success; a gate that was red or unknown, or that
 * nobody looked at for five minutes, starts it again (semantics.md, Soak). `clock` writes instants for people; in UTC when absent.
 */
export function soakOf(wave: Wave, spec: Spec | undefined, now: Date, clock = (at: Date) => clockText([], at)): Soak {
  const back = goesBack([wave]);
  if (wave.promotedBy !== undefined && back === undefined) return { isOver: true, until: now, reasons: [] };
  if (spec === undefined) {
    const text = `No policy that can be read has a wave ${wave.name}: nobody knows how long it soaks.`;
    const goesOn = back?.message ?? `An approver may go on: liftlock rollout promote ${wave.rolloutId}`;
    return { isOver: false, until: undefined, reasons: [reason('NoWave', `${text} ${goesOn}`)] };
  }
  if (back !== undefined) return { isOver: false, until: undefined, reasons: [back] };
  const gates = gateProblem(wave, spec.gates, now, 'Its soak starts again when all are green.');
  const length = spec.soak === undefined ? 0 : durationMilliseconds(spec.soak);
  const starts = [wave.lastSuccessAt, wave.gates?.notGreenAt].flatMap((at) =>
    at === undefined ? [] : [Date.parse(at)],
  );
  const until = new Date(starts.length === 0 ? now.getTime() : Math.max(...starts) + length);
  if (gates !== undefined) return { isOver: false, until: undefined, reasons: [gates] };
  if (until <= now) return { isOver: true, until, reasons: [] };
  const said = `The wave ${wave.name} soaks until ${clock(until)}: ${spec.soak} after its last success.`;
  return { isOver: false, until, reasons: [reason('Soaking', said)] };
}

/** The wave whose gates have to be green right before this one begins: the one before it, of those that were not passed over. */
export const waveBefore = (waves: readonly Wave[], { index }: Pick<Wave, 'index'>): Wave | undefined =>
  waves
    .filter((one) => one.index < index && one.status !== 'Skipped')
    .toSorted((a, b) => a.index - b.index)
    .at(-1);

/** Why the first cluster after a wave that has passed does not begin: a gate of it is not green, whatever it was while the wave soaked. A promotion passes that over. */
export function gateBefore(wave: Wave, spec: Spec | undefined, now: Date): Reason | undefined {
  if (wave.promotedBy !== undefined) return undefined;
  const then = `The wave after it begins once all are green, or with: liftlock rollout promote ${wave.rolloutId}`;
  return gateProblem(wave, spec?.gates ?? [], now, then);
}

function gateProblem(wave: Wave, asked: Spec['gates'], now: Date, then: string): Reason | undefined {
  if (asked.length === 0) return undefined;
  const { gates } = wave;
  const isOld = gates === undefined || now.getTime() > freshUntil(gates);
  const [first, ...others] = isOld ? [] : gates.readings.filter(({ status }) => status !== 'green');
  // The readings may be of the gates that the policy had before.
  const areRead = !isOld && asked.every((gate) => gates.readings.some((one) => one.gate === gateName(gate)));
  if (first === undefined && areRead) return undefined;
  if (first === undefined)
    return reason('GatesUnknown', `The gates of the wave ${wave.name} have not been read in the last five minutes.`);
  const more = others.length === 0 ? '' : ` ${others.length} more are not green either.`;
  return reason(
    first.status === 'red' ? 'GateRed' : 'GateUnknown',
    `The gate ${first.gate} of the wave ${wave.name} is ${first.status}: ${first.message}${more} ${then}`,
  );
}

/** The gates after one more reading. What nobody looked at for too long counts as not green until now. */
export function gatesAfter(before: GateState | undefined, readings: readonly GateReading[], now: Date): GateState {
  const at = now.toISOString();
  const unseen = before !== undefined && now.getTime() > freshUntil(before);
  const allGreen = readings.every(({ status }) => status === 'green');
  const notGreenAt = unseen || !allGreen ? at : before?.notGreenAt;
  return { checkedAt: at, readings: [...readings], ...(notGreenAt === undefined ? {} : { notGreenAt }) };
}

/** Whether one more reading says something else than the one before, so that people want to know. */
export const gatesChanged = (before: GateState | undefined, after: GateState): boolean =>
  after.readings.some(({ gate, status }) => before?.readings.find((one) => one.gate === gate)?.status !== status);
