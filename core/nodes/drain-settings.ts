import { durationMilliseconds } from '../calendar/duration.ts';
import type { UpgradePolicy } from '../config/types.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { DrainSettings } from './drain-move.ts';

/** What a policy says of drains; undefined where it lets Liftlock evict nothing. */
export function drainSettingsOf(policy: UpgradePolicy): DrainSettings | undefined {
  const { drain, disruption } = policy.spec;
  if (drain === undefined) return undefined;
  const { pause, podTimeout, ...others } = drain;
  const secondsOf = (text: string) => durationMilliseconds(text) / 1000;
  const pauseSeconds = Math.max(secondsOf(pause), secondsOf(disruption?.pause ?? '0s'));
  const ofCluster = given({ ofCluster: disruption?.maxUnavailable });
  return { ...others, pauseSeconds, podTimeoutSeconds: secondsOf(podTimeout), ...ofCluster };
}

/** Why Liftlock drains no node of a cluster by itself: no policy says that it may. */
export function drainNotAllowed(cluster: string, policy: string | undefined): Reason {
  const where = policy === undefined ? 'no policy selects it' : `the policy ${policy} has no spec.drain`;
  const said = `Liftlock evicts no pods of ${cluster}: ${where}. Give it a policy with spec.drain, and its role access: liftlock access manifest ${cluster} --tier operate`;
  return reason('DrainNotAllowed', said);
}

/** The command that names budgets without room: a scan, unless the policy keeps it from reading them. */
export function showsBudgets(spec: UpgradePolicy['spec'] | undefined, name: string, target: KubeVersion): string {
  const isUnread = spec?.verification === 'eks-api' || spec?.scan?.skip?.includes('drain') === true;
  return isUnread ? 'kubectl get poddisruptionbudgets -A' : `liftlock scan cluster ${name} --target ${target}`;
}

/** What lets pods of a budget go that allows no disruption. How it is written the API server does not say as it refuses. */
export const BUDGET_ROOM = 'maxUnavailable: 1, or more replicas unless it has maxUnavailable: 0 or minAvailable: 100%';
