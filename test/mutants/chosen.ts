import { createHash } from 'node:crypto';
import { seedOf } from '../material/chance/seed-of.ts';
import type { Mutant } from './instrument.ts';

/** So many of one file: the tests of four files are run once to see what they execute, those of a hundred would take longer than the mutants. */
const OF_ONE_FILE = 25;

/**
 * All mutants, or so many by chance, of a few files by chance: the same ones for the same seed. Without one chance is drawn from the mutants
 * themselves: a commit that passes today passes tomorrow, and whoever changes the code gets other ones.
 */
export function chosenBy(
  mutants: readonly Mutant[],
  {
    sample,
    seed = seedOfMutants(mutants),
  }: { readonly sample?: string | undefined; readonly seed?: string | undefined },
): readonly Mutant[] {
  if (sample === undefined) return mutants;
  const placeOf = (text: string): string => createHash('sha256').update(`${seed}:${text}`).digest('hex');
  const shuffled = <Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[] => {
    const places = new Map(items.map((item) => [item, placeOf(nameOf(item))]));
    return items.toSorted((a, b) => (places.get(a) ?? '').localeCompare(places.get(b) ?? ''));
  };
  const files = [...Map.groupBy(mutants, ({ file }) => file)];
  return shuffled(files, ([file]) => file)
    .flatMap(([, ofFile]) => shuffled(ofFile, ({ id, file }) => `${file}:${id}`).slice(0, OF_ONE_FILE))
    .slice(0, Number(sample));
}

/** Drawn from the mutants. */
export const seedOfMutants = (mutants: readonly Mutant[]): string =>
  seedOf(mutants.map(({ file, line, was, becomes }) => `${file}:${line} ${was} ${becomes}`));
