import { createHash } from 'node:crypto';
import type { Mutant } from './instrument.ts';

/** All mutants, or so many by chance: the same ones for the same seed, other ones every day when none is given. */
export function chosenBy(
  mutants: readonly Mutant[],
  {
    sample,
    seed = new Date().toISOString().slice(0, 10),
  }: { readonly sample?: string | undefined; readonly seed?: string | undefined },
): readonly Mutant[] {
  if (sample === undefined) return mutants;
  const placeOf = ({ id, file }: Mutant): string => createHash('sha256').update(`${seed}:${file}:${id}`).digest('hex');
  const places = new Map(mutants.map((one) => [one, placeOf(one)]));
  return mutants.toSorted((a, b) => (places.get(a) ?? '').localeCompare(places.get(b) ?? '')).slice(0, Number(sample));
}
