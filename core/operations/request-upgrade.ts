import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { CONTRACT } from '../contracts/step-input.ts';
import { hopId } from '../model/hop.ts';
import { startOnce } from '../model/start-once.ts';
import type { Ports } from '../ports/ports.ts';
import type { WriteOperation } from '../ports/table.ts';
import { keptOf } from '../protocol/left-half-done.ts';
import { Refusal } from '../queries/refusal.ts';
import { planUpgrade, type UpgradePlan } from '../queries/upgrade-plan.ts';
import { change, NOTHING } from '../store/change.ts';
import { Upgrades } from '../store/entities.ts';
import { load, replace, unchanged } from '../store/entity.ts';

/** An execution that does not come to its grant by then (it was lost) is started by the reconciler. */
const PATIENCE_MINUTES = 5;

type UpgradePorts = Pick<Ports, 'table' | 'clock' | 'executions' | 'ids'>;

export interface RequestedUpgrade extends UpgradePlan {
  /** Null while nothing was started. */
  readonly execution: string | null;
}

/**
 * Plans the upgrade of one cluster and, when it is approved, starts the execution of its next hop. The execution asks for its grant like
 * any other, so everything that forbids an upgrade is checked again there; the audit names who asked before anything starts.
 */
export async function requestUpgrade(
  ports: UpgradePorts,
  cluster: ClusterRecord,
  to: string,
  by: string,
  options: { readonly approve: boolean },
): Promise<RequestedUpgrade> {
  const plan = await planUpgrade(ports, cluster, to);
  if (!options.approve) return { ...plan, execution: null };
  const [hop] = plan.hops;
  if (plan.refusals.length > 0 || hop === undefined) {
    throw new Refusal(
      'UpgradeBlocked',
      `${cluster.name} is not upgraded: ${plan.refusals.map(({ message }) => message).join(' ')}`,
      { plan: { ...plan, execution: null } },
    );
  }
  // 44 characters, and only such that can be logged: executions nested in it are named after it (protocol.md rule 2).
  const name = `request-${ports.ids.next()}`;
  const execution = ports.executions.arnFor('upgrade-cluster', name);
  await change(ports, async () => ({
    ...NOTHING,
    writes: await pendingUpgrade(ports, cluster.clusterKey, plan.from, hop, { by, execution }),
    record: [
      {
        subject: cluster.clusterKey,
        event: 'UpgradeRequested',
        principal: by,
        detail: { from: plan.from, to: hop, asked: plan.to, execution },
      },
    ],
  }));
  const input = {
    contract: CONTRACT,
    cluster: cluster.arn,
    targetVersion: hop,
    comment: `Requested by ${by}`.slice(0, 200),
  };
  await startOnce(ports.executions, 'upgrade-cluster', name, input);
  return { ...plan, status: 'Started', execution };
}

/** The upgrade is on record with who asked before anything starts. One that waits is taken up as it is; one that runs has its grant already. */
async function pendingUpgrade(
  ports: UpgradePorts,
  clusterKey: string,
  from: string,
  hop: string,
  { by, execution }: { readonly by: string; readonly execution: string },
): Promise<WriteOperation[]> {
  const id = hopId(from, hop);
  const read = await load(ports.table, Upgrades, clusterKey, id);
  if (read?.data.status === 'Running') return [unchanged(Upgrades, read, clusterKey, id)];
  if (read !== undefined && Upgrades.active(read.data))
    return [replace(Upgrades, read, { ...read.data, requestedBy: by, execution })];
  const now = ports.clock.now();
  const upgrade: Upgrade = {
    clusterKey,
    id,
    machine: 'upgrade-cluster',
    from,
    to: hop,
    status: 'Pending',
    ...keptOf(read?.data),
    requestedBy: by,
    execution,
    reasons: [],
    resumeAt: new Date(now.getTime() + PATIENCE_MINUTES * 60_000).toISOString(),
    startedAt: now.toISOString(),
  };
  return [replace(Upgrades, read, upgrade)];
}
