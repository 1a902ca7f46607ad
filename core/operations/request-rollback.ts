import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { isRollback, rollbackId } from '../model/hop.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table } from '../ports/table.ts';
import { keptBefore } from '../protocol/left-half-done.ts';
import {
  askedBack,
  findHopUp,
  isOnItsWayBack,
  takeHopBack,
  turnGivenBack,
  withoutHoldOf,
} from '../protocol/rollback.ts';
import { onItsWay } from '../protocol/rollback-view.ts';
import { upgradeEntry } from '../protocol/settle.ts';
import { type Refusal, wrongState } from '../queries/refusal.ts';
import { planRollback, type RollbackPlan } from '../queries/rollback-plan.ts';
import { auditEntry, change, writeMark } from '../store/change.ts';
import { ClusterControls, clusterPartition, Upgrades } from '../store/entities.ts';
import { decode, load, type Read, replace } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { planBlocked, requested, takenUpAt } from './requests.ts';

/**
 * Says what taking a cluster one minor back would do and, when it is approved, starts its execution, which asks for its grant like any other. From
 * then on the cluster is held, so a hop that runs there parks at its next change. Fails with `ClusterGone` and `RollbackBlocked`.
 */
export async function requestRollback(
  ports: Pick<Ports, 'table' | 'clock' | 'executions' | 'ids'>,
  cluster: ClusterRecord,
  by: string,
  {
    approve,
    extendSupport,
    reason: why,
  }: { readonly approve: boolean; readonly reason?: string | undefined } & Pick<Upgrade, 'extendSupport'>,
): Promise<RollbackPlan> {
  const plan = await planRollback(ports, cluster, { extendSupport });
  if (!approve) return plan;
  const refuse = (refusals: RollbackPlan['refusals']) =>
    planBlocked('RollbackBlocked', `${cluster.name} is not taken back`, { ...plan, refusals });
  if (plan.refusals.length > 0) throw refuse(plan.refusals);
  const { clusterKey } = cluster;
  const { from, to } = plan;
  const { execution, input, start } = requested(ports, 'rollback-cluster', cluster, by, { targetVersion: to });
  await change(ports, async (now) => {
    // A hop may have told EKS to leave this minor since the plan was made. That stands in no item that is written here, but it is on record.
    const chain = new Map([[clusterKey, await ports.table.auditHead(clusterKey)]]);
    const hop = await findHopUp(ports.table, cluster, KubeVersion.parse(from));
    if (hop !== undefined) throw refuse([onItsWay(hop, cluster.name, true)]);
    const id = rollbackId(from, to);
    const read = await load(ports.table, Upgrades, clusterKey, id);
    if (read?.data.status === 'Running') return { result: undefined };
    const going = read !== undefined && Upgrades.active(read.data) ? read.data : undefined;
    const upgrade: Upgrade = {
      ...{ clusterKey, id, machine: 'rollback-cluster', from, to, status: 'Pending' },
      ...(going === undefined ? await keptBefore(ports.table, read?.data) : { ...going }),
      ...{ requestedBy: by, requestReason: why, execution, input, reasons: going?.reasons ?? [] },
      resumeAt: takenUpAt(now),
      ...given({ reversibleUntil: plan.until ?? undefined, extendSupport }),
      startedAt: going?.startedAt ?? now.toISOString(),
    };
    const asked = await askedBack(ports.table, { clusterKey, upgradeId: id, from, to }, now);
    return {
      result: undefined,
      writes: [replace(Upgrades, read, upgrade), ...asked],
      record: [
        auditEntry(clusterKey, 'RollbackRequested', by, {
          upgradeId: id,
          from,
          to,
          execution,
          extendSupport,
          reason: why,
        }),
      ],
      chain,
    };
  });
  await start();
  return { ...plan, status: 'Started', execution };
}

/** The waiting or running rollback of a cluster. */
export const findRollback = async (table: Table, clusterKey: string): Promise<Read<Upgrade> | undefined> =>
  (await rollbacksOf(table, clusterKey)).find(({ data }) => Upgrades.active(data));

async function rollbacksOf(table: Table, clusterKey: string): Promise<Read<Upgrade>[]> {
  const items = await table.queryPartition(clusterPartition(clusterKey), 'UPGRADE#rollback-');
  return items.map((item) => decode(Upgrades, item)).filter(({ data }) => isRollback(data));
}

/**
 * Lets later waves begin again that a half-way failed rollback keeps back, once its cluster is released or tried again. `written`: waves that the
 * transaction writes already.
 */
export async function letWaveGoOn(table: Table, clusterKey: string, written: readonly Wave[]) {
  const ended = (await rollbacksOf(table, clusterKey)).sort((a, b) =>
    `${a.data.endedAt}`.localeCompare(`${b.data.endedAt}`),
  );
  const last = ended.at(-1)?.data;
  return last === undefined ? [] : turnGivenBack(table, { ...last, status: 'Succeeded' }, written);
}

export const refuseWhileGoingBack = (name: string, { from, to, status }: Upgrade): Refusal =>
  wrongState(
    `${name} is being taken back from ${from} to ${to} (${status}), so that nothing is tried again there. To give the rollback up: liftlock release cluster ${name}`,
  );

/**
 * Ends a rollback that waits, and its hold. What it has taken back already stays where it is, such as node groups one minor behind their control
 * plane. `written`: waves that the transaction writes already.
 */
export async function giveUpRollback(
  table: Pick<Table, 'get' | 'queryPartition'>,
  back: Read<Upgrade>,
  control: Read<ClusterControl> | undefined,
  { by, now, why = `${by} has given it up.` }: { readonly by: string; readonly now: Date; readonly why?: string },
  written: readonly Wave[] = [],
) {
  const { clusterKey, id, mutated } = back.data;
  const { resumeAt: _, ...rest } = back.data;
  const ended: Upgrade = {
    ...rest,
    status: mutated ? 'Failed' : 'Canceled',
    reasons: [reason('RollbackGivenUp', why)],
    endedAt: now.toISOString(),
  };
  const { held } = control?.data ?? {};
  // An earlier hold stays, and has to be released after this.
  const next = withoutHoldOf(control?.data ?? { clusterKey }, id);
  // A control plane that is on its way back arrives there, whoever gives the rollback up. Its hop ends with that: otherwise it would take the control
  // plane up again by itself.
  const left = (await isOnItsWayBack(table, back.data)) ? await takeHopBack(table, ended, now) : undefined;
  const waves = left?.waves.map(({ after }) => after) ?? [];
  const turn = await turnGivenBack(table, { ...ended, status: 'Canceled' }, [...written, ...waves]);
  const entries = (left?.hops ?? []).map((one) => upgradeEntry(clusterKey, one));
  return {
    result: next,
    writes: [
      replace(Upgrades, back, ended),
      replace(ClusterControls, control, next),
      ...turn,
      ...(left === undefined ? [] : [...left.writes, await writeMark(table, now)]),
    ],
    record: [auditEntry(clusterKey, 'RollbackGivenUp', by, { held, upgradeId: id, mutated }), ...entries],
    ended,
    left: left?.waves ?? [],
  };
}
