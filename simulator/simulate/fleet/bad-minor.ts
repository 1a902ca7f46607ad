import type { Document } from './documents.ts';
import { SeededChoices } from './seeded-choices.ts';

/**
 * In one world of twenty the target makes every cluster worse, Liftlock can read all of them, and their policy takes many back. Elsewhere hardly two
 * go back by themselves, so that neither their turns nor their budget would matter. It uses choices of its own, as `neverMeets` does.
 */
export const hasBadMinor = (seed: number): boolean => new SeededChoices(seed * 65_537 + 41).chance(0.05);

/** A wave that goes on when clusters fail, so that only the budget of rollbacks stops it. */
export const thatGoesOn = (wave: Document): Document => ({
  ...wave,
  maxConcurrency: 6,
  failureBudget: { maxFailures: 9 },
});
