import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { checkSkew } from '../version/skew.ts';

/** Nodes that are older than the control plane, as the inventory knows them. */
export interface Lag {
  /** `customAmi`: EKS takes no version for the group, so whoever owns its launch template rolls it. */
  readonly kind: 'managed' | 'customAmi';
  readonly nodegroup: string;
  readonly version: KubeVersion;
  /** The first version that the control plane cannot go to while they stay (Kubernetes' version skew policy). */
  readonly blocks: KubeVersion;
}

/** What of a cluster lags behind its control plane, the oldest first. A group whose version cannot be read is not known to. */
export function lagOf({ version, nodegroups }: Pick<ClusterRecord, 'version' | 'nodegroups'>): Lag[] {
  const controlPlane = KubeVersion.parse(version);
  const lags = nodegroups.flatMap((group): Lag[] => {
    const own = group.version === undefined ? undefined : KubeVersion.tryParse(group.version);
    if (own?.isOlderThan(controlPlane) !== true) return [];
    const kind = group.amiType === 'CUSTOM' ? 'customAmi' : 'managed';
    return [{ kind, nodegroup: group.name, version: own, blocks: firstBlocked(controlPlane, own) }];
  });
  return lags.sort((a, b) => a.version.compare(b.version));
}

/** Whether Liftlock can bring what lags behind to the control plane's version. */
export const canFinish = (cluster: Pick<ClusterRecord, 'version' | 'nodegroups'>): boolean =>
  lagOf(cluster).some(({ kind }) => kind === 'managed');

function firstBlocked(controlPlane: KubeVersion, nodes: KubeVersion): KubeVersion {
  const kubelet = { kind: 'kubelet', name: '', version: nodes.toString() } as const;
  let next = controlPlane.next();
  while (checkSkew(next, [kubelet]).ok) next = next.next();
  return next;
}

/** Why a cluster whose control plane is at its target is not whole: `NodesBehind`, or `ManualNodes` where Liftlock can roll none of them. */
export function lagReason(cluster: Pick<ClusterRecord, 'name' | 'version' | 'nodegroups'>): Reason | undefined {
  const lags = lagOf(cluster);
  if (lags.length === 0) return undefined;
  const said = lags.map(({ kind, nodegroup, version, blocks }) => {
    const whose = kind === 'managed' ? '' : ' (a custom AMI, which whoever owns its launch template rolls)';
    return `${nodegroup} is at ${version}${whose} and stops the hop to ${blocks}`;
  });
  const code = canFinish(cluster) ? 'NodesBehind' : 'ManualNodes';
  return reason(
    code,
    `The control plane of ${cluster.name} is at ${cluster.version}, and nodes are behind: ${said.join('; ')}.`,
  );
}
