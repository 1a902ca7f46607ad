/** Which objects of a resource were written at an old version: of every `length` objects the one of that remainder. */
export interface Cycle {
  readonly length: number;
  /** Written at the old version last. */
  readonly planted: number;
  /** Written at the old version once, and at the present one since. */
  readonly stale: number;
}

export const plantedIn = ({ planted }: Cycle): number => planted;
export const staleIn = ({ stale }: Cycle): number => stale;

/** How many of the first `count` objects have that remainder. */
export function countIn(count: number, cycle: Cycle, of: (cycle: Cycle) => number): number {
  return Math.max(0, Math.ceil((count - of(cycle)) / cycle.length));
}

export type Writing = 'present' | 'planted' | 'stale';

/** How the object of that number was written. */
export function writingOf(index: number, cycle: Cycle | undefined): Writing {
  const remainder = cycle === undefined ? -1 : index % cycle.length;
  if (remainder === cycle?.planted) return 'planted';
  return remainder === cycle?.stale ? 'stale' : 'present';
}
