import { durationMilliseconds } from '../calendar/duration.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import { isDenied } from '../contracts/eks-errors.ts';
import { errorMessage, errorName } from '../contracts/errors.ts';
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
import type { MinuteBin, RateSeries } from '../probes/compare-rates.ts';
import { binsOf, compareSince, type Hop, type Span, spansOf } from '../probes/hop-rates.ts';
import type { ProbeVerdict, RateVerdict } from '../probes/probe-verdict.ts';
import { comparedBefore } from './compare-with-before.ts';
import type { StepContext } from './context.ts';

/** What failed for a reason that may pass is read again then, and no look is further from the next: somebody may want to stop it. */
const AGAIN_SECONDS = 300;
/** What reading takes, by where it is read. */
const READS = { cloudwatch: 'cloudwatch:GetMetricData', prometheus: 'aps:QueryMetrics' } as const;

export type RatePorts = Pick<Ports, 'account' | 'prometheus' | 'table'>;

/**
 * How each rate that the policy asks for is since the hop against two hours before it; undefined where it asks for none, nobody knows when the hop
 * began, or the cluster has gone back: nothing acts on rates there, and others wait for their turn. `concludesAt` is within what the policy lets the
 * smoke check wait; until the first of them what was told stays, so that nobody pays for a read that says nothing new. Then all are read and judged
 * anew, as of one instant. A read that fails is told and fails nothing.
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
  // From the first whole minute on, as data is counted: the least wait is as long as a verdict takes.
  const waitEnds = Math.ceil(context.startedAt.getTime() / 60_000) * 60_000 + durationMilliseconds(asked.wait);
  const verdicts = await readAndCompare(ports, context, askedRates(asked, context.name), hop, now);
  return verdicts.map((one) => within(one, waitEnds));
}

/** Until the first of them is decided. */
export function secondsUntil(open: readonly ProbeVerdict[], now: Date): number {
  const times = open.flatMap(({ concludesAt }) => (concludesAt === undefined ? [] : Date.parse(concludesAt)));
  const seconds = Math.ceil((Math.min(...times) - now.getTime()) / 1_000);
  return Math.min(AGAIN_SECONDS, Math.max(1, seconds));
}

/** What is decided only when the policy's wait is over is not waited for. */
function within({ concludesAt, ...verdict }: RateVerdict, ends: number): RateVerdict {
  if (concludesAt === undefined) return verdict;
  if (Date.parse(concludesAt) <= ends) return { ...verdict, concludesAt };
  const said = `It would take until ${concludesAt.slice(0, 16).replace('T', ' ')} UTC, when smoke.rates.wait of the policy is over.`;
  return { ...verdict, why: `${verdict.why} ${said}` };
}

/** What could not be read is told alone. It counts among the tests as the others do: no rate is more significant for want of another. */
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
 * What there is no data of: a name that is misspelt and requests that nobody makes look the same. What ListMetrics gives has had data within two weeks:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
 */
function noneOf(rate: AskedRate, { scope }: StepContext): string {
  if (rate.from === 'prometheus')
    return `${whoseOf(rate, scope)} has nothing for this query; try it there: ${rate.exposure.query}`;
  const { metric, namespace, dimensions } = rate.exposure;
  const where = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  const list = `aws cloudwatch list-metrics --namespace '${namespace}' --region ${scope.region}`;
  return `${whoseOf(rate, scope)} has none of ${metric} of ${namespace} with ${where.join(', ')}. Compare the names with: ${list}`;
}

/** Of each rate, or what kept it from being read; what could not be read of before is not asked for since. */
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

/** One request of CloudWatch, and each query once, however many rates there are. */
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
  // All at once: a server that does not answer costs its ten seconds once.
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

/** What is refused stays so for a while; all else may pass. */
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
