import type { AddonInfo, DescribeAddonVersionsRequest, DescribeAddonVersionsResponse } from '@aws-sdk/client-eks';
import type { AddonVersionRow } from '../addon-version-data.ts';
import { FakeEksError } from '../errors.ts';
import type { OperationContext } from '../operation-context.ts';
import { paginate } from '../pagination.ts';

/** The catalog, whole or for one add-on or minor; `defaultVersion` marks the minor's default (facts: eks.md §7). */
export function describeAddonVersions(
  context: OperationContext,
  input: DescribeAddonVersionsRequest,
): DescribeAddonVersionsResponse {
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
