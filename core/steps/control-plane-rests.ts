import { parked, reason, type StepResult } from '../contracts/step-result.ts';
import { clusterKey } from '../model/cluster-key.ts';
import type { Cluster } from '../ports/eks.ts';
import { FOREIGN_RETRY_MINUTES } from './act.ts';
import type { StepContext, StepPorts } from './context.ts';
import { foreignReason, updatesInFlight } from './foreign-updates.ts';
import { minutesFromNow } from './minutes-from-now.ts';

/**
 * The control plane as it is right now, or why nothing may be started on its node groups and add-ons: somebody else moves it
 * (protocol.md rule 5), or it is not the cluster that the grant is for.
 */
export async function controlPlaneAtRest(
  ports: StepPorts,
  context: StepContext,
): Promise<{ readonly cluster: Cluster } | { readonly stop: StepResult }> {
  const { scope, name } = context;
  const cluster = await ports.eks.describeCluster(scope, { name });
  const gone = clusterKey(cluster.arn, cluster.createdAt) !== context.clusterKey;
  if (gone)
    return {
      stop: {
        status: 'blocked',
        reasons: [reason('Gone', `The cluster ${name} was deleted and another one was created under its name.`)],
      },
    };
  const { foreign } = await updatesInFlight(ports, context, { name });
  const later = minutesFromNow(ports, FOREIGN_RETRY_MINUTES);
  if (foreign.length > 0) return { stop: parked(later, foreignReason(`the control plane of ${name}`, foreign)) };
  if (cluster.status === 'ACTIVE') return { cluster };
  return {
    stop: parked(later, reason('ForeignUpdate', `${name} is ${cluster.status}, not ACTIVE: somebody else changes it.`)),
  };
}
