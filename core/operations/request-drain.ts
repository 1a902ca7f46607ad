import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { shortId } from '../model/cluster-key.ts';
import { compareTexts } from '../model/compare-texts.ts';
import { given } from '../model/given.ts';
import { EKSCTL_LABEL, GROUP_LABEL, type GroupKind, kindOfGroup } from '../model/node-owner.ts';
import type { DrainSettings } from '../nodes/drain-move.ts';
import { drainNotAllowed, drainSettingsOf, showsBudgets } from '../nodes/drain-settings.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table } from '../ports/table.ts';
import { openUndoEntries, undoOf } from '../protocol/undo.ts';
import type { AskedPlan } from '../queries/asked-plan.ts';
import { loadClusterNow } from '../queries/load-cluster-now.ts';
import { invalidInput, wrongState } from '../queries/refusal.ts';
import { refusalsByHand } from '../queries/upgrade-plan.ts';
import { memberRules, rulesByHand } from '../rollout/member-rules.ts';
import { isDrain, latestScansOf } from '../scan/fleet/report-store.ts';
import { auditEntry, change, changeAndTell, upgradeChanged } from '../store/change.ts';
import { clusterPartition, Upgrades } from '../store/entities.ts';
import { decode, put, type Read, replace } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { planBlocked, type RequestPorts, requested, takenUpAt } from './requests.ts';

/** What a drain of one node group by Liftlock itself would do, or has begun. */
export interface RequestedDrain extends AskedPlan {
  readonly nodegroup: string;
  readonly kind: GroupKind;
  /** The policy that the drain goes by, and its settings for drains; null where there is none. */
  readonly policy: string | null;
  readonly drain: DrainSettings | null;
  /** Which nodes are concerned, what stood in the way of evictions at the last look, and whether other nodes are known. */
  readonly foreseen: readonly string[];
}

/**
 * Says what a drain would do and, when it is approved, starts its execution, which asks for its grant like any other. Fails with `ClusterGone`,
 * `InvalidInput` (no such group) and `DrainBlocked`.
 */
export async function requestDrain(
  ports: RequestPorts,
  record: ClusterRecord,
  nodegroup: string,
  by: string,
  { approve, reason }: { readonly approve: boolean; readonly reason?: string | undefined },
): Promise<RequestedDrain> {
  const plan = await planDrain(ports, record, nodegroup);
  if (!approve) return plan;
  if (plan.refusals.length > 0)
    throw planBlocked('DrainBlocked', `${nodegroup} of ${record.name} is not drained`, plan);
  const { clusterKey, version } = record;
  const about = { targetVersion: version, nodegroup };
  const { name, input, execution, start } = requested(ports, 'drain-nodes', record, by, about);
  await change(ports, async (now) => {
    const upgrade: Upgrade = {
      clusterKey,
      id: `drain-nodes-${name}`,
      machine: 'drain-nodes',
      from: version,
      to: version,
      status: 'Pending',
      mutated: false,
      steps: {},
      nodegroupKind: plan.kind,
      requestedBy: by,
      ...given({ requestReason: reason }),
      execution,
      input,
      reasons: [],
      resumeAt: takenUpAt(now),
      startedAt: now.toISOString(),
    };
    return {
      result: undefined,
      writes: [put(Upgrades, upgrade, 'absent')],
      // Evidence of the drain shows the entries that name it.
      record: [
        auditEntry(clusterKey, 'DrainRequested', by, {
          upgradeId: upgrade.id,
          nodegroup,
          execution,
          ...given({ reason }),
        }),
      ],
    };
  });
  await start();
  return { ...plan, status: 'Started', execution };
}

