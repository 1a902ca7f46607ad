/** Which objects of a resource were written at an old version: of every `length` objects the one of that remainder. */
export interface Cycle {
  readonly length: number;
  /** Written at the old version last. */
  readonly planted: number;
  /** Written at the old version once, and at the present one since. */
  readonly stale: number;
}

/** How many of the first `count` objects were written so. */
export function countIn(count: number, cycle: Cycle, writing: 'planted' | 'stale'): number {
  return Math.max(0, Math.ceil((count - cycle[writing]) / cycle.length));
}

export type Writing = 'present' | 'planted' | 'stale';

/** How the object of that number was written. */
export function writingOf(index: number, cycle: Cycle | undefined): Writing {
  const remainder = cycle === undefined ? -1 : index % cycle.length;
  if (remainder === cycle?.planted) return 'planted';
  return remainder === cycle?.stale ? 'stale' : 'present';
}
