import { createHash } from 'node:crypto';

/** The order of files for `npm run test:shuffled`: by chance, and again the same with the same seed, which the run prints. */
class ShuffledFiles {
  readonly #seed: number;

  constructor({ globalConfig }: { readonly globalConfig: { readonly seed: number } }) {
    this.#seed = globalConfig.seed;
  }

  sort<T extends { readonly path: string }>(tests: readonly T[]): T[] {
    const places = new Map(tests.map(({ path }) => [path, placeOf(this.#seed, path)]));
    return tests.toSorted((a, b) => (places.get(a.path) ?? '').localeCompare(places.get(b.path) ?? ''));
  }

  /** Durations are kept for the usual order, which runs long files first. */
  cacheResults(): void {}
}

const placeOf = (seed: number, path: string): string => createHash('sha256').update(`${seed}:${path}`).digest('hex');

export { ShuffledFiles as 'module.exports' };
