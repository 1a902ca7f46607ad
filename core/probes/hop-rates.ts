import type { MetricMinute } from '../ports/account.ts';
import { compareRates, MINUTES_TO_COMPARE, type MinuteBin, type RateSeries } from './compare-rates.ts';
import type { RateVerdict } from './probe-verdict.ts';

/** With one hour the variance of blocks is known so badly that a third of all comparisons tells nothing (`npm run bench -- probe-power` has two). */
const BEFORE_MINUTES = 120;
/** CloudWatch gets minutes late, and partly where several servers report, so the newest ones, one block of the comparison, are left out. */
const LATE_MINUTES = 5;
const MINUTE = 60_000;

export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** The whole minutes that are read. `after` is undefined while it would be empty, since CloudWatch refuses an empty span. */
export function spansOf(hop: Hop, now: Date): { readonly before: Span; readonly after: Span | undefined } {
  const [changed, since] = [floor(hop.begunAt), ceiling(hop.endedAt)];
  const until = floor(now) - LATE_MINUTES * MINUTE;
  return {
    before: { from: new Date(changed - BEFORE_MINUTES * MINUTE), to: new Date(changed) },
    after: until <= since ? undefined : { from: new Date(since), to: new Date(until) },
  };
}

export interface Hop {
  /** Nothing was changed earlier. */
  readonly begunAt: Date;
  /** By then the hop had changed everything. */
  readonly endedAt: Date;
}

const floor = (at: Date): number => Math.floor(at.getTime() / MINUTE) * MINUTE;
const ceiling = (at: Date): number => Math.ceil(at.getTime() / MINUTE) * MINUTE;

/** A minute with requests and without a count of errors has no errors: a server that has failed nothing publishes no such count. */
export function binsOf(events: readonly MetricMinute[], exposure: readonly MetricMinute[]): MinuteBin[] {
  const minuteOf = ({ at }: MetricMinute): number => Math.floor(at.getTime() / MINUTE);
  const counted = new Map(events.map((one) => [minuteOf(one), one.value]));
  return exposure.map((one) => {
    const minute = minuteOf(one);
    return { minute, events: counted.get(minute) ?? 0, exposure: one.value };
  });
}

/** The comparison as of `LATE_MINUTES` ago, in the order of the series. */
export function compareSince(hop: Hop, series: readonly RateSeries[], now: Date): RateVerdict[] {
  const late = LATE_MINUTES * MINUTE;
  const first = ceiling(hop.endedAt) + MINUTES_TO_COMPARE * MINUTE;
  return compareRates(series, new Date(now.getTime() - late)).map((verdict) => {
    if (verdict.concludesAt === undefined) return verdict;
    const concludes = Math.max(first, Date.parse(verdict.concludesAt)) + late;
    return { ...verdict, concludesAt: new Date(concludes).toISOString() };
  });
}
