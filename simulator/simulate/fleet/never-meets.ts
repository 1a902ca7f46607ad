import { apiVersion, type Document } from './documents.ts';
import { SeededChoices } from './seeded-choices.ts';

export interface SyntheticFleet {
  readonly clusters: number;
  /** A minor, `1.37`: most clusters are one minor behind it, some two. */
  readonly target: string;
  readonly seed: number;
  readonly now: Date;
}

/** A Calendar that is open for less than any hop takes. */
const BRIEFLY = 'briefly';
const CALENDAR: Document = {
  apiVersion,
  kind: 'Calendar',
  metadata: { name: BRIEFLY },
  spec: { windows: [{ name: 'breaks', schedule: '0 3 * * *', duration: '10m' }] },
};

/** In one world of twenty a cluster never starts, unless its wave may overrun. It uses choices of its own, so that the other worlds do not change. */
export function neverMeets({ seed, clusters }: Pick<SyntheticFleet, 'seed' | 'clusters'>) {
  const choices = new SeededChoices(seed * 48_271 + 29);
  if (!choices.chance(0.05)) return undefined;
  return {
    index: choices.integer(0, clusters - 1),
    tags: { 'liftlock/calendar': BRIEFLY },
    calendar: CALENDAR,
    policy: choices.pick<Document>([
      {},
      { cannotStart: { leaveBehindAfter: '3h' } },
      { cannotStart: { leaveBehindAfter: '1d' } },
    ]),
  };
}
