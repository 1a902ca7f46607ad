import { createHash } from 'node:crypto';
import { seededRandom } from '../../../simulator/eks/seeded-random.ts';
import { seedOf } from '../../material/chance/seed-of.ts';
import type { ExpectedSurvivor } from './expected-survivors.ts';
import { KINDS, type Mutation } from './mutation.ts';

interface Sample {
  readonly count: number;
  readonly seed?: string | undefined;
  readonly survivors: readonly ExpectedSurvivor[];
}

/** So many mutations that can be killed, each of another kind while there are kinds; the same ones for the same seed. Without one they are drawn from what the templates hold. */
export function sampleOf(
  mutations: readonly Mutation[],
  { count, seed = seedOfMutations(mutations), survivors }: Sample,
): Mutation[] {
  const random = seededRandom(createHash('sha256').update(seed).digest().readInt32BE(0));
  const left = new Map(
    KINDS.map((kind) => {
      const killable = mutations.filter((one) => one.kind === kind && !survivors.some(({ id }) => id.test(one.id)));
      return [kind, killable] as const;
    }),
  );
  const chosen: Mutation[] = [];
  while (chosen.length < count) {
    const kinds = KINDS.filter((kind) => (left.get(kind) ?? []).length > 0);
    if (kinds.length === 0) break;
    for (const kind of shuffled(kinds, random).slice(0, count - chosen.length)) {
      const [one, ...others] = shuffled(left.get(kind) ?? [], random);
      if (one !== undefined) chosen.push(one);
      left.set(kind, others);
    }
  }
  return chosen;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ item }) => item);
}

/** Drawn from what there is to break. */
export const seedOfMutations = (mutations: readonly Mutation[]): string => seedOf(mutations.map(({ id }) => id));
