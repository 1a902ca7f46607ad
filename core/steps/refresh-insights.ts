import { isDenied, isThrottled } from '../contracts/eks-errors.ts';
import { errorMessage, errorName } from '../contracts/errors.ts';
import { done, reason, type StepResult, wait } from '../contracts/step-result.ts';
import type { StepContext, StepPorts } from './context.ts';

const POLL_SECONDS = 15;
const GIVE_UP_MINUTES = 20;

/**
 * Has EKS look again, so that the gate judges today's cluster (a refresh is older than this execution → start one). `wait` while it runs;
 * `done` when it is fresh, or with a note when EKS cannot refresh: then only what is younger than a day counts.
 */
export async function refreshInsights(ports: StepPorts, context: StepContext): Promise<StepResult> {
  const { scope, name, startedAt } = context;
  const now = ports.clock.now();
  try {
    const refresh = await ports.eks.describeInsightsRefresh(scope, { clusterName: name });
    const fresh = refresh.startedAt !== undefined && refresh.startedAt >= startedAt;
    if (refresh.status === 'IN_PROGRESS') return giveUpAfter(now, startedAt);
    if (fresh && refresh.status === 'COMPLETED') return done();
    if (fresh && refresh.status === 'FAILED')
      return done(
        reason('RefreshFailed', `EKS could not refresh its insights: ${refresh.message ?? 'no reason given'}.`),
      );
    await ports.eks.startInsightsRefresh(scope, { clusterName: name });
    return wait(POLL_SECONDS, reason('RefreshingInsights', 'EKS refreshes its upgrade insights.'));
  } catch (error) {
    if (errorName(error) === 'InvalidRequestException') return giveUpAfter(now, startedAt);
    if (isThrottled(error)) return giveUpAfter(now, startedAt);
    if (!isDenied(error)) throw error;
    return done(reason('RefreshDenied', `The refresh of the insights was denied: ${errorMessage(error)}`));
  }
}

function giveUpAfter(now: Date, startedAt: Date): StepResult {
  if (now.getTime() - startedAt.getTime() < GIVE_UP_MINUTES * 60_000) {
    return wait(POLL_SECONDS, reason('RefreshingInsights', 'EKS refreshes its upgrade insights.'));
  }
  return done(reason('RefreshTooSlow', `EKS did not refresh its insights within ${GIVE_UP_MINUTES} minutes.`));
}
