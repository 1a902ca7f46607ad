import { durationMilliseconds } from '../../core/config/schema/quantities.ts';
import type { Wave } from '../../core/contracts/items/rollout.ts';
import { Members, Waves } from '../../core/store/entities.ts';
import { type PlaceAt, placeAt } from './commit-at.ts';
import type { Violation } from './history.ts';
import { type Judge, type Moment, SKEW_MILLISECONDS } from './judge.ts';

/** A person's word that a soak need not be waited for, on the record of the rollout (`liftlock promote`). */
const PROMOTED = 'WavePromoted';
/** A wave in these states keeps nothing after it waiting. */
const PASSED: readonly Wave['status'][] = ['Completed', 'CompletedWithFailures', 'Skipped'];

const keyOf = ({ rolloutId, index }: Pick<Wave, 'rolloutId' | 'index'>): string => `${rolloutId}/${index}`;

/**
 * 8 `soak`: the first grant of a wave comes after every earlier wave has passed, and after the soak since the last success of each
 * (semantics.md, Soak). The last success is taken from the members, up to the moment when their wave was no longer open: stragglers that
 * run later do not begin a soak anew.
 */
export const judgeSoak = (): Judge => {
  const lastSuccess = new Map<string, number>();
  const promoted = new Map<string, number>();
  const begun = new Set<string>();
  return (moment) => {
    noteSuccess(moment, lastSuccess);
    if (moment.item.event === PROMOTED) promoted.set(moment.item.subject, moment.at);
    if (moment.item.event !== 'Granted') return [];
    const place = placeAt(moment.store, moment.item.detail);
    if (place === undefined || begun.has(keyOf(place.wave))) return [];
    begun.add(keyOf(place.wave));
    return place.earlier.flatMap((wave) => tooEarly(moment, place, wave, { lastSuccess, promoted }));
  };
};

function noteSuccess({ item, store, at }: Moment, lastSuccess: Map<string, number>): void {
  if (item.event !== 'UpgradeSucceeded') return;
  const { rolloutId, waveIndex } = item.detail as { rolloutId?: string; waveIndex?: number };
  if (rolloutId === undefined || waveIndex === undefined) return;
  if (store.get(Members, rolloutId, waveIndex, item.subject)?.status !== 'Succeeded') return;
  if (store.was(Waves, rolloutId, waveIndex)?.status === 'Open')
    lastSuccess.set(keyOf({ rolloutId, index: waveIndex }), at);
}

function tooEarly(
  { item, at }: Moment,
  place: PlaceAt,
  wave: Wave,
  seen: { readonly lastSuccess: ReadonlyMap<string, number>; readonly promoted: ReadonlyMap<string, number> },
): Violation[] {
  const what = `the wave ${place.wave.name} of ${place.rollout.id} began at ${item.at}`;
  if (!PASSED.includes(wave.status))
    return [soak(`${what}, before the wave ${wave.name} had passed: it is ${wave.status}`)];
  const length = place.policy?.waves.find((spec) => spec.name === wave.name)?.soak;
  const success = seen.lastSuccess.get(keyOf(wave));
  if (length === undefined || success === undefined || wave.status === 'Skipped') return [];
  const until = success + durationMilliseconds(length);
  const isPromoted = (seen.promoted.get(`rollout/${place.rollout.id}`) ?? Number.NEGATIVE_INFINITY) >= success;
  if (isPromoted || at + SKEW_MILLISECONDS >= until) return [];
  return [soak(`${what}; the wave ${wave.name} soaks for ${length}, until ${new Date(until).toISOString()}`)];
}

const soak = (message: string): Violation => ({ invariant: 'soak', message });
