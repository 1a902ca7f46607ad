import type { ClusterRecord } from '../../contracts/items/cluster.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import { kubeProxySkew } from '../../model/lag.ts';
import { lostCluster } from '../../model/passing-status.ts';
import type { KubeVersion } from '../../version/kube-version.ts';
import { checkSkew } from '../../version/skew.ts';
import { hasNoImage, NEW_GROUP, noImageText } from './al2-ami.ts';

/**
 * What the inventory alone proves to stop the hop to a version, in the words of the checks that stop it. `isFirst`: the hop begins where the
 * cluster is; before a later one Liftlock has rolled every group but those with an AMI of their own.
 */
export function provedBlockers(cluster: ClusterRecord, target: KubeVersion, isFirst: boolean): readonly Reason[] {
  const known = proved.get(cluster) ?? new Map<string, readonly Reason[]>();
  proved.set(cluster, known);
  const key = `${target} ${isFirst}`;
  const reasons = known.get(key) ?? prove(cluster, target, isFirst);
  known.set(key, reasons);
  return reasons;
}

/** A plan is drawn many times over the same records. */
const proved = new WeakMap<ClusterRecord, Map<string, readonly Reason[]>>();

function prove(cluster: ClusterRecord, target: KubeVersion, isFirst: boolean): Reason[] {
  const lost = lostCluster(cluster);
  const groups = cluster.nodegroups.map(({ name: nodegroupName, ...group }) => ({ nodegroupName, ...group }));
  const images = groups
    .filter((group) => hasNoImage(group, target))
    .map((group) => reason('ScanFinding', `${noImageText(group)} ${NEW_GROUP}`));
  const old = groups.flatMap(({ nodegroupName: name, version, amiType }) => {
    if (version === undefined || (!isFirst && amiType !== 'CUSTOM')) return [];
    return checkSkew(target, [{ kind: 'kubelet', name, version }]).reasons.map((text) => reason('VersionSkew', text));
  });
  // It follows each hop, so that only the first one meets it as it is.
  const proxy = isFirst ? kubeProxySkew(cluster.addons, target).map((text) => reason('VersionSkew', text)) : [];
  return [...(lost === undefined ? [] : [lost]), ...images, ...old, ...proxy];
}
