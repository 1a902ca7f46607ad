import type { ClusterRecord } from '../../contracts/items/cluster.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import { isRolled, type NodesSpec } from '../../model/image-rule.ts';
import { kubeProxySkew } from '../../model/lag.ts';
import { lostCluster } from '../../model/passing-status.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { checkSkew } from '../../version/skew.ts';
import { al2Ami, hasNoImage, NEW_GROUP, noImageText } from './node-group-checks.ts';

interface Proved {
  readonly reason: Reason;
  /** The cause by which a scan reports the same; absent where the scan reports it for the cluster. */
  readonly scanned?: string;
  /** The check that a waiver may name to cover it; absent where nothing covers it. */
  readonly rule?: string;
}

/**
 * Everything in the inventory that certainly stops the hop to a version, with the texts of the checks that stop it. `isFirst`: the hop begins at the
 * cluster's present version. Before a later hop Liftlock has updated every group except those with a custom AMI that the policy has no rule for
 * (`nodes`).
 */
export function provedBlockers(
  cluster: ClusterRecord,
  target: KubeVersion,
  isFirst: boolean,
  nodes: NodesSpec,
): readonly Proved[] {
  const known = proved.get(cluster) ?? new Map<string, readonly Proved[]>();
  proved.set(cluster, known);
  const stay = cluster.nodegroups.filter((group) => isFirst || !isRolled(nodes, group)).map(({ name }) => name);
  const key = `${target} ${isFirst} ${stay}`;
  const reasons = known.get(key) ?? prove(cluster, target, isFirst, stay);
  known.set(key, reasons);
  return reasons;
}

/** A plan is made many times from the same records. */
const proved = new WeakMap<ClusterRecord, Map<string, readonly Proved[]>>();

/** `stay`: groups that will not be updated by then. */
function prove(cluster: ClusterRecord, target: KubeVersion, isFirst: boolean, stay: readonly string[]): Proved[] {
  const lost = lostCluster(cluster);
  const groups = cluster.nodegroups.map(({ name: nodegroupName, ...group }) => ({ nodegroupName, ...group }));
  const images = groups
    .filter((group) => hasNoImage(group, target))
    .map((group) => ({
      ...ofGroup(group.nodegroupName, reason('ScanFinding', `${noImageText(group)} ${NEW_GROUP}`)),
      rule: al2Ami.name,
    }));
  const now = KubeVersion.parse(cluster.version);
  const skewed = skewOf(cluster, [...(isFirst ? [now] : []), target], stay);
  // The add-on step brings a kube-proxy along that is too old, and nothing brings one back that is too new.
  const notOlder = cluster.addons.filter(({ version }) => KubeVersion.tryParse(version)?.isOlderThan(now) !== true);
  const proxy = isFirst ? kubeProxySkew(notOlder, now).map((text) => ({ reason: reason('VersionSkew', text) })) : [];
  return [...(lost === undefined ? [] : [{ reason: lost }]), ...images, ...skewed, ...proxy];
}

/** Violations of the skew policy by the given API server versions, once for each group. */
export function skewOf(
  { nodegroups }: Pick<ClusterRecord, 'nodegroups'>,
  apiServers: readonly KubeVersion[],
  groups: readonly string[],
): Proved[] {
  return nodegroups.flatMap(({ name, version }) => {
    if (version === undefined || !groups.includes(name)) return [];
    const all = apiServers.flatMap((at) => checkSkew(at, [{ kind: 'kubelet', name, version }]).reasons);
    return all.slice(0, 1).map((text) => ofGroup(name, reason('VersionSkew', text)));
  });
}

const ofGroup = (name: string, why: Reason): Proved => ({ reason: why, scanned: `nodegroup:${name}` });
