import { given } from '../model/given.ts';
import type { RateProbe, RateVerdict } from './probe-verdict.ts';
import { criticalT, upperTail } from './student-t.ts';

/** One minute of a source: events per exposure, such as errors per request or seconds per request. */
export interface MinuteBin {
  /** Minutes since 1970. */
  readonly minute: number;
  readonly events: number;
  readonly exposure: number;
}

export interface RateSeries {
  readonly probe: RateProbe;
  readonly of?: RateVerdict['of'];
  /** One bin for each minute that has data, in order. */
  readonly before: readonly MinuteBin[];
  readonly after: readonly MinuteBin[];
}

/** `floor`: the rise that counts. `redFrom`: the rate before the hop from which nothing can be told. Errors are shares, latency is in seconds. */
const LIMITS: Readonly<Record<RateProbe, { readonly floor: number; readonly redFrom: number }>> = {
  'api-errors': { floor: 0.001, redFrom: 0.05 },
  'api-latency': { floor: 0.05, redFrom: 1 },
  'metric-errors': { floor: 0.001, redFrom: 0.05 },
  'metric-latency': { floor: 0.05, redFrom: 1 },
};

const LEAST_BEFORE = 15;
const LEAST_AFTER = 20;
/** Minutes correlate with the minutes before them; blocks hardly do. */
const BLOCK = 5;
/** After-effects of the roll itself end within this time. */
const SETTLING = 5;
/** So many minutes after a hop there are enough data to compare. */
export const MINUTES_TO_COMPARE = SETTLING + LEAST_AFTER;
const LEAST_IN_BLOCK = 3;
const MOST_GAPS = 0.2;
const CHANCE = 0.001;
const LEAST_EFFECT = 1.5;
/** A pass means that a rise by this factor would have shown. */
const SHOWN = 3;
/** An effect of the detectable size is found 19 times in 20: the upper twentieth of Student's t with some twenty degrees of freedom. */
const NEARLY_ALL = 1.7;
/** How much more the mean of blocks varies because blocks correlate: the long-run variance of minutes with a correlation of 0.7. */
const LEANING = 1.3;
/** Nobody waits longer for a source to decide. */
const MOST_MINUTES_AFTER = 60;
const MINUTE = 60_000;

/**
 * Whether rates rose after a hop. A fail needs all of these in two consecutive evaluations: significance (Yuen's test on trimmed means of the
 * logarithms of blocks, so that the burst of a deployment changes nothing, and with their observed variance; Holm over all probes), a rise by half,
 * and an absolute floor. When a rise to three times, or to the floor if that is higher, would not have shown, it is no pass.
 */
export function compareRates(series: readonly RateSeries[], now: Date): RateVerdict[] {
  const minute = Math.floor(now.getTime() / MINUTE);
  const [earlier, latest] = [minute - BLOCK, minute].map((end) => evaluate(series, end, series.length));
  return series.map(({ probe, of, before, after }, index) => {
    const evaluation = latest?.[index];
    const figures = { minutesBefore: before.length, minutesAfter: after.length, ...evaluation?.figures };
    const rest = { probe, ...given({ of }), kind: 'rate', figures } as const;
    const inconclusive = (why: string, minutes?: number): RateVerdict => ({
      ...{ ...rest, result: 'inconclusive', why },
      ...(minutes !== undefined && { concludesAt: new Date((minute + Math.max(1, minutes)) * MINUTE).toISOString() }),
    });
    if (before.length < LEAST_BEFORE)
      return inconclusive(
        `${before.length} minutes of data from before the hop are too few; ${LEAST_BEFORE} are needed.`,
      );
    if (gapsOf(before, undefined) > MOST_GAPS) return inconclusive('The data from before the hop has gaps.');
    if (after.length < LEAST_AFTER || evaluation === undefined)
      return inconclusive(
        `${after.length} minutes of data since the hop are too few; it takes ${MINUTES_TO_COMPARE}.`,
        (after[0]?.minute ?? minute) + MINUTES_TO_COMPARE - minute,
      );
    if (gapsOf(after, minute) > MOST_GAPS) return inconclusive('The data since the hop has gaps.', BLOCK);
    if (evaluation.isRed) return inconclusive('It was bad before the hop already.');
    if (evaluation.exceeds && earlier?.[index]?.exceeds === true) return { ...rest, result: 'fail' };
    if (evaluation.exceeds) return inconclusive('It rose, and one more look decides.', BLOCK);
    if (evaluation.isShown) return { ...rest, result: 'pass' };
    const more = evaluation.minutesUntil(after.length);
    return inconclusive(`A rise to ${SHOWN} times would not show in this much data.`, more);
  });
}

type Tested = {
  readonly [Name in 'before' | 'after' | 'effect' | 'p' | 'overDispersion' | 'detectable']: number;
};

interface Evaluation {
  readonly exceeds: boolean;
  readonly isRed: boolean;
  /** Whether a rise that counts would have shown. */
  readonly isShown: boolean;
  readonly figures: Tested;
  /** After how many more minutes it would show; undefined where it never would. */
  readonly minutesUntil: (minutes: number) => number | undefined;
}

/** The evaluation at the end of a minute; undefined for a series with too little data by then. */
function evaluate(series: readonly RateSeries[], end: number, tests: number): (Evaluation | undefined)[] {
  const tested = series.map((one) => testOf(one, end, tests));
  const order = tested.flatMap((one, index) => (one === undefined ? [] : { index, p: one.figures.p }));
  order.sort((a, b) => a.p - b.p);
  // Holm: the smallest p is compared with all tests, the next with one fewer, and after the first that chance explains none counts.
  const last = order.findIndex(({ p }, rank) => p * (tests - rank) >= CHANCE);
  const significant = new Set((last === -1 ? order : order.slice(0, last)).map(({ index }) => index));
  return tested.map((one, index) => one && { ...one, exceeds: one.exceeds && significant.has(index) });
}

