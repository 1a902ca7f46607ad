import { endsAs, failsAnywhere, historyOf } from '../../test/material/probes/histories.ts';
import { type Figure, type Measure, rounded } from '../figure.ts';

const HISTORIES = 1_000;
/** Those up to 2,000 were used while the limits of core/probes/compare-rates.ts were chosen. */
const FIRST_SEED = 600_001;

/** How often rates are called worse without cause, and how often a rise of so many times is found (docs/probes.md has what a history is). */
export const measure: Measure = async () => [
  shareOf(1, 'any', { name: 'probes: histories in which nothing happened that fail', limit: 1 }),
  ...[1.5, 2, 3, 10].flatMap((effect) =>
    (['api-errors', 'api-latency'] as const).map((probe) =>
      shareOf(effect, probe, {
        name: `probes: ${probe} that rise ${effect} times and are found`,
        ...(effect >= 3 && { least: 95 }),
      }),
    ),
  ),
  shareThatEnds(1, 'fail', { name: 'probes: smoke checks that wait for errors that stay, and fail', limit: 1 }),
  shareThatEnds(1, 'pass', { name: 'probes: smoke checks that wait for errors that stay, and pass' }),
  shareThatEnds(3, 'fail', { name: 'probes: smoke checks that wait for errors that triple, and fail', least: 90 }),
  shareThatEnds(3, 'pass', { name: 'probes: smoke checks that wait for errors that triple, and pass', limit: 5 }),
];

const shareThatEnds = (effect: number, as: ReturnType<typeof endsAs>, figure: Omit<Figure, 'value' | 'unit'>): Figure =>
  share((seed) => endsAs(historyOf(seed, effect)) === as, figure);

function shareOf(
  effect: number,
  probe: Parameters<typeof failsAnywhere>[1],
  figure: Omit<Figure, 'value' | 'unit'>,
): Figure {
  return share((seed) => failsAnywhere(historyOf(seed, effect), probe), figure);
}

function share(isOne: (seed: number) => boolean, figure: Omit<Figure, 'value' | 'unit'>): Figure {
  let count = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed += 1) if (isOne(seed)) count += 1;
  return { ...figure, value: rounded((100 * count) / HISTORIES), unit: '%', note: `of ${HISTORIES}` };
}
