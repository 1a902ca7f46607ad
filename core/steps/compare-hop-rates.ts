import { durationMilliseconds } from '../calendar/duration.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import { errorMessage, errorName, isDenied } from '../contracts/errors.ts';
import { given } from '../model/given.ts';
import { isRollback } from '../model/hop.ts';
import { remembered } from '../model/remembered.ts';
import { sentence } from '../model/words.ts';
import { loadFleetInForce } from '../policy/applied.ts';
import { gateName } from '../policy/gate-answer.ts';
import type { MetricMinute } from '../ports/account.ts';
import type { Scope } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import type { AskedQuery } from '../ports/prometheus.ts';
import { type AskedRate, askedRates } from '../probes/asked-rates.ts';
import { baselineOf } from '../probes/baseline.ts';
import { compareRates, MINUTES_TO_COMPARE, type MinuteBin, type RateSeries } from '../probes/compare-rates.ts';
import type { ProbeVerdict, RateVerdict } from '../probes/probe-verdict.ts';
import { comparedBefore } from './compare-with-before.ts';
import type { StepContext } from './context.ts';

/** After this time a read that failed for a passing reason is repeated. It is also the longest pause, since somebody may want to stop. */
const AGAIN_SECONDS = 300;
/** The permission to read each source. */
const READS = { cloudwatch: 'cloudwatch:GetMetricData', prometheus: 'aps:QueryMetrics' } as const;

export type RatePorts = Pick<Ports, 'account' | 'prometheus' | 'table'>;

/**
 * Compares each rate of the policy since the hop with the two hours before it. Undefined where the policy has none, the beginning of the hop is
 * unknown, or the cluster has gone back: nothing acts on rates there, and other clusters wait for their turn. `concludesAt` is within the time that
 * the policy lets the smoke check wait. Until the earliest of them the last verdicts stay, so that nobody pays for a read without news; then all
 * rates are read and judged anew, as of one instant. A read that fails is reported and fails nothing.
 */
export async function compareHopRates(
  ports: RatePorts & Pick<Ports, 'clock'>,
  context: StepContext,
  policy: Pick<UpgradePolicySpec, 'smoke'> | undefined,
): Promise<RateVerdict[] | undefined> {
  const { upgrade } = context;
  const asked = policy?.smoke.rates;
  const begunAt = baselineOf(upgrade)?.takenAt ?? upgrade?.firstStartedAt ?? upgrade?.startedAt;
  if (asked === undefined || upgrade === undefined || isRollback(upgrade) || begunAt === undefined) return undefined;
  const now = ports.clock.now();
  const known = comparedBefore(context).filter((one) => one.kind === 'rate');
  const isDue = known.some(({ concludesAt }) => concludesAt !== undefined && Date.parse(concludesAt) <= now.getTime());
  if (known.length > 0 && !isDue) return known;
  const hop: Hop = { begunAt: new Date(begunAt), endedAt: context.startedAt };
  // Counts from the first whole minute, as the data do: the least wait is the time that a verdict takes.
  const waitEnds = Math.ceil(context.startedAt.getTime() / 60_000) * 60_000 + durationMilliseconds(asked.wait);
  const verdicts = await readAndCompare(ports, context, askedRates(asked, context.name), hop, now);
  return verdicts.map((one) => within(one, waitEnds));
}

/** Seconds until the first of them is decided. */
export function secondsUntil(open: readonly ProbeVerdict[], now: Date): number {
  const times = open.flatMap(({ concludesAt }) => (concludesAt === undefined ? [] : Date.parse(concludesAt)));
  const seconds = Math.ceil((Math.min(...times) - now.getTime()) / 1_000);
  return Math.min(AGAIN_SECONDS, Math.max(1, seconds));
}

/** A verdict that comes only after the policy's wait is not waited for. */
function within({ concludesAt, ...verdict }: RateVerdict, ends: number): RateVerdict {
  if (concludesAt === undefined) return verdict;
  if (Date.parse(concludesAt) <= ends) return { ...verdict, concludesAt };
  const said = `It would take until ${concludesAt.slice(0, 16).replace('T', ' ')} UTC, when smoke.rates.wait of the policy is over.`;
  return { ...verdict, why: `${verdict.why} ${said}` };
}

/** A rate that could not be read is reported by itself. It still counts among the tests, so that no other rate becomes more significant. */
async function readAndCompare(
  ports: RatePorts,
  context: StepContext,
  rates: readonly AskedRate[],
  hop: Hop,
  now: Date,
): Promise<RateVerdict[]> {
  const read = await readSeries(ports, context, rates, hop, now);
  const series = rates.map((rate, index): RateSeries => {
    const bins = read[index];
    const { before, after } = bins === undefined || bins instanceof Error ? { before: [], after: [] } : bins;
    return { probe: rate.probe, ...given({ of: rate.of }), before, after };
  });
  return compareSince(hop, series, now).map((verdict, index) => {
    const [error, rate] = [read[index], rates[index]];
    if (rate !== undefined && error instanceof Error) return unread(verdict, rate, error, context, now);
    if (rate === undefined || verdict.figures.minutesBefore > 0) return verdict;
    return { ...verdict, why: `${verdict.why} ${noneOf(rate, context)}` };
  });
}