async function planDrain(ports: RequestPorts, record: ClusterRecord, nodegroup: string): Promise<RequestedDrain> {
  const { snapshot, cluster } = await loadClusterNow(ports, record);
  const groups = [...cluster.nodegroups.map(({ name }) => name), ...groupsOfEksctl(cluster)];
  if (!groups.includes(nodegroup)) {
    const known = groups.length === 0 ? 'none is known' : `it has ${groups.join(', ')}`;
    const read =
      cluster.otherNodes === undefined ? 'which nobody has read yet' : `as read at ${cluster.otherNodes.seenAt}`;
    const others = `Groups that EKS does not manage are known from nodes, ${read}: liftlock scan cluster ${cluster.name}`;
    throw invalidInput(
      `${cluster.name} has no node group "${nodegroup.slice(0, 63)}" that is known: ${known}. ${others}`,
    );
  }
  const kind = kindOfGroup(cluster, nodegroup);
  if (kind === 'managed' && groupsOfEksctl(cluster).includes(nodegroup))
    throw invalidInput(
      `${cluster.name} has two node groups "${nodegroup}", one of EKS and one of eksctl, as its nodes were read at ${cluster.otherNodes?.seenAt}: the name does not tell which to drain. Once one of them is gone: liftlock scan cluster ${cluster.name}`,
    );
  const now = ports.clock.now();
  const scans = await latestScansOf(ports.table, [cluster.clusterKey]);
  const { policy } = rulesByHand(snapshot, cluster, memberRules(snapshot, now)).rules;
  const drain = policy && drainSettingsOf(policy);
  const running = snapshot.upgrades.find(
    (one) => one.clusterKey === cluster.clusterKey && one.machine === 'drain-nodes',
  );
  const refusals = [
    ...(drain === undefined ? [drainNotAllowed(cluster.name, policy?.metadata.name)] : []),
    ...(running === undefined || !Upgrades.active(running) ? [] : [underWay(cluster, running)]),
    ...refusalsByHand(snapshot, cluster, KubeVersion.parse(cluster.version), now),
  ];
  return {
    cluster: shortId(cluster),
    clusterKey: cluster.clusterKey,
    nodegroup,
    kind,
    status: refusals.length > 0 ? 'Blocked' : 'NotApproved',
    policy: policy?.metadata.name ?? null,
    drain: drain ?? null,
    foreseen: [
      ...nodesFor(cluster, nodegroup, kind, await drainsOf(ports, cluster.clusterKey)),
      ...evictionsFor(cluster, policy?.spec, scans.get(cluster.clusterKey)),
    ],
    refusals,
    execution: null,
  };
}

function nodesFor(cluster: ClusterRecord, nodegroup: string, kind: GroupKind, drains: readonly Upgrade[]): string[] {
  const { nodegroups, otherNodes, fargateProfiles, autoMode } = cluster;
  const label = kind === 'managed' ? GROUP_LABEL : EKSCTL_LABEL;
  const others = [...nodegroups.filter(({ desiredSize }) => desiredSize !== 0), ...(otherNodes?.groups ?? [])].filter(
    ({ name }) => name !== nodegroup,
  );
  const left = others.map((group) => leftCordonedBy(drains, group));
  const isElsewhere = autoMode || fargateProfiles.length > 0 || left.includes(undefined);
  const then = `pods that are evicted have nowhere to go, and the drain waits for them: they go one by one, and none while one has no node.`;
  const named = left.flatMap((one) => one && `${one.input?.nodegroup} by ${one.id} at ${one.endedAt}`);
  const alone =
    left.length === 0
      ? `No node outside ${nodegroup} is known: ${then}`
      : `All nodes outside ${nodegroup} that are known were drained and left cordoned: ${named.join(', ')}. Unless they were replaced or taken into use again since (kubectl uncordon NODE), ${then}`;
  const own = [...nodegroups, ...(otherNodes?.groups ?? [])].find(({ name }) => name === nodegroup);
  const before = own && leftCordonedBy(drains, own);
  const drained = before && [
    `All nodes of ${nodegroup} were drained by ${before.id} at ${before.endedAt}, and left cordoned: unless they were replaced or taken into use again since, nothing is left to drain.`,
  ];
  return [`Its nodes: kubectl get nodes -l ${label}=${nodegroup}`, ...(drained ?? []), ...(isElsewhere ? [] : [alone])];
}

/** The drain that has left all nodes of a group cordoned, as far as is known: nodes of another version have taken their place since. */
const leftCordonedBy = (
  drains: readonly Upgrade[],
  { name, version }: { readonly name?: string | undefined; readonly version?: string | undefined },
): Upgrade | undefined =>
  drains.findLast(
    ({ input, status, to }) =>
      status === 'Succeeded' && name !== undefined && input?.nodegroup === name && to === version,
  );

