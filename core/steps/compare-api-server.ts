import { durationMilliseconds } from '../calendar/duration.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import { isDenied } from '../contracts/eks-errors.ts';
import { errorMessage, errorName } from '../contracts/errors.ts';
import { isRollback } from '../model/hop.ts';
import type { Ports } from '../ports/ports.ts';
import {
  API_SERVER_METRICS,
  compareApiErrors,
  type Hop,
  type MetricSums,
  type Span,
  spansOf,
} from '../probes/api-server-rates.ts';
import { baselineOf } from '../probes/baseline.ts';
import type { ProbeVerdict, RateVerdict } from '../probes/probe-verdict.ts';
import { comparedBefore } from './compare-with-before.ts';
import type { StepContext } from './context.ts';

/** What failed for a reason that may pass is read again then, and no look is further from the next: somebody may want to stop it. */
const AGAIN_SECONDS = 300;

/**
 * How the API server does since the hop against two hours before it; undefined where the policy asks for no rates, nobody knows when the hop began, or
 * the cluster has gone back: nothing acts on rates there, and others wait for their turn. `concludesAt` is within what the policy lets the smoke check
 * wait; until then what was told stays, so that nobody pays for a read that says nothing new. A read that fails is told and fails nothing.
 */
export async function compareApiServer(
  ports: Pick<Ports, 'account' | 'clock'>,
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
  return [within(await readAndCompare(ports, context, hop, now), waitEnds)];
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

async function readAndCompare(
  ports: Pick<Ports, 'account'>,
  context: StepContext,
  hop: Hop,
  now: Date,
): Promise<RateVerdict> {
  const spans = spansOf(hop, now);
  let read: { readonly before: MetricSums; readonly after: MetricSums };
  try {
    const before = await readSums(ports, context, spans.before);
    read = { before, after: spans.after === undefined ? {} : await readSums(ports, context, spans.after) };
  } catch (error) {
    return unread(error, context, now);
  }
  return compareApiErrors(hop, read.before, read.after, now);
}

function readSums({ account }: Pick<Ports, 'account'>, { scope, name }: StepContext, span: Span): Promise<MetricSums> {
  const { namespace, dimension, requests, errors } = API_SERVER_METRICS;
  const dimensions = { [dimension]: name };
  return account.getMetricSums(scope, { namespace, dimensions, metrics: [requests, errors], ...span });
}

/** What is denied stays so for a while; all else may pass. */
function unread(error: unknown, { scope }: StepContext, now: Date): RateVerdict {
  const figures = { minutesBefore: 0, minutesAfter: 0 };
  const verdict = { probe: 'api-errors', kind: 'rate', result: 'inconclusive', figures } as const;
  const said = `CloudWatch could not be read: ${errorName(error)}: ${errorMessage(error).replace(/\.?$/, '.')}`;
  if (isDenied(error))
    return { ...verdict, why: `${said} The spoke role of account ${scope.account} needs cloudwatch:GetMetricData.` };
  return { ...verdict, why: said, concludesAt: new Date(now.getTime() + AGAIN_SECONDS * 1_000).toISOString() };
}
