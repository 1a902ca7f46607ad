import type { Addon, AddonInfo } from '@aws-sdk/client-eks';
import type { AddonVersionRow } from '../addon-version-data.ts';
import { findAddon, findCluster } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import { FakeEksError } from '../errors.ts';
import { paginate } from '../pagination.ts';
import type { AddonRecord, ClusterRecord } from '../state/cluster-record.ts';
import type { EksOperations } from './eks-operations.ts';

export const addons: EksOperations<'ListAddons' | 'DescribeAddon' | 'DescribeAddonVersions'> = {
  ListAddons(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const { page, ...rest } = paginate(cluster.addons.map((each) => each.name).sort(), input);
    return { addons: page, ...rest };
  },

  DescribeAddon(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    return { addon: renderAddon(cluster, findAddon(cluster, input.addonName)) };
  },

  /** The catalog, whole or for one add-on or minor; `defaultVersion` marks the minor's default (facts: eks.md §7). */
  DescribeAddonVersions(context, input) {
    const { addonVersions } = context.state;
    if (input.addonName !== undefined && addonVersions[input.addonName] === undefined) {
      throw new FakeEksError('ResourceNotFoundException', `No addon versions found for ${input.addonName}`);
    }
    const addons = Object.entries(addonVersions)
      .filter(([name]) => input.addonName === undefined || name === input.addonName)
      .map(([name, rows]) => addonInfo(name, rows, input.kubernetesVersion))
      .filter((info) => (info.addonVersions?.length ?? 0) > 0);
    const { page, ...rest } = paginate(addons, input);
    return { addons: page, ...rest };
  },
};

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

function addonInfo(addonName: string, rows: readonly AddonVersionRow[], minor: string | undefined): AddonInfo {
  return {
    addonName,
    type: addonName === 'aws-ebs-csi-driver' ? 'storage' : 'networking',
    publisher: 'eks',
    owner: 'aws',
    defaultNamespace: 'kube-system',
    addonVersions: rows
      .filter((row) => minor === undefined || row.minors.includes(minor))
      .map((row) => ({
        addonVersion: row.version,
        architecture: ['amd64', 'arm64'],
        computeTypes: ['ec2', 'auto'],
        compatibilities: row.minors
          .filter((each) => minor === undefined || each === minor)
          .map((clusterVersion) => ({
            clusterVersion,
            platformVersions: ['*'],
            defaultVersion: row.defaultFor.includes(clusterVersion),
          })),
        requiresConfiguration: false,
        requiresIamPermissions: addonName === 'aws-ebs-csi-driver' || addonName === 'vpc-cni',
      })),
  };
}
