import { durationMilliseconds } from '../calendar/duration.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import { isDenied } from '../contracts/eks-errors.ts';
import { errorMessage, errorName } from '../contracts/errors.ts';
import { given } from '../model/given.ts';
import { isRollback } from '../model/hop.ts';
import { gateName } from '../policy/gate-answer.ts';
import type { MetricMinute } from '../ports/account.ts';
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
const READS_RATES = 'cloudwatch:GetMetricData';

export type RatePorts = Pick<Ports, 'account' | 'prometheus'>;

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
    return error instanceof Error && rate !== undefined ? unread(verdict, rate, error, context, now) : verdict;
  });
}

type Bins = Pick<RateSeries, 'before' | 'after'>;
/** What each rate counts and of how many, in its two answers. */
type Answers = readonly [readonly MetricMinute[] | Error, readonly MetricMinute[] | Error];

/** Of each rate, or what kept it from being read. */
async function readSeries(
  { account, prometheus }: RatePorts,
  { scope }: StepContext,
  rates: readonly AskedRate[],
  hop: Hop,
  now: Date,
): Promise<(Bins | Error)[]> {
  const spans = spansOf(hop, now);
  // One request of CloudWatch for before and one for after, however many rates there are.
  const metrics = rates.flatMap((rate) => (rate.from === 'cloudwatch' ? [rate.events, rate.exposure] : []));
  const readMetrics = async (span: Span): Promise<(readonly MetricMinute[] | Error)[]> =>
    metrics.length === 0
      ? []
      : account.getMetricData(scope, { metrics, ...span }).catch((error) => metrics.map(() => asError(error)));
  const asked = new Map<string, Promise<readonly MetricMinute[] | Error>>();
  const readQuery = (query: AskedQuery, span: Span): Promise<readonly MetricMinute[] | Error> => {
    const key = `${query.url} ${span.from.getTime()} ${query.query}`;
    const reading = asked.get(key) ?? prometheus.readMinutes(query, span).catch(asError);
    asked.set(key, reading);
    return reading;
  };
  const readSpan = async (span: Span): Promise<Answers[]> => {
    // In the order in which the rates ask for them.
    const counted = (await readMetrics(span)).values();
    const next = (): readonly MetricMinute[] | Error => counted.next().value ?? [];
    // All at once: a server that does not answer costs its ten seconds once.
    return Promise.all(
      rates.map((rate): Answers | Promise<Answers> =>
        rate.from === 'cloudwatch'
          ? [next(), next()]
          : Promise.all([readQuery(rate.events, span), readQuery(rate.exposure, span)]),
      ),
    );
  };
  const old = await readSpan(spans.before);
  const young = spans.after === undefined ? [] : await readSpan(spans.after);
  return rates.map((_, index) => {
    const before = binsIn(old[index]);
    const after = binsIn(young[index]);
    if (before instanceof Error) return before;
    return after instanceof Error ? after : { before, after };
  });
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(errorMessage(error)));

function binsIn([events, exposure]: Answers = [[], []]): MinuteBin[] | Error {
  if (events instanceof Error) return events;
  return exposure instanceof Error ? exposure : binsOf(events, exposure);
}

/** What is refused stays so for a while; all else may pass. */
function unread(
  { why: _, ...verdict }: RateVerdict,
  rate: AskedRate,
  error: Error,
  { scope }: StepContext,
  now: Date,
): RateVerdict {
  const { account, region } = scope;
  const whose =
    rate.from === 'cloudwatch'
      ? `CloudWatch of account ${account} in ${region}`
      : gateName({ webhook: rate.events.url }).replace(/\/$/, '');
  const said = `${whose} could not be read: ${errorName(error)}: ${errorMessage(error).replace(/\.?$/, '.')}`;
  const { concludesAt: __, ...refused } = verdict;
  if (rate.from === 'cloudwatch' && isDenied(error))
    return {
      ...refused,
      lacks: READS_RATES,
      why: `${said} The spoke role of account ${account} needs ${READS_RATES}.`,
    };
  if (FINAL.has(errorName(error))) return { ...refused, why: said };
  return { ...verdict, why: said, concludesAt: new Date(now.getTime() + AGAIN_SECONDS * 1_000).toISOString() };
}

/** Somebody has to change the policy, the Fleet, the secret or the server first. */
const FINAL = new Set(['QueryRefused', 'UrlRefused', 'SecretUnreadable']);
