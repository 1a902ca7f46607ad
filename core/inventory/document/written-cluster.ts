import type { ClusterControl, ClusterRecord } from '../../contracts/items/cluster.ts';
import { unreachable } from '../../model/unreachable.ts';
import type { WrittenCluster } from './inventory-schema.ts';

/** One cluster as the inventory document has it: all that policies can ask about, and what keeps Liftlock away. */
export function writtenCluster(cluster: ClusterRecord, control: ClusterControl | undefined): WrittenCluster {
  const { name, account, region, version, arn, createdAt, labels, tags, status, autoMode } = cluster;
  const held = control?.held;
  return {
    name,
    accountId: account,
    region,
    kubernetesVersion: version,
    labels,
    arn,
    createdAt,
    tags,
    ...present('platformVersion', cluster.platformVersion),
    status,
    ...present('supportType', cluster.supportType),
    ...present('authenticationMode', cluster.authenticationMode),
    autoMode,
    endpoint: cluster.endpoint,
    nodegroups: cluster.nodegroups,
    fargateProfiles: cluster.fargateProfiles,
    addons: cluster.addons,
    insights: cluster.insights,
    managedBy: cluster.managedBy,
    ...present('unsupported', cluster.unsupported),
    ...present('plannedChanges', cluster.plannedChanges),
    ...present('unreachable', unreachable(cluster)?.message),
    ...(held === undefined ? {} : { held: { reason: held.reason, since: held.since } }),
    ...present('deletedAt', cluster.deletedAt),
  };
}

const present = (name: string, value: unknown) => (value === undefined ? {} : { [name]: value });