function testOf({ probe, before, after }: RateSeries, end: number, tests: number): Evaluation | undefined {
  const from = (after[0]?.minute ?? end) + SETTLING;
  const past = after.filter(({ minute }) => minute >= from && minute < end);
  const [old, young] = [blocksOf(before, before.at(-1)?.minute), blocksOf(past, past.at(-1)?.minute)];
  if (before.length < LEAST_BEFORE || past.length < LEAST_AFTER || old.length < 2 || young.length < 2) return undefined;
  const [first, second] = [trimmed(old), trimmed(young)];
  const freedom = first.kept + second.kept - 2;
  const perBlock = sum([...old, ...young].map(({ events }) => events)) / (old.length + young.length);
  // Counts by chance alone have this variance. A smaller variance is luck.
  const chance = 1 / (perBlock + 0.5);
  const seen = (first.squares + second.squares) / freedom;
  const variance = Math.max(chance, seen) * LEANING;
  const errorOf = (blocks: number, of = variance): number => Math.sqrt(of * (1 / first.kept + 1 / blocks));
  const t = (second.mean - first.mean) / errorOf(second.kept);
  const detectableBy = (blocks: number, of = variance): number =>
    Math.max(
      LEAST_EFFECT,
      Math.exp((criticalT(CHANCE / tests, first.kept + blocks - 2) + NEARLY_ALL) * errorOf(blocks, of)),
    );
  const [rateBefore, rateAfter] = [Math.exp(first.mean), Math.exp(second.mean)];
  const { floor, redFrom } = LIMITS[probe];
  const effect = rateAfter / rateBefore;
  // Where hardly anything failed before, nothing below the floor counts, and a rate at the floor brings the events that show it.
  const toFloor = (rateBefore + floor) / rateBefore;
  const exposure = sum(young.map((one) => one.exposure)) / young.length;
  const perBlockAtFloor =
    (sum(old.map(({ events }) => events)) + young.length * exposure * (rateBefore + floor)) /
    (old.length + young.length);
  // The variance that chance does not explain stays.
  const varianceAtFloor = (1 / (perBlockAtFloor + 0.5) + Math.max(0, seen - chance)) * LEANING;
  const isShownBy = (blocks: number): boolean =>
    detectableBy(blocks) <= SHOWN || (toFloor > SHOWN && detectableBy(blocks, varianceAtFloor) <= toFloor);
  // After-effects of the roll end, so a rise must still be there in the newest block.
  const newest = young[0];
  const lasts = newest !== undefined && rateOf(newest) >= LEAST_EFFECT * rateBefore;
  return {
    exceeds: lasts && effect >= LEAST_EFFECT && rateAfter - rateBefore >= floor,
    isRed: rateBefore >= redFrom,
    isShown: isShownBy(second.kept),
    figures: {
      ...{ before: rateBefore, after: rateAfter, effect, p: upperTail(t, freedom) },
      ...{ overDispersion: seen / chance, detectable: detectableBy(second.kept) },
    },
    minutesUntil: (minutes) => {
      for (let more = BLOCK; minutes + more <= MOST_MINUTES_AFTER; more += BLOCK)
        if (isShownBy(keptOf(young.length + more / BLOCK))) return more;
      return undefined;
    },
  };
}

interface Block {
  readonly events: number;
  readonly exposure: number;
}

/** Whole blocks, the newest first, counted back from the last minute, without the remainder at the beginning and nearly empty blocks. */
function blocksOf(bins: readonly MinuteBin[], last = 0): Block[] {
  const span = last + 1 - (bins[0]?.minute ?? last);
  const whole = Math.floor(span / BLOCK);
  const groups = Map.groupBy(bins, ({ minute }) => Math.floor((last - minute) / BLOCK));
  return [...groups]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([back, group]) => {
      const exposure = sum(group.map((one) => one.exposure));
      if (back >= whole || group.length < LEAST_IN_BLOCK || exposure === 0) return [];
      return { events: sum(group.map((one) => one.events)), exposure };
    });
}

/** Half an event is added, so that a block without events has a rate too. */
const rateOf = ({ events, exposure }: Block): number => (events + 0.5) / exposure;

const TRIM = 0.25;
const keptOf = (blocks: number): number => blocks - 2 * Math.floor(TRIM * blocks);

/** Mean and variance of the logarithms of rates without a quarter at each end; in the variance those count as the last that stay (Yuen 1974). */
function trimmed(blocks: readonly Block[]): { mean: number; squares: number; kept: number } {
  const rates = blocks.map((block) => Math.log(rateOf(block)));
  const sorted = rates.toSorted((a, b) => a - b);
  const cut = Math.floor(TRIM * sorted.length);
  const stay = sorted.slice(cut, sorted.length - cut);
  const [least = 0, most = 0] = [stay[0], stay.at(-1)];
  const pulled = sorted.map((one) => Math.min(most, Math.max(least, one)));
  const center = sum(pulled) / pulled.length;
  return {
    mean: sum(stay) / stay.length,
    squares: sum(pulled.map((one) => (one - center) ** 2)),
    kept: stay.length,
  };
}

/** The share of minutes without data, up to a minute or to the last bin. */
function gapsOf(bins: readonly MinuteBin[], end: number | undefined): number {
  const first = bins[0]?.minute ?? 0;
  const span = (end ?? (bins.at(-1)?.minute ?? first) + 1) - first;
  return span <= 0 ? 0 : 1 - bins.length / span;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
