import { durationMilliseconds } from '../calendar/duration.ts';
import type { UpgradePolicy } from '../config/types.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { DrainSettings } from './drain-move.ts';

/** The settings of a policy for drains; undefined where it lets Liftlock evict nothing. */
export function drainSettingsOf({ spec }: Pick<UpgradePolicy, 'spec'>): DrainSettings | undefined {
  const { drain, disruption } = spec;
  if (drain === undefined) return undefined;
  const { pause, podTimeout, ...others } = drain;
  const secondsOf = (text: string) => durationMilliseconds(text) / 1000;
  const pauseSeconds = Math.max(secondsOf(pause), secondsOf(disruption?.pause ?? '0s'));
  const ofCluster = given({ ofCluster: disruption?.maxUnavailable });
  return { ...others, pauseSeconds, podTimeoutSeconds: secondsOf(podTimeout), ...ofCluster };
}

/** Why Liftlock drains no node of a cluster by itself: no policy allows it. */
export function drainNotAllowed(cluster: string, policy: string | undefined): Reason {
  const where = policy === undefined ? 'no policy selects it' : `the policy ${policy} has no spec.drain`;
  const said = `Liftlock evicts no pods of ${cluster}: ${where}. Give it a policy with spec.drain, and its role access: liftlock access manifest ${cluster} --tier operate`;
  return reason('DrainNotAllowed', said);
}

/** The command that shows budgets without room: a scan, unless the policy keeps scans from reading them. */
export function showsBudgets(spec: UpgradePolicy['spec'] | undefined, name: string, target: KubeVersion): string {
  const isUnread = spec?.verification === 'eks-api' || spec?.scan?.skip?.includes('drain') === true;
  return isUnread ? 'kubectl get poddisruptionbudgets -A' : `liftlock scan cluster ${name} --target ${target}`;
}

/**
 * How to give room to a PodDisruptionBudget that allows no disruption. The API server does not tell how the budget is written when it refuses an
 * eviction.
 */
export const BUDGET_ROOM = 'maxUnavailable: 1, or more replicas unless it has maxUnavailable: 0 or minAvailable: 100%';
