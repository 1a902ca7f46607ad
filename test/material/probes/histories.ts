import { compareRates, type MinuteBin, type RateSeries } from '../../../core/probes/compare-rates.ts';
import { seededRandom } from '../../../simulator/eks/seeded-random.ts';

/** How long a source was watched: two hours before the hop, 45 minutes after it. */
const BEFORE = 120;
const AFTER = 45;
const MINUTE_OF_HOP = 29_000_000;

/** Of a minute's rate: how much it leans on the one before, and how much it scatters (standard deviation of its logarithm). */
const LEANING = 0.7;
const SCATTER = 0.3;

interface History {
  readonly series: readonly RateSeries[];
  /** When the watch ends. */
  readonly end: Date;
}

/**
 * What the API server of a busy cluster has counted around a hop: rates that lean on the minute before, the hour of the day, deploys of teams that fail
 * requests for a few minutes, and the churn that the roll leaves behind.
 *
 * @param effect how many times the rate is after the hop what it was before: 1 = nothing has happened
 */
export function historyOf(seed: number, effect: number): History {
  const random = seededRandom(seed);
  // The hour of the day is as random as all else; both rates follow it, each in its own way.
  const hour = random() * 1_440;
  const deploys = deploysOf(random);
  const day = (minute: number, lag: number) => Math.sin((2 * Math.PI * (minute + hour + lag)) / 1_440);
  const requests = minutes().map((minute) => 3_000 * (1 + 0.5 * day(minute, 0)));
  const errors = ratesOf(random).map((noise, index) => {
    const minute = index - BEFORE;
    const churn = minute < 0 ? 1 : 1 + 2 * Math.exp(-minute / 3);
    const rate = 0.005 * Math.exp(0.25 * day(minute, 300) + noise) * churn * (deploys.has(minute) ? 4 : 1);
    return poisson(random, (requests[index] ?? 0) * rate * (minute < 0 ? 1 : effect));
  });
  const seconds = ratesOf(random).map((noise, index) => {
    const minute = index - BEFORE;
    const churn = minute < 0 ? 1 : 1 + 0.5 * Math.exp(-minute / 3);
    const mean = 0.08 * Math.exp(0.25 * day(minute, 100) + noise) * churn * (deploys.has(minute) ? 2 : 1);
    return (requests[index] ?? 0) * mean * (minute < 0 ? 1 : effect);
  });
  const binsOf = (events: readonly number[]): MinuteBin[] =>
    events.map((one, index) => ({
      minute: MINUTE_OF_HOP + index - BEFORE,
      events: one,
      exposure: Math.round(requests[index] ?? 0),
    }));
  const split = (probe: RateSeries['probe'], events: readonly number[]): RateSeries => {
    const bins = binsOf(events);
    return { probe, before: bins.slice(0, BEFORE), after: bins.slice(BEFORE) };
  };
  return {
    series: [split('api-errors', errors), split('api-latency', seconds)],
    end: new Date((MINUTE_OF_HOP + AFTER) * 60_000),
  };
}

/** Whether any look on the way has failed a rate: one every five minutes, as soon as there is data enough. */
export function failsAnywhere({ series, end }: History, probe: RateSeries['probe'] | 'any'): boolean {
  for (let minutes = 5; minutes <= AFTER; minutes += 5) {
    const until = MINUTE_OF_HOP + minutes;
    const seen = series.map((one) => ({ ...one, after: one.after.filter(({ minute }) => minute < until) }));
    const verdicts = compareRates(seen, new Date(end.getTime() - (AFTER - minutes) * 60_000));
    if (verdicts.some((one) => one.result === 'fail' && (probe === 'any' || one.probe === probe))) return true;
  }
  return false;
}

/** How a smoke check that waits for errors ends: it looks when a verdict says so, and takes the first that is none of another look's. */
export function endsAs({ series, end }: History): 'pass' | 'fail' | 'inconclusive' {
  const errors = series.filter(({ probe }) => probe === 'api-errors');
  for (let minutes = FIRST_LOOK; minutes <= LAST_LOOK; ) {
    const until = MINUTE_OF_HOP + minutes;
    const seen = errors.map((one) => ({ ...one, after: one.after.filter(({ minute }) => minute < until) }));
    const [verdict] = compareRates(seen, new Date(end.getTime() - (AFTER - minutes) * 60_000));
    if (verdict?.concludesAt === undefined) return verdict?.result ?? 'inconclusive';
    minutes = Date.parse(verdict.concludesAt) / 60_000 - MINUTE_OF_HOP;
  }
  return 'inconclusive';
}
/** Minutes of data: five less than a policy without a word waits for, since the newest ones are left out. */
const [FIRST_LOOK, LAST_LOOK] = [25, 40];

const minutes = (): number[] => Array.from({ length: BEFORE + AFTER }, (_, index) => index - BEFORE);

/** An autoregressive process of the first order. */
function ratesOf(random: () => number): number[] {
  let last = SCATTER * normal(random);
  return minutes().map(() => {
    last = LEANING * last + SCATTER * Math.sqrt(1 - LEANING ** 2) * normal(random);
    return last;
  });
}

/** Minutes in which a deploy goes on: one begins every hour or so, and takes two to five minutes. */
function deploysOf(random: () => number): Set<number> {
  const found = new Set<number>();
  for (const minute of minutes())
    if (random() < 1 / 60) for (let more = 2 + Math.floor(random() * 4); more > 0; more -= 1) found.add(minute + more);
  return found;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Many events are as good as normal. */
function poisson(random: () => number, mean: number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let count = 0;
  for (let product = random(); product > Math.exp(-mean); product *= random()) count += 1;
  return count;
}
