import { blocked, reason, type StepResult } from '../contracts/step-result.ts';
import { clusterKey } from '../model/cluster-key.ts';
import { lostCluster } from '../model/passing-status.ts';
import type { Cluster } from '../ports/eks.ts';
import { foreignStop, type StepContext, type StepPorts } from './context.ts';
import { findUpdatesInFlight, stopBeside } from './foreign-updates.ts';

export type Stop = { readonly stop: StepResult };

/**
 * The control plane as it is right now with the ids of its updates, or why it must be left alone: somebody else changes it (protocol.md, What
 * somebody else started), or it is not the cluster of the grant.
 */
export async function readControlPlane(
  ports: StepPorts,
  context: StepContext,
): Promise<{ readonly cluster: Cluster; readonly updateIds: readonly string[] } | Stop> {
  const { scope, name } = context;
  const cluster = await ports.eks.describeCluster(scope, { name });
  if (clusterKey(cluster.arn, cluster.createdAt) !== context.clusterKey) {
    return {
      stop: blocked(reason('Gone', `The cluster ${name} was deleted and another one was created under its name.`)),
    };
  }
  const updates = await findUpdatesInFlight(ports, context, { name });
  const stop = stopBeside(ports, context, `the control plane of ${name}`, updates);
  return stop === undefined ? { cluster, updateIds: updates.ids } : { stop };
}

/** The same for steps that change node groups and add-ons: they change nothing while the cluster is not ACTIVE. */
export async function readControlPlaneAtRest(
  ports: StepPorts,
  context: StepContext,
): Promise<{ readonly cluster: Cluster } | Stop> {
  const read = await readControlPlane(ports, context);
  if ('stop' in read || read.cluster.status === 'ACTIVE') return read;
  return { stop: notActive(ports, context, read.cluster) };
}

/** A cluster that is not ACTIVE, and whose update is not Liftlock's, is waited for unless it is lost. */
export function notActive(ports: StepPorts, context: StepContext, cluster: Cluster): StepResult {
  const { name, status } = cluster;
  const lost = lostCluster(cluster);
  if (lost !== undefined) return blocked(lost);
  const why = reason('ForeignUpdate', `${name} is ${status}, not ACTIVE: somebody else changes it.`);
  return foreignStop(ports, context, why);
}
