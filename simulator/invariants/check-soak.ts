import { durationMilliseconds } from '../../core/config/schema/quantities.ts';
import type { Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import { upgradePolicy } from '../../core/policy/applied.ts';
import { Configs, Members, Rollouts, Waves } from '../../core/store/entities.ts';
import type { GateShown } from '../process/in-memory-gates.ts';
import {
  type Check,
  type History,
  type Moment,
  placeAt,
  SKEW_MILLISECONDS,
  type Violation,
  wentOn,
} from './history.ts';

/** A person's decision to end a soak early, in the audit of the rollout (`liftlock promote`). */
const PROMOTED = 'WavePromoted';
/** A wave in these states does not delay later waves. */
const PASSED: readonly Wave['status'][] = ['Completed', 'CompletedWithFailures', 'Skipped'];

const keyOf = ({ rolloutId, index }: Pick<Wave, 'rolloutId' | 'index'>): string => `${rolloutId}/${index}`;

interface Seen {
  readonly lastSuccess: Map<string, number>;
  readonly promoted: Map<string, number>;
}

/**
 * 8 `soak`: a cluster begins in a wave after every earlier wave has passed. A wave passes after the soak since its last success, by the policy of
 * that moment, with gates that the world itself showed green throughout and that were read in the last five minutes (semantics.md, Waves). The last
 * success is taken from the members, up to the moment when their wave was no longer open, because later members do not restart a soak.
 */
export const checkSoak = (history: History): Check => {
  const seen: Seen = { lastSuccess: new Map(), promoted: new Map() };
  return (moment) => {
    noteSuccess(moment, seen.lastSuccess);
    const { item, store, at } = moment;
    if (item.event === PROMOTED) seen.promoted.set(item.subject, at);
    const violations = store
      .written(Waves)
      .filter(
        ({ before, after }) => before !== undefined && !PASSED.includes(before.status) && PASSED.includes(after.status),
      )
      .flatMap(({ after }) => passedTooEarly(history, moment, after, seen));
    return item.event === 'Granted'
      ? [...violations, ...beforeItsTurn(moment), ...overAGate(history, moment, seen)]
      : violations;
  };
};

function noteSuccess({ item, store, at }: Moment, lastSuccess: Map<string, number>): void {
  if (item.event !== 'UpgradeSucceeded') return;
  const { rolloutId, waveIndex } = item.detail as { rolloutId?: string; waveIndex?: number };
  if (rolloutId === undefined || waveIndex === undefined) return;
  if (store.get(Members, rolloutId, waveIndex, item.subject)?.status !== 'Succeeded') return;
  if (store.was(Waves, rolloutId, waveIndex)?.status === 'Open')
    // The writer may have slept, or have another clock. The end is when it was observed, not when that was written.
    lastSuccess.set(keyOf({ rolloutId, index: waveIndex }), Math.min(at, Date.parse(item.at)));
}

function beforeItsTurn({ item, store }: Moment): Violation[] {
  const place = placeAt(store, item.detail);
  if (place === undefined || wentOn(store, place, item.subject)) return [];
  return place.earlier
    .filter(({ status }) => !PASSED.includes(status))
    .map(({ name, status }) =>
      soak(`${item.subject} began at ${item.at}, before the wave ${name} had passed: it is ${status}`),
    );
}

/** The first cluster of a wave does not begin while a gate of the previous wave is not green, unless a person has decided so. */
function overAGate(history: History, { item, store, at }: Moment, { promoted }: Seen): Violation[] {
  const place = placeAt(store, item.detail);
  if (place === undefined || wentOn(store, place, item.subject)) return [];
  const own = store.was(Waves, place.rollout.id, place.wave.index);
  // What comes back to a wave that has passed without any grant is not its first cluster.
  if (own !== undefined && (own.startedAt !== undefined || [...PASSED, 'Soaking'].includes(own.status))) return [];
  const before = place.earlier.filter(({ status }) => status !== 'Skipped').at(-1);
  const spec = place.policy?.waves.find(({ name }) => name === before?.name);
  const isPromoted = promoted.has(`rollout/${place.rollout.id}`) && before?.promotedBy !== undefined;
  if (spec === undefined || isPromoted) return [];
  const gates = spec.gates.map((gate) => ('alarm' in gate ? gate.alarm : gate.webhook));
  const what = `${item.subject} began at ${item.at} after the wave ${before?.name}`;
  return gateProblems(history.gateReadings, gates, at, at).map((why) => soak(`${what}; ${why}`));
}

function passedTooEarly(history: History, moment: Moment, wave: Wave, { lastSuccess, promoted }: Seen): Violation[] {
  const { store, at, item } = moment;
  const rollout: Rollout | undefined = store.get(Rollouts, wave.rolloutId);
  const success = lastSuccess.get(keyOf(wave));
  const isPromoted = (promoted.get(`rollout/${wave.rolloutId}`) ?? Number.NEGATIVE_INFINITY) >= (success ?? 0);
  // No wave follows in an aborted rollout, whose waves are only completed.
  if (rollout === undefined || rollout.status === 'Aborted' || success === undefined || isPromoted) return [];
  const policy = upgradePolicy(store.get(Configs, 'UpgradePolicy', rollout.policy))?.spec;
  const spec = policy?.waves.find(({ name }) => name === wave.name);
  if (spec === undefined) return [];
  const length = spec.soak === undefined ? 0 : durationMilliseconds(spec.soak);
  const what = `the wave ${wave.name} of ${rollout.id} passed at ${item.at}`;
  const until = success + length;
  if (at + SKEW_MILLISECONDS < until)
    return [soak(`${what}; it soaks for ${spec.soak}, until ${new Date(until).toISOString()}`)];
  const gates = spec.gates.map((gate) => ('alarm' in gate ? gate.alarm : gate.webhook));
  return gateProblems(history.gateReadings, gates, at, Math.max(success, at - length + SKEW_MILLISECONDS)).map((why) =>
    soak(`${what}; ${why}`),
  );
}

const soak = (message: string): Violation => ({ invariant: 'soak', message });

/** A reading counts for five minutes (semantics.md, Waves); ticks are a minute apart. */
const FRESH_MILLISECONDS = 5 * 60_000;

/** The problems of gates at `at`, and since `since`. Undefined readings were not kept, so the result is not known. */
function gateProblems(
  readings: readonly GateShown[] | undefined,
  gates: readonly string[],
  at: number,
  since: number,
): string[] {
  if (readings === undefined) return [];
  return gates.flatMap((gate) => {
    const own = readings.filter((one) => one.gate === gate && one.at <= at);
    const last = own.at(-1);
    if (last === undefined || at - last.at > FRESH_MILLISECONDS + SKEW_MILLISECONDS)
      return [`its gate ${gate} had not been read for five minutes`];
    if (last.status !== 'green') return [`its gate ${gate} was ${last.status}`];
    const during = own.find((one) => one.at > since && one.status !== 'green');
    return during === undefined
      ? []
      : [`its gate ${gate} was ${during.status} at ${new Date(during.at).toISOString()}, which starts the soak again`];
  });
}
