import { blocked, reason, type StepResult } from '../contracts/step-result.ts';
import { clusterKey } from '../model/cluster-key.ts';
import type { Cluster } from '../ports/eks.ts';
import type { StepContext, StepPorts } from './context.ts';
import { foreignStop, isPassing } from './foreign-stop.ts';
import { foreignReason, updatesInFlight } from './foreign-updates.ts';

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
  if (foreign.length > 0)
    return { stop: foreignStop(ports, context, foreignReason(`the control plane of ${name}`, foreign)) };
  if (cluster.status === 'ACTIVE') return { cluster };
  return { stop: notActive(ports, context, cluster) };
}

/** A cluster that is being changed comes to rest; one that is FAILED or DELETING does not. */
export function notActive(ports: StepPorts, context: StepContext, { name, status = 'unknown' }: Cluster): StepResult {
  if (!isPassing(status)) return blocked(reason('ClusterStatus', `${name} is ${status}; EKS takes no update in it.`));
  return foreignStop(
    ports,
    context,
    reason('ForeignUpdate', `${name} is ${status}, not ACTIVE: somebody else changes it.`),
  );
}
