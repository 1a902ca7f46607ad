import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { checkSkew } from '../version/skew.ts';

type Parts = Pick<ClusterRecord, 'version' | 'nodegroups' | 'addons'>;

/** Nodes that are older than the control plane, as the inventory knows them. */
export interface Lag {
  /** `customAmi`: EKS takes no version for the group, so whoever owns its launch template rolls it. */
  readonly kind: 'managed' | 'customAmi';
  readonly nodegroup: string;
  readonly version: KubeVersion;
  /** The first version that the control plane cannot go to while they stay (Kubernetes' version skew policy). */
  readonly blocks: KubeVersion;
}

/** Which nodes of a cluster lag behind its control plane, the oldest first. A group whose version cannot be read is not known to. */
export function lagOf({ version, nodegroups }: Pick<Parts, 'version' | 'nodegroups'>): Lag[] {
  const controlPlane = KubeVersion.parse(version);
  const lags = nodegroups.flatMap((group): Lag[] => {
    const own = group.version === undefined ? undefined : KubeVersion.tryParse(group.version);
    if (own?.isOlderThan(controlPlane) !== true) return [];
    const kind = group.amiType === 'CUSTOM' ? 'customAmi' : 'managed';
    return [{ kind, nodegroup: group.name, version: own, blocks: firstBlocked(controlPlane, own) }];
  });
  return lags.sort((a, b) => a.version.compare(b.version));
}

/** Add-ons whose version EKS does not list for the cluster's: one that it lists is never behind, however old it is. */
const addonsBehind = ({ addons }: Parts): ClusterRecord['addons'] =>
  addons.filter(({ compatible }) => compatible === false);

/** Whether Liftlock can bring something of what lags behind to the control plane's version. */
export const canFinish = (cluster: Parts): boolean =>
  lagOf(cluster).some(({ kind }) => kind === 'managed') ||
  addonsBehind(cluster).some(({ wants }) => wants !== undefined);

function firstBlocked(controlPlane: KubeVersion, nodes: KubeVersion): KubeVersion {
  const kubelet = { kind: 'kubelet', name: '', version: nodes.toString() } as const;
  let next = controlPlane.next();
  while (checkSkew(next, [kubelet]).ok) next = next.next();
  return next;
}

/** Why a cluster is not whole whose control plane is at its target. */
export type LagCode = 'NodesBehind' | 'AddonsBehind' | 'ManualNodes';

/**
 * What a cluster is whose control plane is at its target and that is not whole: `NodesBehind` where Liftlock can roll one of the groups,
 * else `AddonsBehind`, or `ManualNodes` where nothing but nodes of others is behind.
 */
export function lagCode(cluster: Parts): LagCode | undefined {
  const lags = lagOf(cluster);
  if (lags.some(({ kind }) => kind === 'managed')) return 'NodesBehind';
  if (addonsBehind(cluster).length > 0) return 'AddonsBehind';
  return lags.length === 0 ? undefined : 'ManualNodes';
}

export const isLag = ({ code }: Pick<Reason, 'code'>): boolean =>
  code === 'NodesBehind' || code === 'AddonsBehind' || code === 'ManualNodes';

/** The same with everything that is behind, by name. */
export function lagReason(cluster: Parts & Pick<ClusterRecord, 'name'>): Reason | undefined {
  const code = lagCode(cluster);
  if (code === undefined) return undefined;
  const nodes = lagOf(cluster).map(({ kind, nodegroup, version, blocks }) => {
    const whose = kind === 'managed' ? '' : ' (a custom AMI, which whoever owns its launch template rolls)';
    return `${nodegroup} is at ${version}${whose} and stops the hop to ${blocks}`;
  });
  const addons = addonsBehind(cluster).map(({ name, version, wants }) => {
    const way =
      wants === undefined ? 'and no version leads there: update or remove it by hand' : `and goes to ${wants}`;
    return `${name} ${version} is not listed for ${cluster.version}, ${way}`;
  });
  const said = [
    ...(nodes.length === 0 ? [] : [`nodes are behind: ${nodes.join('; ')}`]),
    ...(addons.length === 0 ? [] : [`add-ons are behind: ${addons.join('; ')}`]),
  ];
  return reason(code, `The control plane of ${cluster.name} is at ${cluster.version}, and ${said.join('. Its ')}.`);
}