/**
 * Explains a rate without data: a misspelled name and a service without requests look the same. ListMetrics returns metrics that have had data within
 * two weeks: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
 */
function noneOf(rate: AskedRate, { scope }: StepContext): string {
  if (rate.from === 'prometheus')
    return `${whoseOf(rate, scope)} has nothing for this query; try it there: ${rate.exposure.query}`;
  const { metric, namespace, dimensions } = rate.exposure;
  const where = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  const list = `aws cloudwatch list-metrics --namespace '${namespace}' --region ${scope.region}`;
  return `${whoseOf(rate, scope)} has none of ${metric} of ${namespace} with ${where.join(', ')}. Compare the names with: ${list}`;
}

/** The series of each rate, or the error of reading it. A rate that could not be read before the hop is not read after it. */
async function readSeries(
  ports: RatePorts,
  { scope }: StepContext,
  rates: readonly AskedRate[],
  hop: Hop,
  now: Date,
): Promise<(Pick<RateSeries, 'before' | 'after'> | Error)[]> {
  const { before, after } = spansOf(hop, now);
  const hasQueries = rates.some(({ from }) => from === 'prometheus');
  const fleet = hasQueries ? await loadFleetInForce(ports.table) : undefined;
  const read = (some: readonly AskedRate[], span: Span) =>
    readSpan(ports, scope, some, fleet?.allowedHosts ?? [], span);
  const old = await read(rates, before);
  const known = rates.filter((_, index) => !(old[index] instanceof Error));
  const young = (after === undefined || known.length === 0 ? [] : await read(known, after)).values();
  return old.map((bins) => {
    if (bins instanceof Error) return bins;
    const since = young.next().value ?? [];
    return since instanceof Error ? since : { before: bins, after: since };
  });
}

/** Makes one request of CloudWatch, and asks each query once, however many rates there are. */
async function readSpan(
  { account, prometheus }: RatePorts,
  scope: Scope,
  rates: readonly AskedRate[],
  allowedHosts: readonly string[],
  span: Span,
): Promise<(MinuteBin[] | Error)[]> {
  const metrics = rates.flatMap((rate) => (rate.from === 'cloudwatch' ? [rate.events, rate.exposure] : []));
  const counting = metrics.length === 0 ? [] : account.getMetricData(scope, { metrics, ...span });
  // In the order in which the rates ask for them.
  const counted = (await Promise.resolve(counting).catch((error) => metrics.map(() => asError(error)))).values();
  const next = (): Answer => counted.next().value ?? [];
  const ask = remembered(
    (query: AskedQuery): Promise<Answer> => prometheus.readMinutes(query, allowedHosts, span).catch(asError),
    new Map<string, Promise<Answer>>(),
    ({ query, ...api }) => `${'url' in api ? api.url : api.workspace} ${query}`,
  );
  // All queries run at once, so that a server that does not answer costs its ten seconds only once.
  return Promise.all(
    rates.map(async (rate) => {
      const [events, exposure] =
        rate.from === 'cloudwatch' ? [next(), next()] : await Promise.all([ask(rate.events), ask(rate.exposure)]);
      if (events instanceof Error) return events;
      return exposure instanceof Error ? exposure : binsOf(events, exposure);
    }),
  );
}

type Answer = readonly MetricMinute[] | Error;
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(errorMessage(error)));

function whoseOf(rate: AskedRate, { account, region }: Scope): string {
  if (rate.from === 'cloudwatch') return `CloudWatch of account ${account} in ${region}`;
  return 'url' in rate.events ? gateName({ webhook: rate.events.url }).replace(/\/$/, '') : rate.events.workspace;
}

/** A denial lasts for some time; other errors may pass. */
function unread(
  { why: _, ...verdict }: RateVerdict,
  rate: AskedRate,
  error: Error,
  { scope }: StepContext,
  now: Date,
): RateVerdict {
  const isOfWorkspace = rate.from === 'prometheus' && 'workspace' in rate.events;
  const account = isOfWorkspace ? rate.events.workspace.split(':')[4] : scope.account;
  const said = `${whoseOf(rate, scope)} could not be read: ${errorName(error)}: ${sentence(errorMessage(error))}`;
  const { concludesAt: __, ...refused } = verdict;
  if (isDenied(error)) {
    const lacks = READS[rate.from];
    return { ...refused, lacks, why: `${said} The spoke role of account ${account} needs ${lacks}.` };
  }
  if (FINAL.has(errorName(error))) return { ...refused, why: said };
  return { ...verdict, why: said, concludesAt: new Date(now.getTime() + AGAIN_SECONDS * 1_000).toISOString() };
}

/** Somebody has to change the policy, the Fleet, the secret or the server first. */
const FINAL = new Set(['QueryRefused', 'UrlRefused', 'SecretUnreadable']);

/** With one hour the variance of blocks is known so badly that a third of all comparisons tells nothing (`npm run bench -- probe-power` has two). */
const BEFORE_MINUTES = 120;
/** CloudWatch gets minutes late, and partly where several servers report, so the newest ones, one block of the comparison, are left out. */
const LATE_MINUTES = 5;
const MINUTE = 60_000;

interface Span {
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

interface Hop {
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
