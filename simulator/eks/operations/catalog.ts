import type { OperationContext } from '../operation-context.ts';
import { describeAccessEntry, listAccessEntries, listAssociatedAccessPolicies } from './access-entries.ts';
import { describeAddon, listAddons } from './addons.ts';
import { cancelUpdate } from './cancel-update.ts';
import { createCluster } from './create-cluster.ts';
import { createNodegroup } from './create-nodegroup.ts';
import { deleteCluster } from './delete-cluster.ts';
import { deleteNodegroup } from './delete-nodegroup.ts';
import { describeAddonVersions } from './describe-addon-versions.ts';
import { describeCluster } from './describe-cluster.ts';
import { describeClusterVersions } from './describe-cluster-versions.ts';
import { describeFargateProfile, listFargateProfiles } from './fargate-profiles.ts';
import { describeInsight, describeInsightsRefresh, listInsights, startInsightsRefresh } from './insights.ts';
import { listClusters } from './list-clusters.ts';
import { describeNodegroup, listNodegroups } from './nodegroups.ts';
import { tagResource, untagResource } from './tag-resource.ts';
import { updateAddon } from './update-addon.ts';
import { updateClusterConfig } from './update-cluster-config.ts';
import { updateClusterVersion } from './update-cluster-version.ts';
import { updateNodegroupConfig } from './update-nodegroup-config.ts';
import { updateNodegroupVersion } from './update-nodegroup-version.ts';
import { describeUpdate, listUpdates } from './updates.ts';

/** Every operation of the fake EKS, by the API's name. */
export const operations = {
  CancelUpdate: cancelUpdate,
  CreateCluster: createCluster,
  CreateNodegroup: createNodegroup,
  DeleteCluster: deleteCluster,
  DeleteNodegroup: deleteNodegroup,
  DescribeAccessEntry: describeAccessEntry,
  DescribeAddon: describeAddon,
  DescribeAddonVersions: describeAddonVersions,
  DescribeCluster: describeCluster,
  DescribeClusterVersions: describeClusterVersions,
  DescribeFargateProfile: describeFargateProfile,
  DescribeInsight: describeInsight,
  DescribeInsightsRefresh: describeInsightsRefresh,
  DescribeNodegroup: describeNodegroup,
  DescribeUpdate: describeUpdate,
  ListAccessEntries: listAccessEntries,
  ListAddons: listAddons,
  ListAssociatedAccessPolicies: listAssociatedAccessPolicies,
  ListClusters: listClusters,
  ListFargateProfiles: listFargateProfiles,
  ListInsights: listInsights,
  ListNodegroups: listNodegroups,
  ListUpdates: listUpdates,
  StartInsightsRefresh: startInsightsRefresh,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAddon: updateAddon,
  UpdateClusterConfig: updateClusterConfig,
  UpdateClusterVersion: updateClusterVersion,
  UpdateNodegroupConfig: updateNodegroupConfig,
  UpdateNodegroupVersion: updateNodegroupVersion,
};

export type OperationName = keyof typeof operations;
export type OperationInput<N extends OperationName> = Parameters<(typeof operations)[N]>[1];
export type OperationOutput<N extends OperationName> = ReturnType<(typeof operations)[N]>;

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

/** The one place where the name and the input's type meet; callers go through FakeEks, which types them. */
export const handlers = operations as unknown as Readonly<
  Record<string, (context: OperationContext, input: object) => object>
>;

/** Those that change something at AWS. StartInsightsRefresh is not one of them (protocol: mutating calls). */
export const mutatingOperations: ReadonlySet<string> = new Set([
  'CancelUpdate',
  'CreateCluster',
  'CreateNodegroup',
  'DeleteCluster',
  'DeleteNodegroup',
  'TagResource',
  'UntagResource',
  'UpdateAddon',
  'UpdateClusterConfig',
  'UpdateClusterVersion',
  'UpdateNodegroupConfig',
  'UpdateNodegroupVersion',
]);
