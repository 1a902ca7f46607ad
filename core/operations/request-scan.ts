import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { ScanRun } from '../contracts/items/scan.ts';
import { CONTRACT } from '../contracts/step-input.ts';
import { startOnce } from '../model/start-once.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal } from '../queries/refusal.ts';
import { type ScanRunView, scanRunView } from '../queries/scan-history.ts';
import { RUN_MILLISECONDS } from '../scan/fleet/run-store.ts';
import { change, NOTHING } from '../store/change.ts';
import { put } from '../store/entity.ts';
import { ScanRuns } from '../store/scan-entities.ts';
import { KubeVersion } from '../version/kube-version.ts';

type RequestScanPorts = Pick<Ports, 'table' | 'clock' | 'executions' | 'ids'>;

/**
 * Starts a scan of one cluster for a target; without one for its next minor. It changes nothing in the cluster and takes no grant. The audit
 * names who asked before anything starts.
 */
export async function requestScan(
  ports: RequestScanPorts,
  cluster: ClusterRecord,
  asked: string | undefined,
  by: string,
): Promise<ScanRunView> {
  if (cluster.deletedAt !== undefined)
    throw new Refusal('ClusterGone', `The cluster ${cluster.name} was deleted at ${cluster.deletedAt}.`);
  const version = KubeVersion.parse(cluster.version);
  const target = asked === undefined ? version.next() : minorOf(asked);
  if (target.isOlderThan(version))
    throw new Refusal('InvalidInput', `${cluster.name} is at ${version} already; ${target} is older.`);
  const name = `scan-${ports.ids.next()}`;
  const run: ScanRun = {
    clusterKey: cluster.clusterKey,
    execution: ports.executions.arnFor('scan-cluster', name),
    target: target.toString(),
    status: 'requested',
    requestedBy: by,
    startedAt: ports.clock.now().toISOString(),
    ...{ read: 0, left: 0, resumed: 0, reasons: [] },
  };
  const expiresAt = new Date(ports.clock.now().getTime() + RUN_MILLISECONDS);
  const detail = { target: run.target, execution: run.execution };
  await change(ports, async () => ({
    ...NOTHING,
    writes: [put(ScanRuns, run, 'absent', expiresAt)],
    record: [{ subject: cluster.clusterKey, event: 'ScanRequested', principal: by, detail }],
  }));
  const comment = `Requested by ${by}`.slice(0, 200);
  const input = { contract: CONTRACT, cluster: cluster.arn, targetVersion: run.target, comment };
  await startOnce(ports.executions, 'scan-cluster', name, input);
  return scanRunView(cluster, run);
}

function minorOf(text: string): KubeVersion {
  const version = /^\d+\.\d+$/.test(text) ? KubeVersion.tryParse(text) : undefined;
  if (version !== undefined) return version;
  throw new Refusal('InvalidInput', `target: "${text.slice(0, 40)}" is no Kubernetes minor. Write it as 1.37.`);
}
