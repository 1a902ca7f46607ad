import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ReasonCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { nodesText, OTHER_OWNERS } from '../model/node-owner.ts';
import { foreseeWayBack, SEVEN_DAYS, wayBack } from '../model/way-back.ts';
import { managedGroups } from '../nodes/managed-groups/managed-group.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionCalendar } from '../version/region-calendar.ts';

/** May EKS still take the control plane one minor back (facts: eks.md §3)? Told by our own record of when the upgrade ended. */
export interface RollbackView {
  readonly status: 'Reversible' | 'NotReversible' | 'Unknown';
  /** The minor it would go back to. */
  readonly to: string | null;
  readonly until: string | null;
  readonly reasons: readonly Reason[];
}

/** Until when EKS takes a control plane back that reached its version at this instant. */
export const rollbackEnd = (completedAt: string): Date => new Date(Date.parse(completedAt) + SEVEN_DAYS);

export function rollbackView(
  cluster: ClusterRecord,
  upgrades: readonly Upgrade[],
  region: RegionVersions | undefined,
  now: Date,
): RollbackView {
  const current = KubeVersion.parse(cluster.version);
  const before = `${current.major}.${current.minor - 1}`;
  const wasAt = upgrades.find((one) => one.controlPlaneCompletedAt && current.isOlderThan(KubeVersion.parse(one.to)));
  if (wasAt !== undefined) {
    const text = `The control plane reached ${wasAt.to} at ${wasAt.controlPlaneCompletedAt} and is at ${current} again; EKS takes it back once, and only to the minor before an upgrade.`;
    return nowhere('NotReversible', 'TakenBackOnce', text);
  }
  const completedAt = upgrades
    .flatMap((one) => (one.to === current.toString() ? (one.controlPlaneCompletedAt ?? []) : []))
    .sort()
    .at(-1);
  if (completedAt === undefined) return notOurs(cluster, now);
  const to = KubeVersion.parse(before);
  const known = { now, calendar: regionCalendar(region), supportType: cluster.supportType };
  const { until, reasons: asked } = wayBack(to, { ...known, completedAt: new Date(completedAt) });
  if (until === undefined) {
    const [unsupported] = asked;
    if (unsupported !== undefined) return { status: 'NotReversible', to: null, until: null, reasons: [unsupported] };
    const text = `The control plane reached ${current} at ${completedAt}; EKS rolls back within 7 days, until ${rollbackEnd(completedAt).toISOString()}.`;
    return nowhere('NotReversible', 'TooLate', text);
  }
  const halfRolled = unreadRolls(cluster, upgrades, current);
  const reasons = [...asked, ...nodesFirst(cluster, current, to), ...halfRolled, ...addonsFirst(cluster, to)];
  return { status: 'Reversible', to: before, until: until.toISOString(), reasons };
}

/** So many groups are named: a reason is cut at some length. */
const MOST_NAMED = 6;

/** Each group of nodes that has followed the control plane, with what brings it back. */
function nodesFirst({ name: clusterName, ...cluster }: ClusterRecord, current: KubeVersion, to: KubeVersion): Reason[] {
  const hasFollowed = (version = '') => KubeVersion.tryParse(version)?.equals(current) === true;
  const seen = cluster.otherNodes?.groups ?? [];
  const groups = cluster.nodegroups.flatMap(({ name, version, amiType, status }) => {
    const own = seen.filter((one) => one.kind === 'managed' && one.name === name);
    const isAhead = own.length > 0 ? own.some((one) => hasFollowed(one.version)) : hasFollowed(version);
    if (!isAhead) return [];
    const nodegroup = { clusterName, nodegroupName: name, status, ...given({ version, amiType }) };
    const move = managedGroups.takeBack({ nodegroup, image: amiType === 'CUSTOM' ? 'nobody' : 'eks' }, to);
    if (move.type !== 'call') return [`${name} (${move.reason.message.replace(/\.$/, '')})`];
    const how = `aws eks update-nodegroup-version --region ${cluster.region} --cluster-name ${clusterName} --nodegroup-name ${name} --kubernetes-version ${to}`;
    return [`${name} (${how})`];
  });
  const others = seen.flatMap(({ kind, name, version, count }) =>
    kind === 'managed' || !hasFollowed(version)
      ? []
      : [`${nodesText(kind, count, name)} (${OTHER_OWNERS[kind].takenBackBy})`],
  );
  const all = [...groups, ...others];
  if (all.length === 0) return [];
  const more = all.length > MOST_NAMED ? `; and ${all.length - MOST_NAMED} more` : '';
  const said = `Nodes run ${current} and have to go back to ${to} first: ${all.slice(0, MOST_NAMED).join('; ')}${more}.`;
  return [reason('NodesFirst', said)];
}

/** Of a roll that has begun and is not done EKS tells the version before, while nodes run both: only a look at them since tells which. */
function unreadRolls({ nodegroups, otherNodes }: ClusterRecord, upgrades: readonly Upgrade[], current: KubeVersion) {
  return nodegroups.flatMap(({ name, version }): Reason[] => {
    const rolls = upgrades.flatMap(({ to, steps }) =>
      to === `${current}` ? (steps[`roll-node-group/${name}`] ?? []) : [],
    );
    const [last] = rolls.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    const isRead = last?.endedAt != null && otherNodes !== undefined && otherNodes.seenAt >= last.endedAt;
    if (last === undefined || last.status === 'done' || isRead || version === `${current}`) return [];
    const said = `The roll of ${name} to ${current} has begun and is not through (${last.status}): its nodes that run ${current} have to go back first (kubectl get nodes).`;
    return [reason('NodesFirst', said)];
  });
}

/** Each hop brings it along, and it may never be newer than its API server (Kubernetes' version skew policy). */
const addonsFirst = ({ addons }: ClusterRecord, to: KubeVersion): Reason[] =>
  addons.flatMap(({ name, version }) => {
    if (name !== 'kube-proxy' || KubeVersion.tryParse(version)?.minorsBehind(to) !== -1) return [];
    const said = `The add-on ${name} is at ${version}; it has to go to a version for ${to} first, since it may not be newer than the control plane.`;
    return [reason('AddonsFirst', said)];
  });

/** EKS does not tell when an upgrade completed; without our own record only the age of what we saw helps. */
function notOurs(cluster: ClusterRecord, now: Date): RollbackView {
  const seen = cluster.versionObservedAt;
  const old = now.getTime() - Date.parse(seen) >= SEVEN_DAYS;
  if (old) {
    const text = `It has been at ${cluster.version} since ${seen} or longer; EKS rolls back within 7 days.`;
    return nowhere('NotReversible', 'TooLate', text);
  }
  const text = `Liftlock did not see the upgrade to ${cluster.version} end and saw the cluster there first at ${seen}; EKS does not tell when it completed.`;
  return nowhere('Unknown', 'NotObserved', text);
}

const nowhere = (status: RollbackView['status'], code: ReasonCode, text: string): RollbackView => {
  return { status, to: null, until: null, reasons: [reason(code, text)] };
};

/** What will be so of the way back of the cluster's next hop; empty where none is to come. */
export const reversalOf = (
  { version, supportType }: ClusterRecord,
  hops: readonly KubeVersion[],
  region: RegionVersions | undefined,
  now: Date,
): Reason[] =>
  hops.length === 0
    ? []
    : foreseeWayBack(KubeVersion.parse(version), { now, calendar: regionCalendar(region), supportType });