/**
 * What the newest look has found in the way of evictions, for whatever minor it was: a PodDisruptionBudget does not depend on the version that nodes
 * go to.
 */
function evictionsFor(
  { name, version }: ClusterRecord,
  spec: UpgradePolicy['spec'] | undefined,
  latest: LatestScans | undefined,
): string[] {
  const look = `Now: ${showsBudgets(spec, name, KubeVersion.parse(version))}`;
  const [newest] = latest?.scans ?? [];
  const found = newest?.causes.filter(isDrain).flatMap(({ what }) => what ?? []) ?? [];
  if (newest === undefined) return [`What may keep pods from being evicted is not known beforehand. ${look}`];
  if (found.length === 0) return [`The look of ${newest.scannedAt} has named nothing in the way of evictions. ${look}`];
  // What the scan has found is of a roll, which the policy may have forced in the end.
  const never = spec?.nodes?.podEvictionFailure?.force === undefined ? '' : 'A drain forces nothing. ';
  return [`In the way of evictions at ${newest.scannedAt}: ${found.join(' ')} ${never}${look}`];
}

const underWay = ({ name }: ClusterRecord, { id, startedAt = '' }: Upgrade): Reason =>
  reason('UpgradeUnderWay', `The drain ${id} of ${name} is under way since ${startedAt}.`);

/** Groups of eksctl that were seen on nodes. */
const groupsOfEksctl = ({ otherNodes }: ClusterRecord): string[] =>
  (otherNodes?.groups ?? []).flatMap(({ kind, name }) => (kind === 'selfManaged' && name !== undefined ? [name] : []));

/**
 * Ends a drain that runs or waits: from this moment on none of its calls is committed, and its cordons are taken back once its execution has ended.
 * Fails with `WrongState` where no drain of that group is under way.
 */
export function cancelDrain(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  cluster: ClusterRecord,
  nodegroup: string,
  by: string,
  why: string,
) {
  const { clusterKey } = cluster;
  return changeAndTell(ports, async (now) => {
    const read = await findDrain(ports, clusterKey, nodegroup);
    if (read === undefined)
      throw wrongState(
        `No drain of ${nodegroup} in ${cluster.name} is under way. What ran: liftlock get upgrades --all`,
      );
    const said = `${by} has canceled the drain: ${why}`;
    const { resumeAt: _, ...rest } = read.data;
    const ended: Upgrade = {
      ...rest,
      status: 'Canceled',
      reasons: [reason('DrainCanceled', said)],
      endedAt: now.toISOString(),
    };
    const undo = undoOf(ended, await openUndoEntries(ports.table, clusterKey, ended.id), now);
    const detail = { upgradeId: ended.id, reason: why, undo: undo?.id };
    return {
      /** `undo`: the upgrade that takes the cordons back; null where there are none. */
      result: { cluster: shortId(cluster), upgrade: ended.id, undo: undo?.id ?? null },
      writes: [replace(Upgrades, read, ended), ...(undo === undefined ? [] : [put(Upgrades, undo, 'absent')])],
      record: [auditEntry(clusterKey, 'DrainCanceled', by, detail)],
      events: ([change]) => [upgradeChanged(ended, change)],
    };
  });
}

async function findDrain({ table }: Pick<Ports, 'table'>, clusterKey: string, nodegroup: string) {
  const drains = await readDrains(table, clusterKey);
  return drains.find(({ data }) => Upgrades.active(data) && data.input?.nodegroup === nodegroup);
}

/** The drains of a cluster that have begun, the oldest first. */
const drainsOf = async ({ table }: Pick<Ports, 'table'>, clusterKey: string): Promise<Upgrade[]> =>
  (await readDrains(table, clusterKey))
    .map(({ data }) => data)
    .sort((a, b) => compareTexts(a.startedAt ?? '', b.startedAt ?? ''));

async function readDrains(table: Table, clusterKey: string): Promise<Read<Upgrade>[]> {
  const items = await table.queryPartition(clusterPartition(clusterKey), 'UPGRADE#drain-nodes-');
  return items.map((item) => decode(Upgrades, item));
}
