import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ScanRun } from '../contracts/items/scan.ts';
import type { MachineName } from '../contracts/names.ts';
import { CONTRACT } from '../contracts/step-input.ts';
import type { Reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { hopId } from '../model/hop.ts';
import { startOnce } from '../model/start-once.ts';
import type { Ports } from '../ports/ports.ts';
import type { WriteOperation } from '../ports/table.ts';
import { keptBefore, pinnedBefore } from '../protocol/left-half-done.ts';
import { invalidInput, Refusal, type RefusalName, refuseGone } from '../queries/refusal.ts';
import { type ScanRunView, scanRunView } from '../queries/scan-history.ts';
import { planUpgrade, type UpgradePlan } from '../queries/upgrade-plan.ts';
import { nextMinor } from '../rollout/readiness.ts';
import { RUN_MILLISECONDS } from '../scan/fleet/run-store.ts';
import { auditEntry, change, NOTHING } from '../store/change.ts';
import { Regions, Upgrades } from '../store/entities.ts';
import { load, put, replace, unchanged } from '../store/entity.ts';
import { ScanRuns } from '../store/scan-entities.ts';
import { KubeVersion } from '../version/kube-version.ts';

const PATIENCE_MINUTES = 5;

/** When the reconciler starts the upgrade: an execution that has not asked for its grant by then was lost. */
export const takenUpAt = (now: Date): string => new Date(now.getTime() + PATIENCE_MINUTES * 60_000).toISOString();

export type RequestPorts = Pick<Ports, 'table' | 'clock' | 'executions' | 'ids'>;

/**
 * An execution that a person asks for. Its name has at most 44 characters, and only those that Step Functions logs, since executions nested in it are
 * named after it (protocol.md, Grants). `start` is called once the request is recorded.
 */
export function requested(
  { executions, ids }: RequestPorts,
  machine: MachineName,
  { arn: cluster }: ClusterRecord,
  by: string,
  about: { readonly targetVersion: string; readonly nodegroup?: string },
) {
  const name = `${machine === 'scan-cluster' ? 'scan' : 'request'}-${ids.next()}`;
  const input = { contract: CONTRACT, cluster, ...about, comment: `Requested by ${by}`.slice(0, 200) };
  const start = () => startOnce(executions, machine, name, input);
  return { name, input, execution: executions.arnFor(machine, name), start };
}

/** The refusal of a request that something stands against. It contains the plan with the reasons, as a request without approval would have shown it. */
export const planBlocked = (name: RefusalName, said: string, plan: { readonly refusals: readonly Reason[] }): Refusal =>
  new Refusal(name, `${said}: ${plan.refusals.map(({ message }) => message).join(' ')}`, { plan });

/**
 * Plans the upgrade of one cluster and, when it is approved, starts the execution of its next hop. The execution asks for its grant like any other,
 * so everything that forbids an upgrade is checked again there; the audit names who asked before anything starts.
 */
export async function requestUpgrade(
  ports: RequestPorts,
  cluster: ClusterRecord,
  to: string,
  by: string,
  options: { readonly approve: boolean; readonly reason?: string | undefined },
): Promise<UpgradePlan> {
  const plan = await planUpgrade(ports, cluster, to);
  if (!options.approve) return plan;
  const [hop] = plan.hops;
  if (plan.refusals.length > 0 || hop === undefined)
    throw planBlocked('UpgradeBlocked', `${cluster.name} is not upgraded`, plan);
  const { execution, start } = requested(ports, 'upgrade-cluster', cluster, by, { targetVersion: hop });
  const { reason } = options;
  const detail = { from: plan.from, to: hop, asked: plan.to, execution, ...given({ reason }) };
  await change(ports, async () => ({
    ...NOTHING,
    writes: await pendingUpgrade(ports, cluster.clusterKey, plan.from, hop, { by, execution, reason }),
    record: [auditEntry(cluster.clusterKey, 'UpgradeRequested', by, detail)],
  }));
  await start();
  return { ...plan, status: 'Started', execution };
}

/** Records the upgrade, with who asked, before anything starts. A waiting upgrade is taken up as it is; a running one has its grant already. */
async function pendingUpgrade(
  ports: RequestPorts,
  clusterKey: string,
  from: string,
  hop: string,
  { by, execution, reason }: { readonly by: string; readonly execution: string; readonly reason: string | undefined },
): Promise<WriteOperation[]> {
  const id = hopId(from, hop);
  const read = await load(ports.table, Upgrades, clusterKey, id);
  if (read?.data.status === 'Running') return [unchanged(Upgrades, read, clusterKey, id)];
  if (read !== undefined && Upgrades.active(read.data))
    return [replace(Upgrades, read, { ...read.data, requestedBy: by, requestReason: reason, execution })];
  const now = ports.clock.now();
  const upgrade: Upgrade = {
    clusterKey,
    id,
    machine: 'upgrade-cluster',
    from,
    to: hop,
    status: 'Pending',
    ...(await keptBefore(ports.table, read?.data)),
    ...pinnedBefore(read?.data),
    requestedBy: by,
    ...given({ requestReason: reason }),
    execution,
    reasons: [],
    resumeAt: takenUpAt(now),
    startedAt: now.toISOString(),
  };
  return [replace(Upgrades, read, upgrade)];
}

/**
 * Starts a scan of one cluster for a target; without a target for its next minor, or for its own where EKS offers none. The scan changes nothing in
 * the cluster and takes no grant. The audit names who asked before anything starts.
 */
export async function requestScan(
  ports: RequestPorts,
  cluster: ClusterRecord,
  asked: string | undefined,
  by: string,
): Promise<ScanRunView> {
  refuseGone(cluster);
  const version = KubeVersion.parse(cluster.version);
  const target = asked === undefined ? await nextOf(ports, cluster, version) : minorOf(asked);
  if (target.isOlderThan(version)) throw invalidInput(`${cluster.name} is at ${version} already; ${target} is older.`);
  const targetVersion = target.toString();
  const { execution, start } = requested(ports, 'scan-cluster', cluster, by, { targetVersion });
  const run: ScanRun = {
    ...{ clusterKey: cluster.clusterKey, execution, target: targetVersion },
    status: 'requested',
    requestedBy: by,
    startedAt: ports.clock.now().toISOString(),
    ...{ read: 0, left: 0, resumed: 0, reasons: [] },
  };
  const expiresAt = new Date(ports.clock.now().getTime() + RUN_MILLISECONDS);
  await change(ports, async () => ({
    ...NOTHING,
    writes: [put(ScanRuns, run, 'absent', expiresAt)],
    record: [auditEntry(cluster.clusterKey, 'ScanRequested', by, { target: targetVersion, execution })],
  }));
  await start();
  return scanRunView(cluster, run);
}

/** The minor that a scan without a target is for. Where EKS offers no newer minor, the cluster's own shows at least what can be read. */
async function nextOf({ table }: RequestPorts, cluster: ClusterRecord, version: KubeVersion): Promise<KubeVersion> {
  const region = await load(table, Regions, cluster.region);
  return region === undefined ? version.next() : (nextMinor(cluster, region.data) ?? version);
}

function minorOf(text: string): KubeVersion {
  const version = /^\d+\.\d+$/.test(text) ? KubeVersion.tryParse(text) : undefined;
  if (version !== undefined) return version;
  throw invalidInput(`target: "${text.slice(0, 40)}" is no Kubernetes minor. Write it as 1.37.`);
}
