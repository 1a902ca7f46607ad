import type { ClusterControl, ClusterRecord } from '../../contracts/items/cluster.ts';
import { clusterKey } from '../../model/cluster-key.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { InventoryCluster } from './inventory-schema.ts';

/** Stands for a creation time that nobody has told: long ago, so that nothing waits for a cluster to grow old. */
const LONG_AGO = '1970-01-01T00:00:00.000Z';

const NO_INSIGHTS = { passing: 0, warning: 0, error: 0, unknown: 0 };
/** What EKS gives a cluster unless somebody says otherwise. */
const ENDPOINT = { publicAccess: true, privateAccess: false, publicAccessCidrs: ['0.0.0.0/0'] };

/** A cluster of an inventory document as the inventory itself would have it; what is not written is as ordinary as can be. */
export function recordedCluster(written: InventoryCluster): ClusterRecord {
  const { name, accountId, region, labels, tags, status, autoMode, nodegroups, fargateProfiles, addons } = written;
  const arn = written.arn ?? derivedArn(written);
  const createdAt = written.createdAt === undefined ? LONG_AGO : new Date(written.createdAt).toISOString();
  const { platformVersion, supportType, authenticationMode, unsupported, unreachable, managedBy, plannedChanges } =
    written;
  return {
    clusterKey: clusterKey(arn, new Date(createdAt)),
    arn,
    createdAt,
    account: accountId,
    region,
    name,
    version: KubeVersion.parse(written.kubernetesVersion).toString(),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    status,
    ...(supportType === undefined ? {} : { supportType }),
    endpoint: written.endpoint ?? ENDPOINT,
    ...(authenticationMode === undefined ? {} : { authenticationMode }),
    autoMode,
    ...(unsupported === undefined ? {} : { unsupported }),
    nodegroups: nodegroups.map((group) => ({ ...group })),
    fargateProfiles,
    addons,
    insights: written.insights ?? NO_INSIGHTS,
    tags,
    labels,
    managedBy,
    conditions: unreachable === undefined ? [] : [unreachableSince(unreachable, createdAt)],
    unreadable: [],
    versionObservedAt: createdAt,
    lastSeenAt: written.lastSeenAt ?? createdAt,
    ...(plannedChanges === undefined ? {} : { plannedChanges }),
    ...(written.deletedAt == null ? {} : { deletedAt: written.deletedAt }),
  };
}

/** The hold on a cluster of an inventory document, where it has one. */
export const recordedHold = (key: string, { held }: InventoryCluster): ClusterControl | undefined =>
  held === undefined ? undefined : { clusterKey: key, held };

const unreachableSince = (message: string, at: string): ClusterRecord['conditions'][number] => ({
  type: 'Reachable',
  status: 'False',
  reason: 'Unreachable',
  message,
  lastTransitionTime: at,
});

/** Regions by what they begin with; all others are in the partition `aws` (AWS General Reference, ARNs and partitions). */
const PARTITIONS: readonly (readonly [string, string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-iso-', 'aws-iso'],
  ['eusc-', 'aws-eusc'],
];

/** The ARN of a cluster of which only account, Region and name are known. */
function derivedArn(cluster: { readonly accountId: string; readonly region: string; readonly name: string }) {
  const { accountId, region, name } = cluster;
  const partition = PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
  return `arn:${partition}:eks:${region}:${accountId}:cluster/${name}`;
}
