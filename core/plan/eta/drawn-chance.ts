import type { LearnedDurations } from '../../contracts/items/rollout.ts';
import type { Chance } from '../plan-input.ts';

/** How long hops last and how many fail. Seconds; undefined = as the estimate says. */
export interface Spread {
  readonly learned: { readonly p50: number; readonly p90: number } | undefined;
  readonly failureRate: number;
}

/** From this many upgrades on they tell how this fleet's hops spread; estimates use the same number (core/policy/hop-rules.ts). */
const ENOUGH = 5;
/** Where nothing is known, nine of ten hops are expected to keep the estimate, and half of them to take four fifths of it. */
const HALF_OF_ESTIMATE = 0.8;
/** The 90th percentile of the normal distribution, in standard deviations. */
const NINE_OF_TEN = 1.2816;
/** No hop is drawn longer than this many times the 90th percentile, since state machines time out. */
const LONGEST = 3;

export function spreadOf(learned: LearnedDurations | undefined): Spread {
  if (learned === undefined) return { learned: undefined, failureRate: 0 };
  const { count, p50, p90, failureRate } = learned;
  return { learned: count >= ENOUGH && p50 > 0 ? { p50, p90: Math.max(p50, p90) } : undefined, failureRate };
}

/**
 * Draws durations from a log-normal distribution with these quantiles, and failures with the learned rate. The same seed, run, cluster and hop give
 * the same result, whatever was drawn before.
 *
 * @param parts durations are rounded to this fraction of the estimate, never finer than a minute: where ends coincide, fewer decisions are made
 */
export function drawnChance(spread: Spread, seed: number, run: number, parts = 12): Chance {
  const salt = mixed(mixed(seed) ^ (run + 1));
  return {
    milliseconds(clusterKey, hop, estimate) {
      const median = spread.learned === undefined ? estimate * HALF_OF_ESTIMATE : spread.learned.p50 * 1000;
      const late = spread.learned === undefined ? estimate : spread.learned.p90 * 1000;
      const sigma = Math.log(late / median) / NINE_OF_TEN;
      const drawn = Math.min(median * Math.exp(sigma * normal(salt, clusterKey, hop)), late * LONGEST);
      const grain = Math.max(60_000, Math.round(estimate / parts / 60_000) * 60_000);
      return Math.max(grain, Math.round(drawn / grain) * grain);
    },
    fails: (clusterKey, hop) => uniform(salt, clusterKey, hop, 3) < spread.failureRate,
  };
}

function normal(salt: number, key: string, hop: number): number {
  const radius = Math.sqrt(-2 * Math.log(uniform(salt, key, hop, 1)));
  return radius * Math.cos(2 * Math.PI * uniform(salt, key, hop, 2));
}

/** A number above 0 and at most 1. */
function uniform(salt: number, key: string, hop: number, what: number): number {
  return (mixed(salt ^ mixed(hashOf(key) + hop * 8 + what)) + 1) / 2 ** 32;
}

/** The finalizer of MurmurHash3: every bit of the input influences every bit of the result. */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const hashes = new Map<string, number>();
const MOST_HASHES = 200_000;

/** FNV-1a, a fast hash, with its results kept. */
function hashOf(key: string): number {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  if (hashes.size >= MOST_HASHES) hashes.clear();
  hashes.set(key, hash);
  return hash;
}
