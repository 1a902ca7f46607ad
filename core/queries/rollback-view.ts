import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ReasonCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { foreseeWayBack, SEVEN_DAYS, wayBack } from '../model/way-back.ts';
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
  const reasons: Reason[] = [...asked];
  const ahead = cluster.nodegroups.filter((group) => KubeVersion.tryParse(group.version ?? '')?.equals(current));
  if (ahead.length > 0) {
    const names = ahead.map((group) => group.name).join(', ');
    const said = ahead.length === 1 ? `group ${names} runs ${current}; it` : `groups ${names} run ${current}; they`;
    reasons.push(reason('NodesFirst', `The node ${said} must go back to ${before} first.`));
  }
  return { status: 'Reversible', to: before, until: until.toISOString(), reasons };
}

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
