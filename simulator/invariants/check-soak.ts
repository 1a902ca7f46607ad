import { durationMilliseconds } from '../../core/config/schema/quantities.ts';
import type { Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import { upgradePolicy } from '../../core/policy/applied.ts';
import { Configs, Members, Rollouts, Waves } from '../../core/store/entities.ts';
import type { GateShown } from '../process/in-memory-gates.ts';
import { type Check, type Moment, SKEW_MILLISECONDS } from './check-history.ts';
import { placeAt, wentOn } from './commit-at.ts';
import type { History, Violation } from './history.ts';

/** A person's word that a soak need not be waited for, on the record of the rollout (`liftlock promote`). */
const PROMOTED = 'WavePromoted';
/** A wave in these states keeps nothing after it waiting. */
const PASSED: readonly Wave['status'][] = ['Completed', 'CompletedWithFailures', 'Skipped'];

const keyOf = ({ rolloutId, index }: Pick<Wave, 'rolloutId' | 'index'>): string => `${rolloutId}/${index}`;

interface Seen {
  readonly lastSuccess: Map<string, number>;
  readonly promoted: Map<string, number>;
}

/**
 * 8 `soak`: whoever begins in a wave begins after every earlier wave has passed; and a wave passes after the soak since its last success, by
 * the policy of that moment, with gates that the world itself showed green throughout and read in the last five minutes
 * (semantics.md, Soak). The last success is taken from the members, up to the moment when their wave was no longer open: stragglers
 * that run later do not begin a soak anew.
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
    // Who concluded it may have slept, or have another clock: its end is then when it was seen, not when that was written.
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

/** The first cluster of a wave begins over no gate of the wave before it that is not green then, but for a person's word. */
function overAGate(history: History, { item, store, at }: Moment, { promoted }: Seen): Violation[] {
  const place = placeAt(store, item.detail);
  if (place === undefined || wentOn(store, place, item.subject)) return [];
  if (store.was(Waves, place.rollout.id, place.wave.index)?.startedAt !== undefined) return [];
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
  // Nothing follows in a rollout that was aborted: its waves are only tidied up.
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

/** A reading counts for five minutes (semantics.md, Soak); ticks are a minute apart. */
const FRESH_MILLISECONDS = 5 * 60_000;

/** What was wrong with gates at `at`, and since `since`. Undefined readings: nobody kept them, so nothing can be said. */
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
