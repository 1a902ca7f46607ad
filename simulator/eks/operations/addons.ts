import type {
  Addon,
  DescribeAddonRequest,
  DescribeAddonResponse,
  ListAddonsRequest,
  ListAddonsResponse,
} from '@aws-sdk/client-eks';
import { findAddon, findCluster } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import type { OperationContext } from '../operation-context.ts';
import { paginate } from '../pagination.ts';
import type { AddonRecord, ClusterRecord } from '../state/cluster-record.ts';

export function listAddons(context: OperationContext, input: ListAddonsRequest): ListAddonsResponse {
  const cluster = findCluster(context.state, context.caller, input.clusterName);
  const { page, ...rest } = paginate(cluster.addons.map((each) => each.name).sort(), input);
  return { addons: page, ...rest };
}

export function describeAddon(context: OperationContext, input: DescribeAddonRequest): DescribeAddonResponse {
  const cluster = findCluster(context.state, context.caller, input.clusterName);
  return { addon: renderAddon(cluster, findAddon(cluster, input.addonName)) };
}

function renderAddon(cluster: ClusterRecord, addon: AddonRecord): Addon {
  const rendered: Addon = {
    addonName: addon.name,
    clusterName: cluster.name,
    status: addon.status,
    addonVersion: addon.version,
    health: { issues: copyJson(addon.healthIssues) as NonNullable<Addon['health']>['issues'] },
    addonArn: addon.arn,
    createdAt: new Date(addon.createdAt),
    modifiedAt: new Date(addon.modifiedAt),
    tags: { ...addon.tags },
  };
  if (addon.serviceAccountRoleArn !== undefined) rendered.serviceAccountRoleArn = addon.serviceAccountRoleArn;
  if (addon.configurationValues !== undefined) rendered.configurationValues = addon.configurationValues;
  if (addon.podIdentityAssociations !== undefined) {
    rendered.podIdentityAssociations = [...addon.podIdentityAssociations];
  }
  return rendered;
}
