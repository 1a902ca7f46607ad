import { errorMessage, errorName, isDenied, isNotFound, isThrottled } from '../contracts/errors.ts';
import { done, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { lostCluster } from '../model/passing-status.ts';
import { pollSeconds } from '../model/poll-seconds.ts';
import type { InsightsRefresh } from '../ports/eks.ts';
import type { StepContext, StepPorts } from './context.ts';
import { findUpdatesInFlight, stopBeside } from './foreign-updates.ts';

/** Waits until EKS has refreshed its insights, since earlier reads would be old by then. Undefined when they are fresh, or cannot be refreshed. */
export async function waitForInsights(
  ports: StepPorts,
  context: StepContext,
  hasMoved: boolean,
  notes: Reason[],
): Promise<StepResult | undefined> {
  const { cluster, name, startedAt } = context;
  const look = hasMoved || lostCluster(cluster) !== undefined ? undefined : await lookAtRefresh(ports, context);
  if (look !== undefined && runsSince(look, startedAt)) {
    const waiting = await refreshInsights(ports, context, look);
    if (waiting.status === 'wait') return waiting;
  }
  const updates = await findUpdatesInFlight(ports, context, { name });
  const beside = stopBeside(ports, context, `the control plane of ${name}`, updates);
  if (beside !== undefined || look === undefined) return beside;
  const refreshed = await refreshInsights(ports, context, look);
  if (refreshed.status === 'wait') return refreshed;
  notes.push(...refreshed.reasons);
  return undefined;
}

/** A refresh takes minutes, as far as EKS documents it. */
const BOUNDS = { least: 60, most: 60 };
const GIVE_UP_MINUTES = 20;

/** The latest refresh of the insights, `none` where there was never one, or the error of reading it. */
type RefreshLook = { readonly refresh: InsightsRefresh | 'none' } | { readonly error: unknown };

/**
 * Looks at the latest refresh. EKS documents no answer for a cluster that was never refreshed, and two errors that it may be. Where the cluster is
 * gone, or takes no request, the start of a refresh is refused by the same error.
 */
export async function lookAtRefresh(ports: StepPorts, { scope, name }: StepContext): Promise<RefreshLook> {
  try {
    return { refresh: await ports.eks.describeInsightsRefresh(scope, { clusterName: name }) };
  } catch (error) {
    const isNone = isNotFound(error) || errorName(error) === 'InvalidRequestException';
    return isNone ? { refresh: 'none' } : { error };
  }
}

/** Whether a refresh runs that began after this execution. */
export const runsSince = (look: RefreshLook, startedAt: Date): boolean =>
  'refresh' in look && look.refresh !== 'none' && isRunning(look.refresh) && isSince(look.refresh, startedAt);

const isRunning = ({ status }: InsightsRefresh): boolean => status === 'IN_PROGRESS';

const isSince = (refresh: InsightsRefresh, startedAt: Date): boolean =>
  refresh.startedAt !== undefined && refresh.startedAt >= startedAt;

/**
 * Has EKS refresh its insights, so that the scan judges today's cluster: it starts a refresh when the last one is older than this execution, or than
 * the day of a daily look. `wait` while it runs; `done` when it is fresh, or with a note when EKS cannot refresh. Then only insights younger than a
 * day count.
 */
export async function refreshInsights(ports: StepPorts, context: StepContext, look: RefreshLook): Promise<StepResult> {
  const { scope, name, startedAt } = context;
  const turn = turnOf(context);
  const now = ports.clock.now();
  try {
    if ('error' in look) throw look.error;
    // Where EKS has none although one was started, it is not started for ever.
    if (look.refresh === 'none' && isTooLate(now, turn)) return giveUpAfter(now, turn);
    const refresh = look.refresh === 'none' ? {} : look.refresh;
    const fresh = isSince(refresh, startedAt);
    if (isRunning(refresh)) return giveUpAfter(now, turn, refresh.startedAt);
    if (refresh.status === 'COMPLETED' && isSince(refresh, oldestOf(context))) return done();
    if (fresh && refresh.status === 'FAILED')
      return done(
        reason('RefreshFailed', `EKS could not refresh its insights: ${refresh.message ?? 'no reason given'}.`),
      );
    await ports.eks.startInsightsRefresh(scope, { clusterName: name });
    return refreshing(now, now);
  } catch (error) {
    if (errorName(error) === 'InvalidRequestException' || isThrottled(error)) return giveUpAfter(now, turn);
    if (!isDenied(error)) throw error;
    return done(reason('RefreshDenied', `The refresh of the insights was denied: ${errorMessage(error)}`));
  }
}

/** Twenty hours, as daily looks are apart. */
const A_DAY = 20 * 3_600_000;

/** From when on a refresh counts. A daily look, for which nobody waits, takes one that the day has had already: it begins at most one a day. */
const oldestOf = ({ startedAt, input: { notBefore } }: StepContext): Date =>
  notBefore === undefined ? startedAt : new Date(startedAt.getTime() - A_DAY);

const refreshing = (since: Date, now: Date): StepResult =>
  wait(pollSeconds(since, now, BOUNDS), reason('RefreshingInsights', 'EKS refreshes its insights.'));

function giveUpAfter(now: Date, turn: Date, since: Date = now): StepResult {
  if (!isTooLate(now, turn)) return refreshing(since, now);
  return done(reason('RefreshTooSlow', `EKS did not refresh its insights within ${GIVE_UP_MINUTES} minutes.`));
}

const isTooLate = (now: Date, turn: Date): boolean => now.getTime() - turn.getTime() >= GIVE_UP_MINUTES * 60_000;

/** When the execution began, or when its turn came where it had to wait for that: daily looks are spread over an hour. */
function turnOf({ startedAt, input: { notBefore } }: StepContext): Date {
  const turn = new Date(notBefore ?? startedAt);
  return turn > startedAt ? turn : startedAt;
}
