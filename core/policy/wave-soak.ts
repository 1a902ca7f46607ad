import { clockText } from '../calendar/local-text.ts';
import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { Wave as WaveSpec } from '../config/types.ts';
import type { GateReading, GateState } from '../contracts/items/gate.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { gateName } from './gate-answer.ts';
import { goesBack } from './wave-room.ts';

/** A reading counts for this long (semantics.md, Waves). */
const FRESH_MILLISECONDS = 5 * 60_000;

/** Until when a reading counts, in milliseconds since 1970. */
export const freshUntil = ({ checkedAt }: Pick<GateState, 'checkedAt'>): number =>
  Date.parse(checkedAt) + FRESH_MILLISECONDS;

type Spec = Pick<WaveSpec, 'soak' | 'gates'>;

/** Whether anything watches a wave before the next one begins. Where nobody can read its policy any more that is not known, so it counts as watched. */
export const isWatched = (spec: Spec | undefined): boolean =>
  spec === undefined || spec.soak !== undefined || spec.gates.length > 0;

interface Soak {
  readonly isOver: boolean;
  /** When the soak will be over if every gate stays green; undefined while a gate is not green. */
  readonly until: Date | undefined;
  readonly reasons: readonly Reason[];
}

/** Whether the policy had no rules for the wave when it was last looked at: nobody knows how long it would soak. */
export const isGivenUp = ({ reasons }: Wave): boolean => reasons.some(({ code }) => code === 'NoWave');

/**
 * Where the soak of a settled wave stands. The soak counts from the observed end of the last success; a gate that was red or unknown, or that nobody
 * read for five minutes, starts it again (semantics.md, Waves). `clock` writes instants for people; without it they are in UTC.
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
  const isAnew = (wave.gates?.notGreenAt ?? '') > (wave.lastSuccessAt ?? '');
  const from = isAnew ? 'a gate was last red, unknown or not read' : 'its last success';
  const said = `The wave ${wave.name} soaks until ${clock(until)}: ${spec.soak} after ${from}.`;
  return { isOver: false, until, reasons: [reason('Soaking', said)] };
}

/** The wave whose gates have to be green right before this one begins: the one before it among those that were not skipped. */
export const waveBefore = (waves: readonly Wave[], { index }: Pick<Wave, 'index'>): Wave | undefined =>
  waves
    .filter((one) => one.index < index && one.status !== 'Skipped')
    .toSorted((a, b) => a.index - b.index)
    .at(-1);

/**
 * Why the first cluster of the next wave does not begin: a gate of this wave, which has passed, is not green now. A promotion by a person passes that
 * over.
 */
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
  // The readings may be of gates that the policy had before.
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

/**
 * The gates after one more reading. A pause in the readings that was too long counts as not green until now, one before the first reading, too: `since`
 * is the last success of a wave that soaks, which may have been settled days after that.
 */
export function gatesAfter(
  before: GateState | undefined,
  readings: readonly GateReading[],
  now: Date,
  since?: string,
): GateState {
  const at = now.toISOString();
  const last = before?.checkedAt ?? since;
  const unseen = last !== undefined && now.getTime() > freshUntil({ checkedAt: last });
  const allGreen = readings.every(({ status }) => status === 'green');
  const notGreenAt = unseen || !allGreen ? at : before?.notGreenAt;
  return { checkedAt: at, readings: [...readings], ...(notGreenAt === undefined ? {} : { notGreenAt }) };
}

/** Whether a gate reads differently than in the reading before, so that people want to know. */
export const gatesChanged = (before: GateState | undefined, after: GateState): boolean =>
  after.readings.some(({ gate, status }) => before?.readings.find((one) => one.gate === gate)?.status !== status);
